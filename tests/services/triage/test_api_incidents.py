"""Incidents over HTTP: lists, filters, counters, opening by hand, one case."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from shared.contracts import CandidatesDecided
from shared.identity.principal import Role
from shared.ids import new_id
from tests.factories import NOW
from tests.services.triage.world import Caller, World, make_post, walk

HAND = {"title": "Яма у школы", "topic": "roads.pothole"}


def numbers(body: dict[str, Any]) -> list[int]:
    return [item["number"] for item in body["items"]]


@pytest.fixture
async def four(world: World, moderator: Caller) -> list[dict[str, Any]]:
    """Four incidents: one answered, one closed, one late, one of another topic."""
    opened = [
        await world.open(moderator, make_post(1)),
        await world.open(moderator, make_post(2)),
        await world.open(moderator, make_post(3, received_at=NOW - timedelta(days=3))),
        await world.open(
            moderator,
            make_post(4, "Стаи собак у школы", municipality="luginsky", matches=()),
            topic="housing.roof",
            authority="health",
        ),
    ]
    await walk(world, opened[0]["id"], until="publish")
    await walk(world, opened[1]["id"], until="close")
    return opened


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"status": "assigned"}, [4, 3]),
        ({"status": "published"}, [1]),
        ({"authority": "health"}, [4]),
        ({"municipality": "luginsky"}, [4]),
        ({"topic": "housing.hot_water", "status": "closed"}, [2]),
        ({"overdue": "true"}, [3]),
        ({"sort": "deadline"}, [3, 4]),
        ({"q": "собаки"}, [4]),
        ({"q": "№ 3"}, [3]),
        ({"q": "2"}, [2]),
        ({"q": "99999999999999999999"}, []),
        ({"mine": "true"}, [4, 3, 2, 1]),
        ({"from": "2026-03-11", "to": "2026-03-11"}, [4, 3, 2, 1]),
        ({"from": "2026-03-12"}, []),
        ({"to": "2026-03-10"}, []),
        ({"authority": "nobody"}, []),
    ],
)
@pytest.mark.usefixtures("four")
async def test_filters(
    moderator: Caller, filters: dict[str, str], found: list[int]
) -> None:
    answer = await moderator.get("/incidents", **filters)

    assert numbers(answer.body) == found


@pytest.mark.usefixtures("four")
async def test_counts_are_by_status_with_the_late_ones(
    world: World, moderator: Caller
) -> None:
    health = await world.person(Role.EXECUTOR, login="врач", authority="health")

    everyone = await moderator.get("/incidents", status="closed")
    limited = await health.get("/incidents")

    assert everyone.body["counts"] == {
        "assigned": 2,
        "published": 1,
        "closed": 1,
        "overdue": 1,
    }
    assert limited.body["counts"] == {"assigned": 1, "overdue": 0}


@pytest.mark.parametrize("sort", ["newest", "deadline"])
async def test_pages_follow_each_other(
    world: World, moderator: Caller, sort: str
) -> None:
    for number in range(1, 6):
        await world.open(moderator, make_post(number))
    seen: list[int] = []
    cursor: dict[str, str] = {}

    for _ in range(3):
        page = (await moderator.get("/incidents", sort=sort, limit=2, **cursor)).body
        seen += numbers(page)
        cursor = {"cursor": page["next_cursor"]}

    assert page["next_cursor"] is None
    assert sorted(seen) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "asked",
    [
        {"author": "x"},
        {"from": "yesterday"},
        {"to": "9999-12-31"},
        {"cursor": "x"},
        {"sort": "urgent"},
        {"status": "'; --"},
    ],
)
async def test_what_cannot_be_asked_is_refused(
    moderator: Caller, asked: dict[str, str]
) -> None:
    assert (await moderator.get("/incidents", **asked)).status == 422


async def test_an_incident_is_opened_by_hand_without_posts(
    world: World, moderator: Caller
) -> None:
    answer = await moderator.post("/incidents", {**HAND, "municipality": "luginsky"})

    assert answer.status == 201
    assert answer.response.headers["etag"] == '"1"'
    case = answer.body
    assert (case["number"], case["title"], case["status"]) == (
        1,
        "Яма у школы",
        "assigned",
    )
    assert case["authority"]["code"] == "roads"
    assert (case["post_count"], case["posts"], case["received_at"]) == (
        0,
        [],
        "2026-03-11T09:00:00Z",
    )
    assert world.sent("ingest") == []


async def test_an_incident_is_opened_by_hand_of_posts_in_the_queue(
    world: World, moderator: Caller
) -> None:
    first = NOW - timedelta(hours=1)
    posts = [make_post(1), make_post(2, received_at=first)]
    await world.take(*posts)
    world.sent("reports")

    answer = await moderator.post(
        "/incidents", {**HAND, "post_ids": [str(post.post_id) for post in posts]}
    )

    case = answer.body
    assert (case["post_count"], len(case["posts"])) == (2, 2)
    assert case["received_at"] == "2026-03-11T08:00:00Z"
    assert (await moderator.get("/candidates")).body["counts"]["new"] == 0
    decided = world.sent("reports")[0]
    assert isinstance(decided, CandidatesDecided)
    assert [fact.decision for fact in decided.candidates] == ["open", "open"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"topic": "roads.pothole"}, "title"),
        ({"title": "Яма"}, "topic"),
        ({"title": "   ", "topic": "roads.pothole"}, "title"),
        ({"title": "я" * 301, "topic": "roads.pothole"}, "title"),
        ({**HAND, "topic": "no.such"}, "topic"),
        ({**HAND, "authority": "nobody"}, "authority"),
        ({**HAND, "post_ids": [str(new_id())]}, "post_ids"),
        ({**HAND, "author": "кто"}, "author"),
    ],
)
async def test_a_wrong_incident_is_refused_with_its_field(
    moderator: Caller, asked: dict[str, Any], field: str
) -> None:
    answer = await moderator.post("/incidents", asked)

    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


async def test_a_post_is_in_one_incident_only(world: World, moderator: Caller) -> None:
    post = make_post(1)
    await world.open(moderator, post)

    answer = await moderator.post(
        "/incidents", {**HAND, "post_ids": [str(post.post_id)]}
    )

    assert answer.status == 409
    assert "Мария Тестова" in answer.body["detail"]
    assert await world.scalar("SELECT count(*) FROM triage.incident") == 1


@pytest.mark.parametrize(
    "role", [Role.EXECUTOR, Role.APPROVER, Role.LEADER, Role.AUDITOR]
)
async def test_only_the_desk_opens_incidents(world: World, role: Role) -> None:
    person = await world.person(role, login="кто-то", authority="roads")

    assert (await person.post("/incidents", HAND)).status == 403


async def test_the_queries_of_a_case_do_not_grow_with_it(
    world: World, moderator: Caller
) -> None:
    statements: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(world.work.database.engine.sync_engine, "before_cursor_execute", note)
    small = await world.open(moderator, make_post(1))
    big = await world.open(moderator, make_post(2))
    await world.take(make_post(3), make_post(4))
    for item in (await moderator.get("/candidates")).body["items"]:
        asked = {"decision": "join", "incident_id": big["id"]}
        await moderator.post(f"/candidates/{item['id']}/decision", asked)
    await walk(world, big["id"], until="close")
    counted = []
    for incident in (small, big):
        statements.clear()
        await moderator.get(f"/incidents/{incident['id']}")
        counted.append(len(statements))

    assert counted == [13, 13]


async def test_the_answer_of_a_case_names_no_author(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator)

    case = (await moderator.get(f"/incidents/{incident['id']}")).body

    assert sorted(case["posts"][0]) == [
        "deleted_at",
        "edited_at",
        "id",
        "joined_at",
        "kind",
        "matches",
        "network",
        "published_at",
        "received_at",
        "source_name",
        "text",
        "url",
    ]
