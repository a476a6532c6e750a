"""The moderator's decision: what it makes, who may take it, and only once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from shared.contracts import CandidatesDecided, IncidentsChanged, PostsLabelled
from shared.db import EVERY_REGION, Database
from shared.identity.principal import Role
from shared.ids import new_id
from tests.factories import NOW, make_key
from tests.services.triage.world import TEXT, Caller, World, make_desk, make_post


async def candidate(
    world: World,
    moderator: Caller,
    number: int = 1,
    text: str = TEXT,
    **fields: object,
) -> str:
    await world.take(make_post(number, text, **fields))
    answer = await moderator.get("/candidates", sort="newest")
    found: str = answer.body["items"][0]["id"]
    return found


async def test_one_key_opens_an_incident_from_the_suggestions(
    world: World, moderator: Caller
) -> None:
    found = await candidate(world, moderator)

    answer = await moderator.post(f"/candidates/{found}/decision", {"decision": "open"})

    assert answer.status == 200
    assert answer.response.headers["etag"] == '"2"'
    body = answer.body
    assert body["candidate"]["status"] == "decided"
    assert body["candidate"]["decided_by"] == "Мария Тестова"
    incident = body["incident"]
    assert incident.pop("id") == body["candidate"]["incident_id"]
    assert incident == {
        "number": 1,
        "title": "Третий день нет горячей воды на улице Садовой, 14.",
        "status": "assigned",
        "kind": "solvable",
        "urgency": "normal",
        "topic": {
            "code": "housing.hot_water",
            "name": "Горячая вода",
            "name_en": "Hot water",
            "group_name": "ЖКХ",
            "group_name_en": "Housing and utilities",
        },
        "municipality": {"code": "vetlogorsk", "name": "Ветлогорск"},
        "authority": {
            "code": "housing",
            "name": "Министерство жилищно-коммунального хозяйства",
        },
        "executor": None,
        "place": None,
        "received_at": "2026-03-11T09:00:00Z",
        "opened_at": "2026-03-11T09:00:00Z",
        "deadline_at": "2026-03-12T08:00:00Z",
        "remaining_minutes": 480,
        "answered_at": None,
        "answer_minutes": None,
        "answered_in_time": None,
        "closed_at": None,
        "outcome": None,
        "post_count": 1,
        "imported_number": None,
        "version": 1,
    }


async def test_what_the_moderator_says_wins_over_the_suggestions(
    world: World, moderator: Caller
) -> None:
    found = await candidate(world, moderator)

    answer = await moderator.post(
        f"/candidates/{found}/decision",
        {
            "decision": "open",
            "topic": "housing.roof",
            "municipality": "luginsky",
            "authority": "health",
            "title": "Крыша",
            "note": "звонили утром",
        },
    )

    incident, after = answer.body["incident"], answer.body["candidate"]
    assert incident["title"] == "Крыша"
    assert [incident[field]["code"] for field in ("topic", "municipality")] == [
        "housing.roof",
        "luginsky",
    ]
    assert incident["authority"]["code"] == "health"
    assert (after["note"], after["topic"]["reason"]) == ("звонили утром", None)


async def test_the_other_services_are_told(world: World, moderator: Caller) -> None:
    found = await candidate(world, moderator)
    world.sent("ingest")

    await moderator.post(f"/candidates/{found}/decision", {"decision": "open"})

    (labelled,) = world.sent("ingest")
    decided, changed = world.sent("reports")
    assert isinstance(labelled, PostsLabelled)
    assert isinstance(decided, CandidatesDecided)
    assert isinstance(changed, IncidentsChanged)
    (label,), (fact,), (incident,) = (
        labelled.labels,
        decided.candidates,
        changed.incidents,
    )
    assert (label.status, label.incident_number, label.version) == ("assigned", 1, 2)
    assert (fact.decision, fact.tone, fact.version) == ("open", "complaint", 2)
    assert (fact.authority, fact.incident_id) == ("housing", incident.incident_id)
    assert (incident.number, incident.posts, incident.version) == (1, 1, 1)
    assert incident.topic_group == "ЖКХ"
    assert incident.authority_name == "Министерство жилищно-коммунального хозяйства"


@pytest.mark.parametrize(
    ("decision", "tone"),
    [("not_complaint", "thanks"), ("not_complaint", None), ("noise", "spam")],
)
async def test_what_is_no_complaint_makes_no_incident(
    world: World, moderator: Caller, decision: str, tone: str | None
) -> None:
    found = await candidate(world, moderator)
    world.sent("ingest")

    answer = await moderator.post(
        f"/candidates/{found}/decision", {"decision": decision, "tone": tone}
    )

    after = answer.body["candidate"]
    assert answer.body["incident"] is None
    assert (after["decision"], after["tone"]) == (decision, tone)
    (labelled,) = world.sent("ingest")
    assert isinstance(labelled, PostsLabelled)
    told = [(label.status, label.tone) for label in labelled.labels]
    assert told == [(decision, tone)], "rules are measured by both"


async def test_a_post_joins_an_incident_and_the_earlier_clock_counts(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator, make_post(1))
    earlier = NOW - timedelta(hours=2)
    found = await candidate(world, moderator, number=2, received_at=earlier)
    found = (await moderator.get("/candidates")).body["items"][0]["id"]

    answer = await moderator.post(
        f"/candidates/{found}/decision",
        {"decision": "join", "incident_id": incident["id"]},
    )

    joined = answer.body["incident"]
    assert (joined["number"], joined["post_count"], joined["version"]) == (1, 2, 2)
    assert joined["received_at"] == "2026-03-11T07:00:00Z"
    assert joined["deadline_at"] == "2026-03-11T15:00:00Z"
    assert answer.body["candidate"]["tone"] == "complaint"
    case = (await moderator.get(f"/incidents/{incident['id']}")).body
    assert len(case["posts"]) == 2
    assert case["history"][-1]["action"] == "join"


async def test_an_urgent_post_makes_the_incident_it_joins_urgent(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator, make_post(1))
    found = await candidate(world, moderator, number=2, text="Пахнет газом, пожар!")

    answer = await moderator.post(
        f"/candidates/{found}/decision",
        {"decision": "join", "incident_id": incident["id"]},
    )

    joined = answer.body["incident"]
    assert (joined["urgency"], joined["remaining_minutes"]) == ("high", 240)


async def test_an_urgent_post_opens_an_urgent_incident(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(
        moderator, make_post(1, "Пахнет газом, пожар в подъезде")
    )

    assert (incident["urgency"], incident["remaining_minutes"]) == ("high", 240)


async def test_an_incident_nobody_answers_for_waits_for_its_authority(
    world: World, moderator: Caller, owner: Database
) -> None:
    async with owner.session(EVERY_REGION) as session:
        await session.execute(text("DELETE FROM triage.routing_rule"))

    incident = await world.open(moderator, make_post(1))
    assigned = await moderator.post(
        f"/incidents/{incident['id']}/assign", {"authority": "health"}
    )

    assert (incident["status"], incident["authority"]) == ("new", None)
    assert assigned.body["authority"]["code"] == "health"


async def test_nothing_joins_a_closed_incident(
    world: World, moderator: Caller, owner: Database
) -> None:
    incident = await world.open(moderator, make_post(1))
    async with owner.session(EVERY_REGION) as session:
        await session.execute(
            text("UPDATE triage.incident SET status = 'closed', closed_at = now()")
        )
    found = await candidate(world, moderator, number=2)

    answer = await moderator.post(
        f"/candidates/{found}/decision",
        {"decision": "join", "incident_id": incident["id"]},
    )

    assert (answer.status, "reopen" in answer.body["detail"]) == (409, True)
    assert (await moderator.get(f"/candidates/{found}")).body["status"] == "new"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"decision": "open", "topic": "no.such"}, "topic"),
        ({"decision": "open", "municipality": "atlantis"}, "municipality"),
        ({"decision": "open", "authority": "nobody"}, "authority"),
        ({"decision": "open", "title": "я" * 301}, "title"),
        ({"decision": "open", "title": "\x00"}, "title"),
        ({"decision": "open", "topic": "'; DROP TABLE x"}, "topic"),
        ({"decision": "join"}, "incident_id"),
        ({"decision": "join", "incident_id": "7"}, "incident_id"),
        ({"decision": "noise", "tone": "complaint"}, "tone"),
        ({"decision": "noise", "tone": "furious"}, "tone"),
        ({"decision": "noise", "note": "я" * 4001}, "note"),
        ({"decision": "maybe"}, "decision"),
        ({}, "decision"),
        ({"decision": "noise", "author": "someone"}, "author"),
    ],
)
async def test_a_wrong_decision_is_refused_with_its_field(
    world: World, moderator: Caller, asked: dict[str, str], field: str
) -> None:
    found = await candidate(world, moderator)

    answer = await moderator.post(f"/candidates/{found}/decision", asked)

    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]
    assert (await moderator.get(f"/candidates/{found}")).body["status"] == "new"


async def test_an_incident_needs_a_topic(world: World, moderator: Caller) -> None:
    found = await candidate(world, moderator, text="Доколе?", matches=())

    answer = await moderator.post(f"/candidates/{found}/decision", {"decision": "open"})

    assert answer.status == 422
    assert answer.body["errors"] == [{"field": "topic", "message": "must be given"}]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMIN, 200),
        (Role.MODERATOR, 200),
        (Role.EXECUTOR, 403),
        (Role.APPROVER, 403),
        (Role.LEADER, 403),
        (Role.AUDITOR, 403),
    ],
)
async def test_only_the_desk_decides(
    world: World, moderator: Caller, role: Role, status: int
) -> None:
    found = await candidate(world, moderator)
    person = await world.person(role, login="кто-то", authority="housing")

    answer = await person.post(f"/candidates/{found}/decision", {"decision": "noise"})

    assert answer.status == status


async def test_of_two_moderators_one_wins_and_the_other_learns_who(
    world: World, moderator: Caller
) -> None:
    found = await candidate(world, moderator)
    second = await world.person(Role.MODERATOR, login="пётр")

    answers = await asyncio.gather(
        *(
            person.post(
                f"/candidates/{found}/decision", {"decision": "open"}, if_match='"1"'
            )
            for person in (moderator, second)
        )
    )

    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert (won.status, lost.status) == (200, 409)
    winner = won.body["candidate"]["decided_by"]
    assert lost.body["detail"] == f"{winner} has decided this candidate already: open."
    assert await world.scalar("SELECT count(*) FROM triage.incident") == 1


async def test_a_decision_on_an_outdated_candidate_is_refused(
    world: World, moderator: Caller
) -> None:
    found = await candidate(world, moderator)
    await world.take(make_post(1, "новый текст", revision=2))

    stale = await moderator.post(
        f"/candidates/{found}/decision", {"decision": "noise"}, if_match='"1"'
    )
    fresh = await moderator.post(
        f"/candidates/{found}/decision", {"decision": "noise"}, if_match='W/"2"'
    )

    assert (stale.status, fresh.status) == (412, 200)


async def test_incident_numbers_run_without_gaps(
    world: World, moderator: Caller
) -> None:
    await world.take(*(make_post(n) for n in range(1, 6)))
    items = (await moderator.get("/candidates")).body["items"]

    answers = await asyncio.gather(
        *(
            moderator.post(f"/candidates/{item['id']}/decision", {"decision": "open"})
            for item in items
        )
    )

    numbers = sorted(answer.body["incident"]["number"] for answer in answers)
    assert numbers == [1, 2, 3, 4, 5]


async def test_ids_of_another_region_do_not_exist(
    world: World, moderator: Caller
) -> None:
    found = await candidate(world, moderator)
    incident = await world.open(moderator, make_post(2))
    south = await make_desk(world.owner, "south")
    stranger = await world.person(Role.ADMIN, login="чужой", region=south)
    await world.take(make_post(3), region=south)
    own = (await stranger.get("/candidates")).body["items"][0]["id"]

    answers = [
        await stranger.get(f"/candidates/{found}"),
        await stranger.post(f"/candidates/{found}/decision", {"decision": "noise"}),
        await stranger.post(
            f"/candidates/{own}/decision",
            {"decision": "join", "incident_id": incident["id"]},
        ),
        await stranger.get(f"/candidates/{new_id()}"),
    ]

    assert [answer.status for answer in answers] == [404] * 4


async def test_a_decision_is_in_the_audit_log_of_the_same_transaction(
    world: World, moderator: Caller
) -> None:
    found = await candidate(world, moderator)

    await moderator.post(f"/candidates/{found}/decision", {"decision": "open"})

    actions = await world.scalar(
        "SELECT array_agg(body::jsonb->>'action' ORDER BY seq) FROM audit.event"
    )
    actor = await world.scalar("SELECT DISTINCT body::jsonb->>'actor' FROM audit.event")
    assert actions == ["incident.open", "incident.assign", "candidate.decided"]
    assert actor == "Мария Тестова"


async def test_a_program_may_decide_but_its_name_stands_there(world: World) -> None:
    token = await make_key(world.owner, world.region, scopes="triage")
    program = Caller(world.client, token)
    found = await candidate(world, program)

    answer = await program.post(f"/candidates/{found}/decision", {"decision": "noise"})

    assert answer.body["candidate"]["decided_by"] == "test"
