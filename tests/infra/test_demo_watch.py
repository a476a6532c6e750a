"""The demonstration watches the fake networks, however often it is set up."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from infra import demo
from infra.demo_networks import BOTS, WATCHED
from infra.demo_subscriptions import Subscriptions
from infra.demo_watch import keep_trying, set_up
from infra.embedded.errors import CannotStart
from infra.embedded.layout import Layout, State
from infra.sandbox.world import Pace, World
from shared.db import EVERY_REGION, Database
from shared.identity import store
from shared.models.ingest import Source
from tests.infra.sandbox.networks import AUTHORIZED, Wall, caller, network
from tests.infra.sandbox.worlds import START

SANDBOX = "http://127.0.0.1:8090"
DESK = "http://127.0.0.1:8080"
SECRET = "f" * 48


@pytest.fixture
async def region(
    database_url: str, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """An installation with the demonstration region, before it watches anything."""
    layout = Layout(tmp_path / "data")
    layout.prepare()
    State(DESK, database_url, valkey_url, sandbox_url=SANDBOX).write(layout.state)
    monkeypatch.setenv("OTKLIK_DATA", str(layout.root))
    await demo.prepare(database_url, sandbox_url=SANDBOX, push_key="key_x")
    return database_url


@pytest.fixture
async def sandbox() -> AsyncIterator[httpx.AsyncClient]:
    """The fake networks of a world where hardly anybody writes."""
    quiet = World(seed=1, start=START, pace=Pace(days=1, per_day=1))
    async with caller(network(quiet, Wall())) as client:
        client.headers.update(AUTHORIZED)
        yield client


async def kept(database_url: str) -> dict[str, list[Any]]:
    """Read what the region has: sources of networks and credentials, by name."""
    database = Database(database_url)
    async with database.session(EVERY_REGION) as session:
        sources = await session.execute(
            text(
                "SELECT network, place_kind, name FROM ingest.source"
                " WHERE kind = 'page' ORDER BY 1, 2, 3"
            )
        )
        keys = await session.execute(
            text("SELECT network, kind, version FROM ingest.credential ORDER BY 1, 2")
        )
        found = {"sources": [*map(tuple, sources)], "keys": [*map(tuple, keys)]}
    await database.close()
    return found


async def hooks(sandbox: httpx.AsyncClient) -> tuple[list[str], list[str]]:
    """Ask the networks which addresses they push to."""
    form = {"access_token": "vk-group-900000006", "v": "5.199"}
    answer = await sandbox.post("/vk/method/groups.getCallbackServers", data=form)
    servers = [each["url"] for each in answer.json()["response"]["items"]]
    bot = "801:sandbox-tg-vetlogorsk"
    info = (await sandbox.get(f"/telegram/bot{bot}/getWebhookInfo")).json()["result"]
    return servers, [info["url"]]


async def test_sources_tokens_and_hooks_are_made_once(
    region: str, sandbox: httpx.AsyncClient
) -> None:
    await set_up(sandbox, DESK, SECRET)
    first, pushed = await kept(region), await hooks(sandbox)

    await set_up(sandbox, DESK, SECRET)

    assert await kept(region) == first
    assert await hooks(sandbox) == pushed
    assert len(first["sources"]) == len(WATCHED)
    assert first["keys"] == [
        ("ok", "user", 1),
        ("ok", "user", 1),
        *[("telegram", "bot", 1)] * (len(BOTS) + 1),
        ("vk", "community", 1),
        ("vk", "service", 1),
    ]
    prefixes = [address.rpartition("/")[0] for them in pushed for address in them]
    assert prefixes == [
        f"{DESK}/api/v1/ingest/hooks/{net}" for net in ("vk", "telegram")
    ]


async def test_a_death_between_the_steps_leaves_no_doubles(
    region: str, sandbox: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise httpx.ConnectError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(Subscriptions, "call_back", dies)
        with pytest.raises(httpx.ConnectError):
            await set_up(sandbox, DESK, SECRET)
    before = await kept(region)

    await set_up(sandbox, DESK, SECRET)

    assert len(before["sources"]) == len(WATCHED)
    assert await kept(region) == before


async def test_networks_that_are_not_there_yet_are_waited_for(
    region: str, sandbox: httpx.AsyncClient
) -> None:
    late = {"mode": "status", "status": 503, "times": 2, "route": "groups.*"}
    (await sandbox.post("/control/vk/faults", json=late)).raise_for_status()

    await keep_trying(sandbox, DESK, SECRET, pause=0)

    assert len((await kept(region))["sources"]) == len(WATCHED)


async def test_networks_that_never_answer_are_given_up() -> None:
    def nobody(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    transport = httpx.MockTransport(nobody)
    async with httpx.AsyncClient(transport=transport, base_url=SANDBOX) as sandbox:
        with pytest.raises(CannotStart, match="do not answer"):
            await keep_trying(sandbox, DESK, SECRET, pause=0)


async def test_hooks_follow_the_installation_to_another_address(
    region: str, sandbox: httpx.AsyncClient
) -> None:
    await set_up(sandbox, DESK, SECRET)

    await set_up(sandbox, "http://127.0.0.1:9090", SECRET)

    servers, webhooks = await hooks(sandbox)
    assert [len(servers), len(webhooks)] == [1, 1]
    assert {url[:21] for url in (*servers, *webhooks)} == {"http://127.0.0.1:9090"}


async def test_a_push_source_of_an_older_demonstration_makes_room(
    region: str, sandbox: httpx.AsyncClient
) -> None:
    database = Database(region)
    old = "Подслушано | Ветлогорск"
    async with database.session(EVERY_REGION) as session:
        found = await store.region_by_code(session, "demo")
        assert found is not None
        session.add(
            Source(
                region_id=found.id or 0,
                kind="push",
                network="vk",
                name=old,
                intake="all",
                created_at=START,
            )
        )

    await set_up(sandbox, DESK, SECRET)

    async with database.session(EVERY_REGION) as session:
        listed = await session.execute(
            text(
                "SELECT kind, name, state FROM ingest.source WHERE name LIKE :name"
                " ORDER BY kind"
            ),
            {"name": f"{old}%"},
        )
        rows = [*map(tuple, listed)]
        told = "SELECT count(*) FROM audit.event WHERE body LIKE '%прежний способ%'"
        logged = await session.scalar(text(told))
    await database.close()
    assert logged == 1
    assert rows == [
        ("page", old, "active"),
        ("push", f"{old} (прежний способ)", "disabled"),
    ]
