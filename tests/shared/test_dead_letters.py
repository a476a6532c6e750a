"""Dead letters: seen by their region only, sent again by the next sweep."""

from collections.abc import AsyncIterator

import pytest

from shared import dead_letters, mailbox
from shared.contracts import PostsLabelled, PostsMatched
from shared.db import Database
from shared.dead_letters import Waiting
from shared.delivery import Courier
from shared.ids import new_id
from shared.mailbox import Message
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue


@pytest.fixture
async def triage(database_url: str, queue: FakeQueue) -> AsyncIterator[Work]:
    """Work as the triage service does it."""
    database = Database(database_url, role="otklik_triage")
    yield Work(database, "triage", queue, clock=lambda: NOW)
    await database.close()


async def a_letter(triage: Work, message: Message) -> None:
    """Bury a message."""
    async with triage.unit(message.contract.region_id) as uow:
        await mailbox.bury(
            uow.session, "triage", message, error="ValueError: no", tries=3, now=NOW
        )


async def test_a_region_sees_its_own_letters(triage: Work) -> None:
    own = Message(new_id(), "ingest", PostsMatched(region_id=1, posts=()))
    await a_letter(triage, own)
    noise = Message(new_id(), "ingest", PostsMatched(region_id=2, posts=()))
    await a_letter(triage, noise)

    async with triage.unit(1) as uow:
        (found,) = await dead_letters.listed(uow.session, "triage", 1)
        waiting = await dead_letters.waiting(uow.session, "triage", 1)

    assert (found.id, found.kind, found.error) == (
        own.id,
        "posts_matched",
        "ValueError: no",
    )
    assert waiting == Waiting(outbox=0, dead_letters=1)


@pytest.mark.parametrize(
    ("contract", "consumer"),
    [
        (PostsMatched(region_id=1, posts=()), "triage"),
        (PostsLabelled(region_id=1, labels=()), "ingest"),
    ],
)
async def test_a_replayed_letter_is_rung_for_by_the_next_sweep(
    triage: Work,
    queue: FakeQueue,
    contract: PostsMatched | PostsLabelled,
    consumer: str,
) -> None:
    buried = Message(new_id(), "triage", contract)
    await a_letter(triage, buried)

    async with triage.unit(1) as uow:
        found = await dead_letters.replay(
            uow.session, "triage", 1, buried.id, now=uow.now
        )
    rung = await Courier(triage, {}).sweep()

    ((packed,),) = queue.take(consumer, "deliver")
    async with triage.unit(1) as uow:
        waiting = await dead_letters.waiting(uow.session, "triage", 1)
    assert (found, rung) == (True, 1)
    assert Message.unpacked(packed) == buried
    assert waiting == Waiting(outbox=1, dead_letters=0)


async def test_another_regions_letter_cannot_be_replayed(triage: Work) -> None:
    message = Message(new_id(), "ingest", PostsMatched(region_id=2, posts=()))
    await a_letter(triage, message)

    async with triage.unit(1) as uow:
        found = await dead_letters.replay(
            uow.session, "triage", 1, message.id, now=uow.now
        )

    assert not found


async def replay(triage: Work, message: Message) -> bool:
    """Replay a letter of region 1."""
    async with triage.unit(1) as uow:
        return await dead_letters.replay(
            uow.session, "triage", 1, message.id, now=uow.now
        )


async def unreplayed(triage: Work) -> list[str]:
    """List the errors of region 1's letters nobody has replayed."""
    async with triage.unit(1) as uow:
        found = await dead_letters.unreplayed(uow.session, "triage", 1, limit=10)
    return [letter.error for letter in found]


async def test_a_letter_is_replayed_once(triage: Work, queue: FakeQueue) -> None:
    message = Message(new_id(), "ingest", PostsMatched(region_id=1, posts=()))
    await a_letter(triage, message)

    answers = [await replay(triage, message) for _ in range(2)]
    await Courier(triage, {}).sweep()

    assert answers == [True, False]
    assert len(queue.take("triage", "deliver")) == 1


async def test_a_letter_replayed_in_vain_can_be_replayed_again(triage: Work) -> None:
    message = Message(new_id(), "ingest", PostsMatched(region_id=1, posts=()))
    await a_letter(triage, message)
    await replay(triage, message)
    between = await unreplayed(triage)

    async with triage.unit(1) as uow:
        await mailbox.bury(
            uow.session, "triage", message, error="x" * 5000, tries=3, now=NOW
        )

    assert (between, await unreplayed(triage)) == ([], ["x" * 4000])
    assert await replay(triage, message)
