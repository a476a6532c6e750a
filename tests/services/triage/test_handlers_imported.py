"""Incidents of another system: history kept, each once, labels and facts told."""

from datetime import timedelta
from uuid import UUID

from shared.contracts import (
    CandidatesDecided,
    HandledIncident,
    IncidentsChanged,
    IncidentsImported,
    PostsLabelled,
)
from tests.factories import NOW
from tests.services.triage.world import Caller, World, make_post

CREATED = NOW - timedelta(days=30)
"""Monday, 12:00 in Moscow."""


def handled(number: str = "IM-1", post: int = 1, **fields: object) -> HandledIncident:
    given: dict[str, object] = {
        "post_id": make_post(post).post_id,
        "text": "Во дворе не горят фонари. Темно!",
        "url": "https://vk.example/wall-1_1",
        "network": "vk",
        "published_at": CREATED - timedelta(hours=1),
        "number": number,
        "authority": "Управление благоустройства",
        "topic_group": "Благоустройство двора",
        "topic": "Освещение дворов",
        "municipality": "ветлогорск",
        "incident_kind": "Решаемый",
        "outcome": "Решено",
        "closing_reason": "Автор доволен",
        "created_at": CREATED,
        "first_answer_at": CREATED + timedelta(hours=2),
        "closed_at": CREATED + timedelta(days=4),
        "answers": ("Починим.", "Починили."),
    }
    return HandledIncident.model_validate({**given, **fields})


async def imported(world: World, *incidents: HandledIncident) -> None:
    message = IncidentsImported(region_id=world.region_id, incidents=incidents)
    assert await world.deliver(message)


async def test_a_closed_incident_is_kept_with_its_history(
    world: World, moderator: Caller
) -> None:
    await imported(world, handled())

    (item,) = (await moderator.get("/incidents")).body["items"]
    case = (await moderator.get(f"/incidents/{item['id']}")).body
    plain = {name: case[name] for name in ("number", "title", "status", "kind")}
    assert plain == {
        "number": 1,
        "title": "Во дворе не горят фонари.",
        "status": "closed",
        "kind": "solvable",
    }
    assert case["imported_number"] == "IM-1"
    assert case["topic"]["name"] == "Освещение дворов"
    assert case["topic"]["group_name"] == "Благоустройство двора"
    assert case["authority"]["name"] == "Управление благоустройства"
    assert case["municipality"]["code"] == "vetlogorsk"
    assert (case["outcome"], case["closing_reason"]) == ("solved", "author_satisfied")
    assert (case["answer_minutes"], case["answered_in_time"]) == (120, True)
    assert [reply["versions"][0]["text"] for reply in case["replies"]] == [
        "Починим.",
        "Починили.",
    ]
    assert [entry["status"] for entry in case["history"]] == [
        "assigned",
        "published",
        "closed",
    ]
    assert [span["working_minutes"] for span in case["clock"]] == [0, 120, 2040]
    assert len(case["posts"]) == 1


async def test_reports_and_ingest_are_told(world: World) -> None:
    await imported(world, handled())

    (labelled,), (changed, _) = world.sent("ingest"), world.sent("reports")
    assert isinstance(labelled, PostsLabelled)
    assert isinstance(changed, IncidentsChanged)
    (fact,), (label,) = changed.incidents, labelled.labels
    assert (fact.imported, fact.answer_minutes, fact.posts) == (True, 120, 1)
    assert fact.topic_name == "Освещение дворов"
    assert (label.status, label.incident_number) == ("closed", 1)


async def test_the_same_export_twice_changes_nothing(
    world: World, moderator: Caller
) -> None:
    await imported(world, handled())
    world.sent("reports")

    await imported(world, handled(), handled())

    assert len((await moderator.get("/incidents")).body["items"]) == 1
    assert world.sent("reports") == []
    assert await world.scalar("SELECT count(*) FROM triage.reply") == 2


