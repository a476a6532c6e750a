"""Rules are measured by what moderators decide (product.md, Conduct 2)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.ingest import jobs
from services.ingest.handlers.labels import take_labels
from services.ingest.handlers.rules import change_rule
from services.ingest.jobs import Tools
from shared.contracts import PostLabel, PostsLabelled
from shared.db import EVERY_REGION, Database
from shared.ids import new_id
from shared.uow import Work
from shared.vault import Vault
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.matching import make_rule
from tests.services.ingest.pushing import push, rows, values

pytestmark = pytest.mark.usefixtures("region")
DECIDED = """SELECT accepted, noise, opinion, other FROM ingest.rule_week
    ORDER BY week, rule_version"""
RULE = "SELECT state, state_reason, version, measured_from, flagged_at FROM ingest.rule"


async def take_in(
    work: Work, vault: Vault, quiet: Quiet, *texts: str, first: int = 0
) -> list[UUID]:
    """Push posts, let them be matched, name them in their order."""
    posts = [
        post_object(external_id=f"Q-{first + n:03}", text=each)
        for n, each in enumerate(texts)
    ]
    await push(work, vault, *posts)
    await quiet()
    query = (
        "SELECT id FROM ingest.post WHERE external_id >= :first ORDER BY external_id"
    )
    return await values(work, query, first=f"Q-{first:03}")


async def decide(
    work: Work,
    posts: Sequence[UUID],
    status: str,
    *,
    tone: str | None = None,
    version: int = 1,
) -> None:
    """Let triage tell one decision about posts."""
    incident = new_id() if status == "new" else None
    labels = tuple(
        PostLabel(
            post_id=post,
            version=version,
            status=status,
            tone=tone,
            incident_id=incident,
        )
        for post in posts
    )
    async with work.unit(1) as uow:
        await take_labels(uow, PostsLabelled(region_id=1, labels=labels))


async def logged(work: Work, action: str) -> list[str]:
    query = "SELECT body FROM audit.event WHERE body LIKE :like ORDER BY seq"
    return await values(work, query, like=f'%"{action}"%')


async def test_decisions_about_posts_are_counted_for_the_rules_that_caught_them(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    await make_rule(work, "яма")
    await make_rule(work, "дорога")
    posts = await take_in(
        work, vault, quiet, "Яма", "Яма", "Яма", "Яма", "Лес", "Дорога"
    )

    await decide(work, posts[:1] + posts[4:], "new")
    await decide(work, posts[1:2], "noise")
    await decide(work, posts[2:3], "not_complaint", tone="unconstructive")
    await decide(work, posts[3:4], "not_complaint", tone="thanks")

    found = await rows(work, DECIDED)
    assert sorted(tuple(row.values()) for row in found) == [(1, 0, 0, 0), (1, 1, 1, 1)]
    assert await values(work, "SELECT count(*) FROM ingest.rule_verdict") == [5]


async def test_a_later_decision_takes_the_place_of_the_earlier_one(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, "Яма")

    await decide(work, posts, "noise", version=5)
    await decide(work, posts, "new", version=6)
    await decide(work, posts, "noise", version=5)
    await decide(work, posts, "new", version=7)

    assert [tuple(r.values()) for r in await rows(work, DECIDED)] == [(1, 0, 0, 0)]

    await decide(work, posts, "candidate", version=8)

    assert [tuple(r.values()) for r in await rows(work, DECIDED)] == [(0, 0, 0, 0)]
    assert await values(work, "SELECT count(*) FROM ingest.rule_verdict") == [0]


async def test_weeks_begin_on_monday_where_the_region_is(
    work: Work, vault: Vault, quiet: Quiet, clock: Clock
) -> None:
    await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, "Яма", "Яма")

    clock.now = datetime(2026, 3, 15, 20, 59, tzinfo=UTC)
    await decide(work, posts[:1], "new")
    clock.now = datetime(2026, 3, 15, 21, 0, tzinfo=UTC)
    await decide(work, posts[1:], "new")

    weeks = await values(work, "SELECT week::text FROM ingest.rule_week ORDER BY 1")
    assert weeks == ["2026-03-09", "2026-03-16"]


async def test_a_rule_whose_hits_are_rejected_is_flagged_and_stays_in_force(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, *["Яма"] * 20)

    await decide(work, posts[:19], "noise")
    before = await rows(work, RULE)
    await decide(work, posts[19:], "noise")

    (rule,) = await rows(work, RULE)
    assert before[0]["flagged_at"] is None
    assert (rule["state"], rule["version"]) == ("active", 1)
    assert rule["flagged_at"] is not None
    (entry,) = await logged(work, "rule.flagged")
    assert '"decided":20' in entry
    assert '"rejected":20' in entry
    assert '"at_least":"0.839"' in entry
    assert '"actor_kind":"system"' in entry


async def test_a_flag_is_lifted_when_the_hits_get_better(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, *["Яма"] * 40)

    await decide(work, posts[:20], "noise")
    await decide(work, posts[20:], "new")

    (rule,) = await rows(work, RULE)
    assert rule["flagged_at"] is None
    assert len(await logged(work, "rule.flag_lifted")) == 1


async def test_a_rule_that_catches_mostly_opinions_is_suspended_by_itself(
    work: Work, vault: Vault, quiet: Quiet
) -> None:
    await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, *["Яма"] * 20)

    await decide(work, posts[:15], "not_complaint", tone="unconstructive")
    await decide(work, posts[15:], "new")

    (rule,) = await rows(work, RULE)
    versions = await rows(
        work,
        "SELECT version, state, reason, changed_by FROM ingest.rule_version "
        "ORDER BY version",
    )
    assert (rule["state"], rule["state_reason"], rule["version"]) == (
        "suspended",
        "opinions",
        2,
    )
    assert rule["flagged_at"] is not None
    assert [tuple(row.values()) for row in versions] == [
        (1, "active", "", "otklik"),
        (2, "suspended", "opinions", "otklik"),
    ]
    assert len(await logged(work, "rule.suspended")) == 1

    (later,) = await take_in(work, vault, quiet, "Яма", first=100)
    caught = "SELECT count(*) FROM ingest.match WHERE post_id = :post"
    assert await values(work, caught, post=later) == [0], "it matches no more"


async def suspended(work: Work, vault: Vault, quiet: Quiet) -> UUID:
    rule = await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, *["Яма"] * 20)
    await decide(work, posts, "not_complaint", tone="unconstructive")
    return rule.id


async def test_only_a_new_version_with_a_reason_puts_it_into_force_again(
    work: Work, vault: Vault, quiet: Quiet, tools: Tools
) -> None:
    rule_id = await suspended(work, vault, quiet)

    async with work.unit(1) as uow:
        await change_rule(
            uow, rule_id, {"state": "active"}, reason="Исключены споры о погоде"
        )
    await jobs.review_rules(tools)

    (rule,) = await rows(work, RULE)
    assert rule == {
        "state": "active",
        "state_reason": None,
        "version": 3,
        "measured_from": 3,
        "flagged_at": None,
    }


async def test_measuring_starts_anew_with_another_query_only(
    client: httpx.AsyncClient, work: Work, vault: Vault, quiet: Quiet
) -> None:
    rule = await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, *["Яма"] * 3)
    await decide(work, posts, "noise")
    path = f"/ingest/rules/{rule.id}"

    asked: list[dict[str, Any]] = [
        {"purpose": "Ямы во дворах"},
        {"query": "яма AND двор"},
    ]
    told = [
        (await client.patch(path, json={**each, "reason": "Уточнение"})).json()
        for each in asked
    ]

    assert [each["quality"]["decided"] for each in told] == [3, 0]
    assert [each["measured_from"] for each in told] == [1, 3]


async def test_the_regions_own_limit_decides(
    work: Work, vault: Vault, quiet: Quiet, owner: Database, client: httpx.AsyncClient
) -> None:
    async with owner.session(EVERY_REGION) as session:
        limit = text(
            """UPDATE identity.region SET settings = '{"rule_rejected_limit": 0.2}'"""
        )
        await session.execute(limit)
    await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, *["Яма"] * 20)

    await decide(work, posts[:10], "new")
    await decide(work, posts[10:], "noise")

    (told,) = (await client.get("/ingest/rules")).json()["items"]
    assert told["limit"] == 0.2
    assert told["flagged_at"] is not None
    assert told["quality"]["share"] == 0.5
    assert (told["quality"]["low"], told["quality"]["high"]) == (0.2993, 0.7007)


async def test_old_weeks_count_no_more(
    work: Work, vault: Vault, quiet: Quiet, clock: Clock, tools: Tools
) -> None:
    await make_rule(work, "яма")
    posts = await take_in(work, vault, quiet, *["Яма"] * 20)
    await decide(work, posts, "noise")

    clock.forward(weeks=13)
    await jobs.review_rules(tools)

    (rule,) = await rows(work, RULE)
    assert rule["flagged_at"] is None


async def test_hits_of_the_last_days_are_counted_once_a_day_and_looked_up_today(
    work: Work,
    vault: Vault,
    quiet: Quiet,
    clock: Clock,
    tools: Tools,
    client: httpx.AsyncClient,
) -> None:
    """Ids carry the true time, so the clock of the service has to follow it here."""
    clock.now = datetime.now(UTC)
    expires = clock.now.date().replace(day=1)
    await make_rule(work, "яма", expires_on=expires.replace(year=expires.year + 1))
    await take_in(work, vault, quiet, "Яма", "Яма", "Лес")

    async def hits() -> int:
        (rule,) = (await client.get("/ingest/rules")).json()["items"]
        return int(rule["hits"])

    today = await hits()
    clock.forward(days=1)
    tomorrow = await hits()
    await jobs.review_rules(tools)
    await jobs.review_rules(tools)
    counted = await hits()
    clock.forward(days=30)
    await jobs.review_rules(tools)

    assert (today, tomorrow, counted) == (2, 2, 2)
    assert await values(work, "SELECT hits FROM ingest.rule_day") == [2]
    assert await hits() == 0


async def test_a_page_shows_weeks_latest_hits_and_the_word_to_exclude(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient
) -> None:
    rule = await make_rule(work, "яма")
    good = ["Яма у школы", "Глубокая яма у дома", "Опять яма на мосту"] + ["Яма"] * 2
    bad = ["Яма для пруда, рыбалка удалась"] * 4 + ["Яма разливается песней"]
    posts = await take_in(work, vault, quiet, *good, *bad)
    await decide(work, posts[:5], "new")
    await decide(work, posts[5:], "noise")

    told = (await client.get(f"/ingest/rules/{rule.id}/quality")).json()
    caught = (
        await client.get(f"/ingest/rules/{rule.id}/matches", params={"limit": 2})
    ).json()["items"]

    ((week, quality),) = [tuple(each.values()) for each in told["weeks"]]
    assert week == "2026-03-09"
    assert (quality["decided"], quality["rejected"]) == (10, 5)
    assert told["advice"] == {
        "word": "пруд",
        "query": "(яма) NOT пруд",
        "removed": 4,
        "rejected": 5,
        "accepted": 5,
    }
    assert [(each["text"], each["verdict"]) for each in caught] == [
        (bad[4], "noise"),
        (bad[3], "noise"),
    ]
    assert caught[0]["positions"] == [[0, 3]]


async def test_a_word_is_proposed_for_a_rule_that_asks_for_more_than_words(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient
) -> None:
    rule = await make_rule(work, "яма вид:пост язык:русский")
    good, bad = ["Яма у школы"] * 5, ["Яма для пруда"] * 5
    posts = await take_in(work, vault, quiet, *good, *bad)
    await decide(work, posts[:5], "new")
    await decide(work, posts[5:], "noise")

    advice = (await client.get(f"/ingest/rules/{rule.id}/quality")).json()["advice"]

    assert (advice["query"], advice["removed"]) == (
        "(яма вид:пост язык:русский) NOT пруд",
        5,
    )


async def test_no_word_is_proposed_that_would_lose_a_complaint_or_names_a_person(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient
) -> None:
    rule = await make_rule(work, "яма")
    good = ["Яма у пруда"] * 5
    bad = ["Яма, пруд, Авдотьин"] * 5
    posts = await take_in(work, vault, quiet, *good, *bad)
    await decide(work, posts[:5], "new")
    await decide(work, posts[5:], "noise")

    told = (await client.get(f"/ingest/rules/{rule.id}/quality")).json()

    assert told["advice"] is None


async def test_a_rule_matched_again_leaves_no_trace_of_its_older_version(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient
) -> None:
    """Old and new version never mix in one post, also when it is matched again."""
    rule = await make_rule(work, "яма")
    other = await make_rule(work, "дорога")
    (post,) = await take_in(work, vault, quiet, "Яма на дороге")
    async with work.unit(1) as uow:
        await change_rule(uow, rule.id, {"query": "снег"}, reason="Зима")
        batch = text("""
            INSERT INTO ingest.batch (id, region_id, post_ids, rung_at, created_at)
            VALUES (:batch, 1, ARRAY[CAST(:post AS uuid)], now(), now())
        """)
        key = new_id()
        await uow.session.execute(batch, {"batch": key, "post": post})
        again = text("UPDATE ingest.post SET batch_id = :batch")
        await uow.session.execute(again, {"batch": key})
        uow.ring("match_batch", 1, str(key))

    await quiet()

    found = await rows(work, "SELECT rule_id, rule_version FROM ingest.match")
    assert [tuple(row.values()) for row in found] == [(other.id, 1)]
