"""Both fakes of Meta's stand in the sandbox, with the world playing on them."""

from typing import Any

import pytest

from tests.infra.sandbox.networks import AUTHORIZED, Wall, caller, network
from tests.infra.sandbox.worlds import world

TOKENS = {
    "facebook": "fb-page-61550000000002",
    "instagram": "ig-page-17841400000000002",
}


@pytest.mark.parametrize("code", TOKENS)
async def test_fake_is_served_and_struck_by_faults_of_its_paths(code: str) -> None:
    async with caller(network(world(), Wall())) as client:
        plan = {"mode": "limit", "route": "me", "code": 4}
        await client.post(f"/control/{code}/faults", json=plan, headers=AUTHORIZED)
        bearer = {"Authorization": f"Bearer {TOKENS[code]}"}
        asked: dict[str, Any] = {"url": f"/{code}/v25.0/me", "headers": bearer}
        refused = await client.get(**asked)
        told = await client.get(**asked)
        counted = (await client.get("/control/counters")).json()[code]

    assert refused.json()["error"]["code"] == 4
    assert told.json()["name"]
    assert counted["requests"] == 1
