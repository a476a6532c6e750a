"""Batches: each matched once, together or alone, and the poisonous post buried."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.ingest import jobs
from services.ingest.handlers.matching import MOST_POSTS, TRIES, match_batch
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.jobs import Tools
from shared.ids import new_id
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.matching import (
    BATCHES,
    MATCHES,
    ONE,
    PoisonedMatcher,
    make_rule,
    match_all,
)
from tests.services.ingest.pushing import offered, push, rows, values

pytestmark = pytest.mark.usefixtures("region")


async def test_a_batch_matched_three_times_at_once_is_matched_once(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue
) -> None:
    await make_rule(work)
    await push(work, vault, *(post_object(external_id=str(n)) for n in range(20)))
    (batch_id,) = await values(work, BATCHES)

    await asyncio.gather(*(jobs.match_batch(tools, 1, str(batch_id)) for _ in "123"))
    await jobs.match_batch(tools, 1, str(batch_id))

    assert [len(message.posts) for message in offered(queue)] == [20]
    assert len(await rows(work, MATCHES)) == 20
    assert await values(work, "SELECT done_at FROM ingest.batch") == [NOW]


async def test_all_that_waits_is_matched_by_one_ring(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue
) -> None:
    await make_rule(work)
    for number in range(3):
        await push(work, vault, post_object(external_id=str(number)))
    await push(work, vault, post_object(), region=2)

    rings = queue.take("ingest", "match_waiting")
    await asyncio.gather(*(jobs.match_waiting(tools, 1) for _ in "123"))

    waiting = "SELECT id FROM ingest.batch WHERE done_at IS NULL"
    assert rings == [(1,), (2,)]
    assert [len(message.posts) for message in offered(queue)] == [3]
    assert await values(work, waiting) == []


async def test_more_than_one_transaction_matches_is_left_to_the_next_ring(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue
) -> None:
    posts = [post_object(external_id=str(n)) for n in range(MOST_POSTS + 50)]
    await push(work, vault, *posts)
    queue.rings.clear()

    await jobs.match_waiting(tools, 1)
    again = queue.take("ingest", "match_waiting")
    await jobs.match_waiting(tools, 1)

    left = "SELECT count(*) FROM ingest.batch WHERE done_at IS NULL"
    assert again == [(1,)]
    assert queue.take("ingest", "match_waiting") == []
    assert await values(work, left) == [0]


async def test_a_batch_larger_than_a_transaction_is_matched_alone(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue
) -> None:
    await push(work, vault, post_object())
    grown = text("""
        UPDATE ingest.batch SET post_ids = post_ids
            || ARRAY(SELECT gen_random_uuid() FROM generate_series(1, :more))
    """)
    async with work.unit(1) as uow:
        await uow.session.execute(grown, {"more": MOST_POSTS})
    await push(work, vault, post_object(external_id="2"))
    queue.rings.clear()

    left = []
    for _ in range(2):
        await jobs.match_waiting(tools, 1)
        waiting = "SELECT count(*) FROM ingest.batch WHERE done_at IS NULL"
        left += await values(work, waiting)

    assert left == [1, 0]


async def test_a_post_edited_before_its_batch_is_matched_once_as_it_stands(
    work: Work, vault: Vault, queue: FakeQueue, quiet: Quiet
) -> None:
    await make_rule(work)
    await push(work, vault, post_object(text="Мёд"))
    await push(work, vault, post_object(text="Яма", edited_at=ONE))

    await quiet()

    sent = [(p.revision, p.text) for each in offered(queue) for p in each.posts]
    assert sent == [(2, "Яма")]
    assert await values(work, "SELECT count(*) FROM ingest.batch") == [2]


async def test_a_batch_of_another_region_is_not_touched(
    work: Work, vault: Vault, tools: Tools
) -> None:
    await push(work, vault, post_object())
    (batch_id,) = await values(work, BATCHES)

    await jobs.match_batch(tools, 2, str(batch_id))
    await jobs.match_waiting(tools, 2)

    assert await values(work, "SELECT done_at FROM ingest.batch") == [None]


@pytest.fixture
def poisoned(tools: Tools) -> Tools:
    """The worker with a matcher that fails on one post."""
    return replace(tools, rulebooks=Rulebooks(PoisonedMatcher))


async def test_a_poisonous_post_is_buried_alone_and_the_others_proceed(
    work: Work, vault: Vault, queue: FakeQueue, poisoned: Tools
) -> None:
    texts = ["Яма", "Тут яд", "Мёд"]
    await push(
        work,
        vault,
        *(post_object(external_id=str(n), text=each) for n, each in enumerate(texts)),
    )

    await match_all(queue, poisoned)

    sent = [post.text for message in offered(queue) for post in message.posts]
    (letter,) = await rows(work, "SELECT * FROM ingest.dead_letter")
    (post_id,) = await values(work, "SELECT id FROM ingest.post WHERE text = 'Тут яд'")
    waiting = "SELECT count(*) FROM ingest.batch WHERE done_at IS NULL"
    assert sorted(sent) == ["Мёд", "Яма"]
    assert letter["kind"] == "post"
    assert letter["tries"] == TRIES
    assert letter["error"] == "ZeroDivisionError: this text is poison"
    assert letter["body"] == {"post_id": str(post_id)}
    assert await values(work, waiting) == [0]


async def test_a_batch_that_fails_is_no_longer_matched_with_others(
    work: Work, vault: Vault, queue: FakeQueue, poisoned: Tools
) -> None:
    await push(work, vault, post_object(text="Тут яд"))
    await push(work, vault, post_object(external_id="2"))
    await jobs.match_waiting(poisoned, 1)
    alone = queue.take("ingest", "match_batch")
    await push(work, vault, post_object(external_id="3"))

    await jobs.match_waiting(poisoned, 1)

    left = "SELECT id FROM ingest.batch WHERE done_at IS NULL ORDER BY id"
    assert [(1, str(key)) for key in await values(work, left)] == sorted(alone)
    assert len(alone) == 2


async def test_a_batch_that_does_not_exist_is_nothing_to_do(
    work: Work, tools: Tools, queue: FakeQueue
) -> None:
    async with work.unit(1) as uow:
        await match_batch(uow, new_id(), tools.rulebooks)

    await jobs.match_batch(tools, 1, str(UUID(int=0)))

    assert queue.rings == []


async def test_matching_again_after_a_lost_ring_finds_nothing_to_do(
    work: Work, vault: Vault, queue: FakeQueue, clock: Clock, tools: Tools, quiet: Quiet
) -> None:
    await push(work, vault, post_object())
    queue.rings.clear()

    clock.now += timedelta(seconds=11)
    await jobs.sweep(tools)
    first = queue.take("ingest", "match_waiting")
    await jobs.sweep(tools)
    again = queue.take("ingest", "match_waiting")

    assert len(first) == 1
    assert again == [], "it has just been rung for"
