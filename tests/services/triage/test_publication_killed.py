"""A worker process is killed with -9 while it publishes; another one follows."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from services.triage.domain.answering import EVER
from tests.services.triage.dying_worker import STAGES, read
from tests.services.triage.world import Caller, World, walk

PATIENCE = 60

pytestmark = [pytest.mark.crash]


async def killed(world: World, url: str, stage: str, ledger: Path) -> int | None:
    """Let a process publish what was rung for until it kills itself."""
    ((region, posting),) = world.queue.take("triage", "publish_reply")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.services.triage.dying_worker",
        url,
        str(region),
        posting,
        stage,
        str(ledger),
    )
    return await asyncio.wait_for(process.wait(), PATIENCE)


@pytest.mark.parametrize("remembers", [EVER, None], ids=["keys", "no keys"])
@pytest.mark.parametrize("stage", STAGES)
async def test_a_kill_makes_no_second_answer_and_loses_none(
    world: World,
    moderator: Caller,
    database_url: str,
    tmp_path: Path,
    stage: str,
    remembers: timedelta | None,
) -> None:
    world.publisher.remembers = remembers
    incident = await world.open(moderator)
    await walk(world, incident["id"], until="approve")
    path = f"/incidents/{incident['id']}"
    await moderator.post(f"{path}/publish", {"via": "page"})
    ledger = tmp_path / "ledger"

    status = await killed(world, database_url, stage, ledger)
    world.web.comments = read(ledger)
    for _ in range(3):
        world.clock.move(seconds=61)
        await world.sweep()

    case = (await moderator.get(path)).body
    states = [one["state"] for one in case["postings"]]
    assert status == -9
    if stage == "before send" and remembers is None:
        # Nobody can know, so nobody publishes: a person looks.
        assert (states, world.web.comments) == (["unknown"], [])
        await moderator.post(f"{path}/send-again", {"looked": True})
        await world.publish()
        states = [(await moderator.get(path)).body["postings"][0]["state"]]
    assert states == ["sent"]
    assert len(world.web.comments) == 1
