"""Matching batches: what is kept, what triage hears, what happens when it fails."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.ingest import jobs
from services.ingest.handlers.matching import MOST_POSTS, TRIES, match_batch
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.handlers.rules import Draft, change_rule, create_rule
from services.ingest.jobs import Tools
from services.ingest.rules import CompiledRule, Match, Matcher, Post
from shared.contracts import MatchedPost, RuleMatch
from shared.ids import new_id
from shared.models.rules import Rule
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import offered, push, rows, values

ONE = "2025-11-11T13:00:00+03:00"
TWO = "2025-11-11T14:00:00+03:00"
BATCHES = "SELECT id FROM ingest.batch"
MATCHES = """SELECT revision, rule_version, monitor, positions
    FROM ingest.match ORDER BY revision"""

pytestmark = pytest.mark.usefixtures("region")


async def make_rule(work: Work, query: str = "яма", **changes: object) -> Rule:
    draft = {
        "name": f"Правило {query}",
        "query": query,
        "topic_code": "roads.surface",
        "purpose": "Дороги",
        "owner": "Отдел дорог",
        "expires_on": date(2026, 12, 31),
    } | changes
    async with work.unit(1) as uow:
        return await create_rule(uow, Draft(**draft))


async def take_only_matched(work: Work) -> None:
    async with work.unit(1) as uow:
        await uow.session.execute(text("UPDATE ingest.source SET intake = 'matched'"))


async def test_every_match_keeps_rule_version_and_positions(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    rule = await make_rule(work)
    await push(work, vault, post_object(text="Ямы и ещё одна яма"))

    await quiet()

    assert await rows(work, "SELECT rule_id FROM ingest.match") == [
        {"rule_id": rule.id}
    ]
    assert await rows(work, MATCHES) == [
        {
            "revision": 1,
            "rule_version": 1,
            "monitor": False,
            "positions": [[0, 3], [15, 18]],
        }
    ]


async def test_triage_gets_the_post_with_its_reasons(
    work: Work, vault: Vault, queue: FakeQueue, quiet: Quiet
) -> None:
    rule = await make_rule(work)
    await push(work, vault, post_object(text="Яма, звоните +7 912 345-67-89"))

    await quiet()

    (message,) = offered(queue)
    (post,) = await rows(work, "SELECT id, source_id, published_at FROM ingest.post")
    assert message.posts == (
        MatchedPost(
            post_id=post["id"],
            revision=1,
            network="portal",
            kind="post",
            source_id=post["source_id"],
            source_name="city-portal",
            municipality=None,
            url="https://portal.example/a/1",
            text="Яма, звоните [телефон]",
            published_at=post["published_at"],
            received_at=NOW,
            matches=(
                RuleMatch(
                    rule_id=rule.id,
                    rule_name=rule.name,
                    rule_version=1,
                    topic="roads.surface",
                    positions=((0, 3),),
                ),
            ),
        ),
    )


async def test_a_source_that_takes_all_offers_what_no_rule_caught(
    work: Work, vault: Vault, queue: FakeQueue, quiet: Quiet
) -> None:
    await push(work, vault, post_object(text="Спасибо за ремонт"))

    await quiet()

    ((message,),) = [each.posts for each in offered(queue)]
    assert message.matches == ()


async def test_other_sources_offer_only_what_a_rule_caught(
    work: Work, vault: Vault, queue: FakeQueue, quiet: Quiet
) -> None:
    await make_rule(work)
    await push(work, vault, post_object(), post_object(external_id="2", text="Мёд"))
    await take_only_matched(work)

    await quiet()

    assert [post.text for post in offered(queue)[0].posts] == ["Яма на Садовой, 5"]


async def test_triage_hears_of_an_edit_that_no_longer_matches(
    work: Work, vault: Vault, queue: FakeQueue, quiet: Quiet
) -> None:
    await make_rule(work)
    await push(work, vault, post_object(), post_object(external_id="2", text="Мёд"))
    await take_only_matched(work)
    await quiet()
    queue.rings.clear()

    await push(
        work,
        vault,
        post_object(text="Всё засыпали", edited_at=ONE),
        post_object(external_id="2", text="Мёд и воск", edited_at=ONE),
    )
    await quiet()

    (message,) = offered(queue)
    assert [(p.revision, p.text, p.matches) for p in message.posts] == [
        (2, "Всё засыпали", ())
    ]


async def test_triage_hears_of_the_deletion_of_a_post_it_knows(
    work: Work, vault: Vault, queue: FakeQueue, quiet: Quiet
) -> None:
    await make_rule(work)
    await push(work, vault, post_object(), post_object(external_id="2", text="Мёд"))
    await take_only_matched(work)
    await quiet()
    queue.rings.clear()

    gone = {"text": None, "deleted": True, "edited_at": ONE}
    await push(
        work,
        vault,
        post_object(**gone),
        post_object(external_id="2", **gone),
        post_object(external_id="3", **gone),
    )
    await quiet()

    (message,) = offered(queue)
    assert [(p.revision, p.text, p.deleted) for p in message.posts] == [(2, "", True)]


async def test_a_monitored_rule_keeps_its_matches_to_itself(
    work: Work, vault: Vault, queue: FakeQueue, quiet: Quiet
) -> None:
    await make_rule(work, state="monitor")
    await push(work, vault, post_object())
    await take_only_matched(work)

    await quiet()
    await push(work, vault, post_object(text="Мёд", edited_at=ONE))
    await quiet()

    assert [row["monitor"] for row in await rows(work, MATCHES)] == [True]
    assert offered(queue) == []


@pytest.mark.parametrize(
    "changes",
    [{"state": "suspended"}, {"expires_on": date(2026, 3, 11)}],
    ids=["suspended", "expired"],
)
async def test_a_rule_out_of_force_catches_nothing(
    work: Work, vault: Vault, clock: Clock, quiet: Quiet, changes: dict[str, object]
) -> None:
    await make_rule(work, **changes)
    clock.forward(days=1)
    await push(work, vault, post_object())

    await quiet()

    assert await rows(work, MATCHES) == []


async def test_a_rule_expires_at_midnight_where_the_region_is(
    work: Work, vault: Vault, clock: Clock, quiet: Quiet
) -> None:
    await make_rule(work, expires_on=date(2026, 3, 11))
    clock.now = NOW.replace(hour=20, minute=59)  # 23:59 in Moscow
    await push(work, vault, post_object())
    await quiet()

    clock.forward(minutes=1)
    await push(work, vault, post_object(external_id="A-2"))
    await quiet()

    assert len(await rows(work, MATCHES)) == 1


async def test_a_changed_rule_counts_from_the_next_batch(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    rule = await make_rule(work, "мёд")
    await push(work, vault, post_object())
    await quiet()

    async with work.unit(1) as uow:
        await change_rule(uow, rule.id, {"query": "яма"}, reason="проба")
    await push(work, vault, post_object(external_id="A-2"))
    await quiet()

    assert [row["rule_version"] for row in await rows(work, MATCHES)] == [2]


async def test_rules_of_another_region_catch_nothing_here(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    await make_rule(work, "мёд")
    async with work.unit(2) as uow:
        draft = Draft("Ямы", "яма", None, "Дороги", "Отдел", date(2026, 12, 31))
        await create_rule(uow, draft)
    await push(work, vault, post_object())

    await quiet()

    assert await rows(work, MATCHES) == []


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


class PoisonedMatcher:
    """A matcher that cannot bear one word."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._matcher = Matcher(rules)

    def match(self, posts: Sequence[Post | str]) -> list[list[Match]]:
        if any("яд" in post.text for post in posts if isinstance(post, Post)):
            raise ZeroDivisionError("this text is poison")
        return self._matcher.match(posts)


async def match_all(queue: FakeQueue, tools: Tools) -> None:
    """Answer the rings for matching until none is left."""
    both = {"match_waiting": jobs.match_waiting, "match_batch": jobs.match_batch}
    while rings := [(job, *args) for job in both for args in queue.take("ingest", job)]:
        for job, *args in rings:
            await both[job](tools, *args)


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
