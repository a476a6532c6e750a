"""Matching batches: what is kept, what triage hears, what happens when it fails."""

from datetime import date

import pytest

from services.ingest.handlers.rules import Draft, change_rule, create_rule
from shared.contracts import MatchedPost, RuleMatch
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.matching import MATCHES, ONE, make_rule, take_only_matched
from tests.services.ingest.pushing import offered, push, rows

pytestmark = pytest.mark.usefixtures("region")


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