async def test_the_incident_stands_where_its_export_says(
    world: World, moderator: Caller
) -> None:
    await imported(
        world,
        handled("a", 1, closed_at=None, outcome=None, closing_reason=None),
        handled("b", 2, closed_at=None, first_answer_at=None, answers=()),
        handled("c", 3, closed_at=None, first_answer_at=None, authority=None),
    )

    items = (await moderator.get("/incidents")).body["items"]
    assert [(item["number"], item["status"]) for item in items] == [
        (3, "new"),
        (2, "assigned"),
        (1, "published"),
    ]


async def test_a_later_export_closes_what_was_open(
    world: World, moderator: Caller
) -> None:
    await imported(world, handled(closed_at=None, first_answer_at=None, answers=()))

    await imported(world, handled())

    (item,) = (await moderator.get("/incidents")).body["items"]
    assert (item["status"], item["answer_minutes"], item["version"]) == (
        "closed",
        120,
        2,
    )


async def test_words_nobody_knows_are_left_open(
    world: World, moderator: Caller
) -> None:
    strange = handled(
        municipality="Атлантида",
        incident_kind="Особый",
        outcome="-",
        closing_reason="",
        topic=None,
        authority=None,
        text="",
    )

    await imported(world, strange)

    (item,) = (await moderator.get("/incidents")).body["items"]
    assert (item["municipality"], item["place"]) == (None, "Атлантида")
    assert (item["kind"], item["outcome"], item["title"]) == ("solvable", None, "IM-1")


async def test_known_names_are_used_whatever_their_capitals(
    world: World, moderator: Caller
) -> None:
    known = handled(
        topic="горячая ВОДА",
        authority="министерство  жилищно-коммунального хозяйства",
        outcome="explained",
    )

    await imported(world, known)

    (item,) = (await moderator.get("/incidents")).body["items"]
    assert item["topic"]["code"] == "housing.hot_water"
    assert (item["authority"]["code"], item["outcome"]) == ("housing", "explained")
    topics = (await moderator.get("/topics")).body["items"]
    assert not any(topic["code"].startswith("im-") for topic in topics)


async def test_an_answer_before_the_incident_counts_no_minutes(
    world: World, moderator: Caller
) -> None:
    await imported(world, handled(first_answer_at=CREATED - timedelta(days=3)))

    (item,) = (await moderator.get("/incidents")).body["items"]
    assert (item["answer_minutes"], item["answered_in_time"]) == (0, True)


async def test_a_post_of_the_queue_leaves_it_with_the_imported_incident(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1))

    await imported(world, handled(post=1), handled("IM-2", post=1))

    page = (await moderator.get("/candidates")).body
    items = (await moderator.get("/incidents")).body["items"]
    assert page["counts"]["new"] == 0
    assert sorted(item["post_count"] for item in items) == [0, 1]


async def test_an_imported_post_that_arrives_later_is_no_candidate(
    world: World, moderator: Caller
) -> None:
    await imported(world, handled(post=1))

    await world.take(make_post(1, "Фонари горят", revision=2))

    assert (await moderator.get("/candidates")).body["items"] == []
    (item,) = (await moderator.get("/incidents")).body["items"]
    case = (await moderator.get(f"/incidents/{item['id']}")).body
    assert [post["text"] for post in case["posts"]] == ["Фонари горят"]


async def test_numbers_follow_the_order_of_creation(
    world: World, moderator: Caller
) -> None:
    later = CREATED + timedelta(days=1)
    await imported(
        world,
        handled("b", 2, created_at=later, closed_at=None, first_answer_at=None),
        handled("a", 1),
    )

    items = (await moderator.get("/incidents")).body["items"]
    assert [item["imported_number"] for item in items] == ["b", "a"]
    assert UUID(items[0]["id"])


async def test_an_imported_post_counts_as_a_complaint_of_its_own_day(
    world: World,
) -> None:
    one = handled()
    await imported(world, one)
    await imported(world, one)

    facts = [
        (fact.candidate_id, fact.decision, fact.received_at, fact.incident_id is None)
        for message in world.sent("reports")
        if isinstance(message, CandidatesDecided)
        for fact in message.candidates
    ]
    assert facts == [(one.post_id, "open", CREATED, False)]
