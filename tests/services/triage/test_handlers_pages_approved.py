"""What goes out from a page is the text that a person approved, warned of copies."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db import EVERY_REGION
from tests.services.triage.network import PAGE
from tests.services.triage.page_road import PUBLISH, approved, execute
from tests.services.triage.world import Caller, World, make_post

SEND = "UPDATE triage.posting SET state = 'sending', started_at = now()"

BROKEN = [
    ["UPDATE triage.reply_version SET text = 'Другое'", SEND],
    ["DELETE FROM triage.approval", SEND],
    ["UPDATE triage.posting SET approver_id = gen_random_uuid()"],
    ["UPDATE triage.posting SET text_hash = 'x'"],
    ["UPDATE triage.posting SET state = 'sent'"],
    [
        "UPDATE triage.posting SET state = 'failed', due_at = NULL",
        "UPDATE triage.posting SET state = 'approved'",
    ],
]


@pytest.mark.parametrize("statements", BROKEN)
async def test_the_database_itself_refuses_what_nobody_approved(
    world: World, moderator: Caller, statements: list[str]
) -> None:
    path = await approved(world, moderator)
    await moderator.post(f"{path}/publish", PUBLISH)

    with pytest.raises(DBAPIError):
        async with world.owner.session(EVERY_REGION) as session:
            for statement in statements:
                await session.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE triage.reply SET approved_version = NULL",
        "UPDATE triage.reply SET text_version = 2",
        "UPDATE triage.reply SET approved_version = 7",
    ],
)
async def test_a_text_that_changes_stops_what_waits_whoever_changes_it(
    world: World, moderator: Caller, change: str
) -> None:
    path = await approved(world, moderator)
    await moderator.post(f"{path}/publish", PUBLISH)

    await execute(world, change)
    await world.publish()

    case = (await moderator.get(path)).body
    assert case["postings"][0]["state"] == "draft"
    assert case["allowed"] == ["take_back"]
    assert world.web.calls == 0


async def test_the_approval_keeps_what_it_was_warned_of(
    world: World, moderator: Caller
) -> None:
    first = await approved(world, moderator, 1)
    await moderator.post(f"{first}/publish", PUBLISH)
    await world.publish()

    second = await approved(world, moderator, 2)

    reply = (await moderator.get(second)).body["replies"][0]
    kept = await world.scalar(
        "SELECT copy_of::text FROM triage.approval ORDER BY id DESC LIMIT 1"
    )
    assert reply["copy_of"] == {"incident_id": first.rsplit("/", 1)[1], "number": 1}
    assert kept == first.rsplit("/", 1)[1]


async def test_what_the_page_said_long_ago_in_the_region_is_flagged_too(
    world: World, moderator: Caller, executor: Caller
) -> None:
    first = await approved(world, moderator, 1)
    await moderator.post(f"{first}/publish", PUBLISH)
    await world.publish()
    for number in range(2, 24):
        incident = await world.open(
            moderator, make_post(number, url=f"{PAGE}/{number}")
        )
        body = {"text": f"Ответ {number}"}
        await executor.post(f"/incidents/{incident['id']}/draft", body)

    last = await approved(world, moderator, 24)

    copied = (await moderator.get(last)).body["replies"][0]["copy_of"]
    assert copied["number"] == 1
