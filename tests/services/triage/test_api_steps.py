"""The actions on an incident over HTTP: who, when, with what, and only once."""

import pytest

from shared.contracts import IncidentsChanged
from shared.identity.principal import Role
from shared.ids import new_id
from tests.services.triage.world import ROAD, Caller, World, make_desk, make_post, walk

PUBLISH = {"via": "hand", "link": "https://vk.example/wall-1_2"}

CLOSE = {"outcome": "explained", "closing_reason": "done"}


async def test_the_straight_road_from_opening_to_closing(
    world: World, moderator: Caller, executor: Caller, approver: Caller
) -> None:
    incident = await world.open(moderator)
    people = {"moderator": moderator, "executor": executor, "approver": approver}
    seen = []

    for who, step, body in ROAD:
        world.clock.move(minutes=30)
        answer = await people[who].post(f"/incidents/{incident['id']}/{step}", body)
        seen.append((answer.status, answer.body["status"], answer.body["version"]))

    assert seen == [
        (200, "drafting", 2),
        (200, "awaiting_approval", 3),
        (200, "approved", 4),
        (200, "published", 5),
        (200, "closed", 6),
    ]
    case = answer.body
    assert (case["answered_at"], case["answer_minutes"], case["answered_in_time"]) == (
        "2026-03-11T11:00:00Z",
        120,
        True,
    )
    assert (case["outcome"], case["closing_reason"], case["proof"]) == (
        "solved",
        "done",
        "Акт № 17",
    )
    assert case["remaining_minutes"] is None
    assert [(span["holder"], span["working_minutes"]) for span in case["clock"]] == [
        ("desk", 0),
        ("authority", 60),
        ("approver", 30),
        ("desk", 60),
    ]
    assert [entry["action"] for entry in case["history"]] == [
        "open",
        "assign",
        "draft",
        "submit",
        "approve",
        "mark_published",
        "close",
    ]
    (reply,) = case["replies"]
    assert (reply["status"], reply["approved_by"], reply["published_link"]) == (
        "published",
        "Алла Тестова",
        "https://vk.example/wall-1_2",
    )


EVERYBODY = {"admin", "moderator", "executor", "approver", "leader", "auditor"}


@pytest.mark.parametrize(
    ("until", "step", "body", "may"),
    [
        (None, "assign", {"authority": "health"}, {"admin", "moderator"}),
        (None, "draft", {"text": "т"}, {"admin", "moderator", "executor"}),
        ("draft", "submit", {}, {"admin", "moderator", "executor"}),
        ("submit", "return", {"remark": "дата?"}, {"admin", "approver"}),
        ("submit", "approve", {}, {"admin", "approver"}),
        (
            "approve",
            "publish",
            PUBLISH,
            {"admin", "moderator", "executor", "approver"},
        ),
        ("publish", "close", CLOSE, {"admin", "moderator"}),
        ("close", "reopen", {"reason": "опять"}, {"admin", "moderator"}),
    ],
)
async def test_who_may_do_what(
    world: World,
    moderator: Caller,
    until: str | None,
    step: str,
    body: dict[str, str],
    may: set[str],
) -> None:
    done = set()
    for number, role in enumerate(sorted(EVERYBODY), 1):
        incident = await world.open(moderator, make_post(number))
        if until:
            await walk(world, incident["id"], until=until)
        caller = await world.person(Role(role), login=role, authority="housing")

        path = f"/incidents/{incident['id']}"
        shown = await caller.get(path)
        answer = await caller.post(f"{path}/{step}", body)

        named = "mark_published" if step == "publish" else step
        assert answer.status in {200, 403}
        assert (named in shown.body["allowed"]) == (answer.status == 200)
        if answer.status == 200:
            done.add(role)
    assert done == may


@pytest.mark.parametrize(
    ("until", "step", "body"),
    [
        (None, "approve", {}),
        (None, "publish", PUBLISH),
        (None, "close", CLOSE),
        (None, "reopen", {"reason": "опять"}),
        ("draft", "approve", {}),
        ("draft", "publish", PUBLISH),
        ("submit", "publish", PUBLISH),
        ("submit", "assign", {"authority": "health"}),
        ("approve", "approve", {}),
        ("approve", "close", CLOSE),
        ("publish", "publish", PUBLISH),
        ("publish", "approve", {}),
        ("close", "draft", {"text": "т"}),
        ("close", "close", CLOSE),
    ],
)
async def test_what_cannot_be_done_now_is_refused_with_what_can(
    world: World, moderator: Caller, until: str | None, step: str, body: dict[str, str]
) -> None:
    incident = await world.open(moderator)
    before = await walk(world, incident["id"], until=until) if until else incident
    admin = await world.person(Role.ADMIN, login="админ")
    path = f"/incidents/{incident['id']}"

    answer = await admin.post(f"{path}/{step}", body)

    allowed = (await admin.get(path)).body["allowed"]
    assert (answer.status, answer.body["allowed"]) == (409, allowed)
    assert (await admin.get(path)).body["version"] == before["version"]


