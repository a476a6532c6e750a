"""Withdrawing an incident that should never have been opened."""

from typing import Any

import pytest

from shared.contracts import CandidatesDecided, IncidentsChanged, PostsLabelled
from shared.identity.principal import Role
from tests.services.triage.world import Caller, World, make_post, walk

WHY = {"mistake": "not_a_complaint", "reason": "Жалобы в тексте нет."}


@pytest.fixture
async def incident(world: World, moderator: Caller) -> dict[str, Any]:
    """An open incident of one post."""
    found = await world.open(moderator)
    world.sent("reports")
    world.sent("ingest")
    return found


async def test_posts_that_were_no_complaints_are_set_aside(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    answer = await moderator.post(f"/incidents/{incident['id']}/withdraw", WHY)

    case = answer.body
    assert (case["status"], case["closing_reason"]) == ("withdrawn", "not_a_complaint")
    assert (case["outcome"], case["answered_at"]) == (None, None)
    assert case["closed_at"] == "2026-03-11T09:00:00Z"
    assert (case["allowed"], len(case["posts"])) == ([], 1)
    entry = case["history"][-1]
    assert (entry["action"], entry["detail"]) == ("withdraw", "Жалобы в тексте нет.")
    (decided,) = (await moderator.get("/candidates", status="decided")).body["items"]
    assert (decided["decision"], decided["incident_id"]) == ("not_complaint", None)


async def test_reports_and_archive_are_told(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    await moderator.post(f"/incidents/{incident['id']}/withdraw", WHY)

    told = world.sent("reports")
    facts = [
        one for m in told if isinstance(m, IncidentsChanged) for one in m.incidents
    ]
    posts = [
        one for m in told if isinstance(m, CandidatesDecided) for one in m.candidates
    ]
    labels = [
        one
        for m in world.sent("ingest")
        if isinstance(m, PostsLabelled)
        for one in m.labels
    ]
    assert [(one.status, one.closing_reason) for one in facts] == [
        ("withdrawn", "not_a_complaint")
    ]
    assert [one.decision for one in posts] == ["not_complaint"]
    assert [(one.status, one.incident_number) for one in labels] == [("withdrawn", 1)]


async def test_posts_of_a_wrong_candidate_wait_again_with_their_own_clock(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    (before,) = (await moderator.get("/candidates", status="decided")).body["items"]
    world.clock.move(hours=2)
    asked = {"mistake": "wrong_candidate", "reason": "Взят не тот пост."}

    answer = await moderator.post(f"/incidents/{incident['id']}/withdraw", asked)

    queue = (await moderator.get("/candidates")).body
    (again,) = queue["items"]
    facts = [
        one
        for m in world.sent("reports")
        if isinstance(m, CandidatesDecided)
        for one in m.candidates
    ]
    assert answer.body["posts"] == []
    assert (again["id"], again["deadline_at"]) == (before["id"], before["deadline_at"])
    assert (again["decision"], again["decided_by"]) == (None, None)
    assert queue["counts"] == {"new": 1, "urgent": 0, "overdue": 0}
    assert [one.decision for one in facts] == ["undecided"]


async def test_a_post_that_went_back_can_be_opened_anew(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    asked = {"mistake": "wrong_candidate", "reason": "Взят не тот пост."}
    await moderator.post(f"/incidents/{incident['id']}/withdraw", asked)
    (again,) = (await moderator.get("/candidates")).body["items"]

    opened = await moderator.post(
        f"/candidates/{again['id']}/decision", {"decision": "open"}
    )

    assert opened.status == 200
    assert opened.body["incident"]["number"] == 2


async def test_a_deleted_post_does_not_go_back_to_the_queue(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    await world.take(make_post(1, revision=2, deleted=True))
    asked = {"mistake": "wrong_candidate", "reason": "Взят не тот пост."}

    await moderator.post(f"/incidents/{incident['id']}/withdraw", asked)

    assert (await moderator.get("/candidates")).body["items"] == []
    assert len((await moderator.get("/candidates", status="gone")).body["items"]) == 1


async def test_posts_of_a_duplicate_join_the_other_with_the_earlier_clock(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    world.clock.move(hours=1)
    later = make_post(2, received_at=world.clock.now)
    other = await world.open(moderator, later)
    asked = {
        "mistake": "duplicate",
        "reason": "Та же труба.",
        "incident_id": other["id"],
    }

    answer = await moderator.post(f"/incidents/{incident['id']}/withdraw", asked)

    kept = (await moderator.get(f"/incidents/{other['id']}")).body
    assert (answer.body["posts"], answer.body["post_count"]) == ([], 0)
    assert (len(kept["posts"]), kept["post_count"]) == (2, 2)
    assert kept["deadline_at"] == incident["deadline_at"] < other["deadline_at"]
    assert kept["history"][-1]["action"] == "join"


@pytest.mark.parametrize("other", ["itself", "nothing", "withdrawn"])
async def test_a_duplicate_repeats_another_incident_that_is_open(
    world: World, moderator: Caller, incident: dict[str, Any], other: str
) -> None:
    gone = await world.open(moderator, make_post(2))
    await moderator.post(f"/incidents/{gone['id']}/withdraw", WHY)
    ids = {
        "itself": incident["id"],
        "nothing": "01890000-0000-7000-8000-00000000ffff",
        "withdrawn": gone["id"],
    }
    asked = {"mistake": "duplicate", "reason": "То же.", "incident_id": ids[other]}

    answer = await moderator.post(f"/incidents/{incident['id']}/withdraw", asked)

    assert answer.status == (409 if other == "withdrawn" else 422)
    case = (await moderator.get(f"/incidents/{incident['id']}")).body
    assert (case["status"], len(case["posts"])) == ("assigned", 1)


async def test_what_was_answered_is_not_withdrawn(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    await walk(world, incident["id"], until="close")
    await moderator.post(f"/incidents/{incident['id']}/reopen", {"reason": "Снова."})

    answer = await moderator.post(f"/incidents/{incident['id']}/withdraw", WHY)

    assert answer.status == 409
    assert "withdraw" not in answer.body["allowed"]


@pytest.mark.parametrize("role", [Role.EXECUTOR, Role.APPROVER, Role.LEADER])
async def test_only_the_desk_withdraws(
    world: World, incident: dict[str, Any], role: Role
) -> None:
    caller = await world.person(role, login="иной", authority="housing")

    answer = await caller.post(f"/incidents/{incident['id']}/withdraw", WHY)

    assert answer.status == 403


@pytest.mark.parametrize("lacking", ["mistake", "reason"])
async def test_who_withdraws_says_why(
    world: World, moderator: Caller, incident: dict[str, Any], lacking: str
) -> None:
    asked = {key: value for key, value in WHY.items() if key != lacking}

    answer = await moderator.post(f"/incidents/{incident['id']}/withdraw", asked)

    assert answer.status == 422
    assert [one["field"] for one in answer.body["errors"]] == [lacking]


async def test_nothing_joins_a_withdrawn_incident_and_it_waits_for_nobody(
    world: World, moderator: Caller, incident: dict[str, Any]
) -> None:
    await moderator.post(f"/incidents/{incident['id']}/withdraw", WHY)
    await world.take(make_post(2))
    (new,) = (await moderator.get("/candidates")).body["items"]
    world.clock.move(days=9)

    joined = await moderator.post(
        f"/candidates/{new['id']}/decision",
        {"decision": "join", "incident_id": incident["id"]},
    )

    detail = (await moderator.get(f"/candidates/{new['id']}")).body
    counts = (await moderator.get("/incidents")).body["counts"]
    assert joined.status == 409
    assert detail["similar_incidents"] == []
    assert counts == {"withdrawn": 1, "overdue": 0}
