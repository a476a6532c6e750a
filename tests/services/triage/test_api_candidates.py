"""The queue over HTTP: order, filters, pages, exact counters, constant queries."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from services.triage import jobs
from services.triage.store import candidates
from shared.db import EVERY_REGION
from tests.factories import NOW, make_key
from tests.services.triage.world import Caller, World, make_post


def numbers(body: dict[str, Any]) -> list[int]:
    return [int(item["post_id"][-4:], 16) for item in body["items"]]


def minutes_ago(minutes: int) -> dict[str, Any]:
    return {"received_at": NOW - timedelta(minutes=minutes)}


async def test_urgent_ones_come_first_then_the_earliest_deadline(
    world: World, moderator: Caller
) -> None:
    await world.take(
        make_post(1, **minutes_ago(10)),
        make_post(2, **minutes_ago(90)),
        make_post(3, "Пахнет газом, пожар в подъезде", **minutes_ago(1)),
        make_post(4, **minutes_ago(50)),
    )

    urgent = await moderator.get("/candidates")
    newest = await moderator.get("/candidates", sort="newest")

    assert numbers(urgent.body) == [3, 2, 4, 1]
    assert numbers(newest.body) == [3, 1, 4, 2]


@pytest.mark.parametrize("sort", ["urgent", "newest"])
async def test_pages_follow_each_other_without_gap_or_repetition(
    world: World, moderator: Caller, sort: str
) -> None:
    await world.take(*(make_post(n, **minutes_ago(n % 3)) for n in range(1, 12)))
    seen: list[int] = []
    cursor: dict[str, str] = {}

    for _ in range(4):
        page = (await moderator.get("/candidates", sort=sort, limit=3, **cursor)).body
        seen += numbers(page)
        cursor = {"cursor": page["next_cursor"]}

    assert page["next_cursor"] is None
    assert sorted(seen) == list(range(1, 12))
    whole = await moderator.get("/candidates", sort=sort, limit=200)
    assert seen == numbers(whole.body)


async def test_a_cursor_is_good_only_for_its_own_list(
    world: World, moderator: Caller
) -> None:
    await world.take(*(make_post(n) for n in range(1, 4)))
    cursor = (await moderator.get("/candidates", limit=1)).body["next_cursor"]
    altered = ("A" if cursor[0] != "A" else "B") + cursor[1:]

    answers = [
        await moderator.get("/candidates", limit=1, cursor=altered),
        await moderator.get("/candidates", limit=1, cursor="я"),
        await moderator.get("/candidates", limit=1, cursor=""),
        await moderator.get("/candidates", limit=1, cursor=cursor, sort="newest"),
        await moderator.get("/candidates", limit=1, cursor=cursor, topic="a.b"),
        await moderator.get("/candidates", limit=2, cursor=cursor),
    ]

    assert [answer.status for answer in answers] == [422] * 5 + [200]
    assert answers[0].body["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"urgency": "high"}, [3]),
        ({"urgency": "normal", "network": "ok"}, [2]),
        ({"topic": "housing.hot_water"}, [4, 2, 1]),
        ({"municipality": "luginsky"}, [4]),
        ({"network": "telegram"}, []),
        ({"overdue": "true"}, [1]),
        ({"q": "собаками"}, [4]),
        ({"q": "СОБАКА стаей"}, [4]),
        ({"q": "собака вода"}, []),
        ({"q": "'; DROP TABLE x; --"}, []),
        ({"status": "decided"}, []),
        ({"status": "gone"}, []),
    ],
)
async def test_filters(
    world: World, moderator: Caller, filters: dict[str, str], found: list[int]
) -> None:
    await world.take(
        make_post(1, **minutes_ago(60 * 24)),
        make_post(2, network="ok", **minutes_ago(3)),
        make_post(3, "Пахнет газом, пожар", matches=(), **minutes_ago(2)),
        make_post(4, "Стаи собак у школы", municipality="luginsky", **minutes_ago(1)),
    )

    answer = await moderator.get("/candidates", sort="newest", **filters)

    assert numbers(answer.body) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"author": "someone"},
        {"author_url": "https://vk.example/id1"},
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"sort": "author"},
        {"status": "all"},
        {"urgency": "extreme"},
        {"topic": "'; --"},
        {"topic": "a\x00"},
        {"q": "я" * 301},
        {"overdue": "perhaps"},
    ],
)
async def test_what_cannot_be_asked_is_refused(
    world: World, moderator: Caller, asked: dict[str, Any]
) -> None:
    await world.take(make_post(1))

    answer = await moderator.get("/candidates", **asked)

    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [
        f"query.{next(iter(asked))}"
    ]


async def test_remaining_minutes_are_working_minutes(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1))

    seen = []
    for hours in (0, 5.5, 15, 2.5, 5, 100):
        world.clock.move(hours=hours)
        body = (await moderator.get("/candidates")).body
        seen.append((body["items"][0]["remaining_minutes"], body["counts"]["overdue"]))

    assert seen == [(480, 0), (150, 0), (120, 0), (0, 0), (-300, 1), (-1500, 1)]


async def test_counters_are_exact_whatever_happens(
    world: World, moderator: Caller
) -> None:
    await world.take(
        *(make_post(n) for n in range(1, 6)),
        make_post(6, "Пожар, пахнет газом"),
        make_post(7, **minutes_ago(60 * 48)),
    )
    await world.take(make_post(1, revision=2, deleted=True))
    await world.take(make_post(2, "Пожар, пахнет газом", revision=2))
    first = (await moderator.get("/candidates")).body
    await moderator.post(
        f"/candidates/{first['items'][0]['id']}/decision", {"decision": "noise"}
    )

    before = (await moderator.get("/candidates")).body["counts"]
    async with world.work.unit(EVERY_REGION) as uow:
        await candidates.fold_tallies(uow.session, now=uow.now, most=0)
    after = (await moderator.get("/candidates")).body["counts"]
    world.clock.move(days=30)
    later = (await moderator.get("/candidates")).body["counts"]

    assert first["counts"] == {"new": 6, "urgent": 2, "overdue": 1}
    assert before == after == {"new": 5, "urgent": 1, "overdue": 1}
    assert later == {"new": 5, "urgent": 1, "overdue": 5}
    assert await world.scalar("SELECT count(*) FROM triage.queue_tally") == 3


async def test_the_sweeper_folds_only_counters_that_have_piled_up(
    world: World, moderator: Caller
) -> None:
    async with world.owner.session(EVERY_REGION) as session:
        await session.execute(
            text(
                "INSERT INTO triage.queue_tally SELECT 7, 1, now(), 1 "
                "FROM generate_series(1, 600)"
            )
        )
    await world.take(make_post(1))

    await jobs.sweep(world.work)

    rows = "SELECT count(*) FROM triage.queue_tally WHERE region_id = {}"
    assert await world.scalar(rows.format(7)) == 1
    assert await world.scalar(rows.format(world.region_id)) == 1


@pytest.mark.parametrize("path", ["/candidates", "/incidents"])
async def test_the_number_of_queries_does_not_grow_with_the_rows(
    world: World, moderator: Caller, path: str
) -> None:
    counted: list[list[str]] = []
    statements: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(world.work.database.engine.sync_engine, "before_cursor_execute", note)
    for rows in ([1], [2, 3]):
        for number in rows:
            await world.open(moderator, make_post(10 + number))
            await world.take(make_post(number))
        statements.clear()
        await moderator.get(path)
        counted.append(list(statements))

    assert counted[0] == counted[1]
    assert len(counted[0]) == 7


async def test_a_candidate_shows_the_open_incidents_like_it(
    world: World, moderator: Caller
) -> None:
    same = await world.open(moderator, make_post(1))
    await world.open(
        moderator,
        make_post(2, "Стаи собак у школы", matches=()),
        topic="housing.roof",
        municipality="luginsky",
    )
    await world.take(make_post(3, "Нет горячей воды третий день, Садовая"))
    found = (await moderator.get("/candidates")).body["items"][0]

    shown = await moderator.get(f"/candidates/{found['id']}")

    assert found["similar_incidents"] == []
    (similar,) = shown.body["similar_incidents"]
    assert (similar["id"], similar["number"]) == (same["id"], 1)
    assert 0.5 < similar["score"] <= 1
    assert shown.response.headers["etag"] == '"1"'


async def test_a_program_with_reading_rights_reads_and_does_not_decide(
    world: World,
) -> None:
    token = await make_key(world.owner, world.region, scopes="triage:read")
    reader = Caller(world.client, token)
    await world.take(make_post(1))

    listed = await reader.get("/candidates")
    refused = await reader.post(
        f"/candidates/{listed.body['items'][0]['id']}/decision", {"decision": "noise"}
    )

    assert (listed.status, refused.status) == (200, 403)


async def test_nobody_comes_in_without_a_credential(world: World) -> None:
    stranger = Caller(world.client, "otk_wrong")

    answers = [await stranger.get(path) for path in ("/candidates", "/incidents")]

    assert [answer.status for answer in answers] == [401, 401]