@pytest.mark.parametrize(
    ("until", "step", "body", "fields"),
    [
        (None, "assign", {}, ["authority"]),
        (None, "assign", {"authority": "nobody"}, ["authority"]),
        (None, "draft", {}, ["text"]),
        (None, "draft", {"text": "  "}, ["text"]),
        (None, "draft", {"text": "я" * 10_001}, ["text"]),
        (None, "draft", {"text": "a\x00b"}, ["text"]),
        ("submit", "return", {}, ["remark"]),
        ("submit", "return", {"remark": "я" * 4_001}, ["remark"]),
        ("approve", "publish", {}, ["via"]),
        ("approve", "publish", {"via": "hand"}, ["link"]),
        (
            "approve",
            "publish",
            {"via": "hand", "link": "javascript:alert(1)"},
            ["link"],
        ),
        ("approve", "publish", {"via": "pigeon"}, ["via"]),
        ("publish", "close", {}, ["outcome", "closing_reason"]),
        (
            "publish",
            "close",
            {"outcome": "solved", "closing_reason": "done"},
            ["proof"],
        ),
        (
            "publish",
            "close",
            {"outcome": "postponed", "closing_reason": "done"},
            ["promised_on"],
        ),
        (
            "publish",
            "close",
            {
                "outcome": "postponed",
                "closing_reason": "done",
                "promised_on": "2026-03-11",
            },
            ["promised_on"],
        ),
        ("publish", "close", {**CLOSE, "promised_on": "2026-04-01"}, ["promised_on"]),
        ("close", "reopen", {}, ["reason"]),
    ],
)
async def test_missing_and_wrong_fields_are_named(
    world: World,
    moderator: Caller,
    until: str | None,
    step: str,
    body: dict[str, str],
    fields: list[str],
) -> None:
    incident = await world.open(moderator)
    if until:
        await walk(world, incident["id"], until=until)
    admin = await world.person(Role.ADMIN, login="админ")

    answer = await admin.post(f"/incidents/{incident['id']}/{step}", body)

    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == fields


async def test_an_executor_sees_and_does_nothing_of_other_authorities(
    world: World, moderator: Caller, executor: Caller
) -> None:
    own = await world.open(moderator, make_post(1))
    other = await world.open(moderator, make_post(2), authority="health")

    listed = await executor.get("/incidents")
    answers = [
        await executor.get(f"/incidents/{other['id']}"),
        await executor.post(f"/incidents/{other['id']}/draft", {"text": "т"}),
    ]

    assert [item["id"] for item in listed.body["items"]] == [own["id"]]
    assert listed.body["counts"] == {"assigned": 1, "overdue": 0}
    assert [answer.status for answer in answers] == [404, 404]
    assert (await executor.get("/candidates")).status == 403


async def test_an_executor_without_an_authority_sees_nothing(
    world: World, moderator: Caller
) -> None:
    await world.open(moderator)
    lost = await world.person(Role.EXECUTOR, login="лишний")

    assert (await lost.get("/incidents")).body["items"] == []


async def test_a_person_of_the_authority_can_be_named(
    world: World, moderator: Caller, executor: Caller
) -> None:
    incident = await world.open(moderator)
    path = f"/incidents/{incident['id']}/assign"
    egor, maria = (str(world.people[name].id) for name in ("егор", "мария"))

    named = await moderator.post(path, {"authority": "housing", "executor": egor})
    wrong = [
        await moderator.post(path, {"authority": "health", "executor": egor}),
        await moderator.post(path, {"authority": "housing", "executor": maria}),
        await moderator.post(path, {"authority": "housing", "executor": str(new_id())}),
    ]

    assert named.body["executor"] == "Егор Тестова"
    assert named.body["history"][-1]["detail"].endswith(", Егор Тестова")
    assert [answer.status for answer in wrong] == [422] * 3
    mine = await executor.get("/incidents", mine="true")
    assert [item["id"] for item in mine.body["items"]] == [incident["id"]]


async def test_ids_of_another_region_do_not_exist(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator)
    south = await make_desk(world.owner, "south")
    stranger = await world.person(Role.ADMIN, login="чужой", region=south)
    path = f"/incidents/{incident['id']}"

    answers = [await stranger.get(path)]
    for step, body in [("assign", {"authority": "housing"}), ("approve", {})]:
        answers.append(await stranger.post(f"{path}/{step}", body))

    assert [answer.status for answer in answers] == [404] * 3
    assert (await stranger.get("/incidents")).body["items"] == []


async def test_every_step_is_told_and_audited(world: World, moderator: Caller) -> None:
    incident = await world.open(moderator)
    world.sent("reports")

    await walk(world, incident["id"], until="close")

    facts = [
        fact
        for message in world.sent("reports")
        if isinstance(message, IncidentsChanged)
        for fact in message.incidents
    ]
    assert [(fact.status, fact.version) for fact in facts] == [
        ("drafting", 2),
        ("awaiting_approval", 3),
        ("approved", 4),
        ("published", 5),
        ("closed", 6),
    ]
    assert await world.scalar("SELECT count(*) FROM audit.event") == 8


async def test_texts_are_kept_as_they_are(
    world: World, moderator: Caller, executor: Caller
) -> None:
    incident = await world.open(moderator)
    hostile = " <img src=x onerror=alert(1)> '; DROP TABLE triage.reply; --\n"

    answer = await executor.post(
        f"/incidents/{incident['id']}/draft", {"text": hostile}
    )

    assert answer.body["replies"][0]["versions"][0]["text"] == hostile
