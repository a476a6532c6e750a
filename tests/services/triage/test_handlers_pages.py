"""Official pages: only registered ones speak, one answer a post, with approval."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.triage.domain.answering import TargetState
from services.triage.handlers import outbox
from services.triage.handlers.pages import NewPage
from shared.db import EVERY_REGION
from shared.identity.principal import Role
from tests.services.triage.network import PAGE
from tests.services.triage.world import (
    Caller,
    World,
    make_desk,
    make_page,
    make_post,
    walk,
)

PUBLISH = {"via": "page"}
NEW = {"network": "vk", "native_id": "-7", "name": "Горводоканал"}
SHARED_KEY = "vk:wall:-1_7"


@pytest.fixture
async def admin(world: World) -> Caller:
    """A person who administers the region."""
    return await world.person(Role.ADMIN, login="вера")


async def approved(world: World, moderator: Caller, number: int = 1) -> str:
    """Open an incident of a post and bring its reply to approval."""
    incident = await world.open(moderator, make_post(number))
    await walk(world, incident["id"], until="approve")
    return f"/incidents/{incident['id']}"


async def execute(world: World, statement: str) -> None:
    async with world.owner.session(EVERY_REGION) as session:
        await session.execute(text(statement))


async def test_an_administrator_registers_a_page_and_retires_it(
    world: World, admin: Caller
) -> None:
    made = await admin.post("/official-pages", NEW)
    again = await admin.post("/official-pages", NEW)
    retired = await admin.post(f"/official-pages/{made.body['id']}/retire")

    listed = (await admin.get("/official-pages")).body["items"]
    assert (made.status, again.status, retired.status) == (201, 409, 200)
    assert made.body["registered_by"] == "Вера Тестова"
    assert made.body["speakers"] == ["admin", "approver", "executor", "moderator"]
    assert [(one["native_id"], one["retired_at"] is None) for one in listed] == [
        ("-100500", True),
        ("-7", False),
    ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({**NEW, "speakers": []}, "speakers"),
        ({**NEW, "speakers": ["robot"]}, "speakers"),
        ({**NEW, "authority": "nobody"}, "authority"),
        ({**NEW, "name": " "}, "name"),
        ({**NEW, "native_id": "vetlogorsk_official"}, "native_id"),
        ({**NEW, "network": "telegram", "native_id": "@otklik_bot"}, "native_id"),
        ({**NEW, "native_id": "7"}, "native_id"),
        ({**NEW, "native_id": "durov"}, "native_id"),
        ({**NEW, "network": "ok", "native_id": "@group"}, "native_id"),
        ({**NEW, "network": "telegram", "native_id": "durov"}, "native_id"),
    ],
)
async def test_a_page_that_makes_no_sense_is_refused(
    admin: Caller, asked: dict[str, Any], field: str
) -> None:
    answer = await admin.post("/official-pages", asked)

    assert answer.status == 422
    assert answer.body["errors"][0]["field"].startswith(field)


async def test_a_page_is_changed_and_comes_back(admin: Caller) -> None:
    made = await admin.post("/official-pages", NEW)
    path = f"/official-pages/{made.body['id']}"
    await admin.post(f"{path}/retire")

    changed = await admin.patch(path, {"authority": "roads", "credential": "Ключ"})
    freed = await admin.patch(path, {"authority": None, "name": None})
    wrong = await admin.patch(path, {"authority": "nobody"})
    back = await admin.post(f"{path}/restore")
    twice = await admin.post(f"{path}/restore")

    assert [changed.body[name] for name in ("name", "authority", "credential")] == [
        "Горводоканал",
        "roads",
        "Ключ",
    ]
    assert [freed.body[name] for name in ("name", "authority", "credential")] == [
        "Горводоканал",
        None,
        "Ключ",
    ]
    assert (wrong.status, back.status, twice.status) == (422, 200, 200)
    assert (freed.body["retired_at"] is None, back.body["retired_at"]) == (False, None)


async def test_the_networks_that_are_answered_by_the_api_are_told(
    world: World, admin: Caller
) -> None:
    listed = (await admin.get("/official-pages")).body

    assert listed["networks"] == [world.publisher.network]


async def test_only_an_administrator_registers(
    world: World, moderator: Caller, admin: Caller
) -> None:
    page = (await admin.get("/official-pages")).body["items"][0]["id"]

    answers = [
        await moderator.post("/official-pages", NEW),
        await moderator.post(f"/official-pages/{page}/retire"),
        await moderator.post(f"/official-pages/{page}/restore"),
        await moderator.post(f"/official-pages/{page}/pause"),
        await moderator.post(f"/official-pages/{page}/resume"),
        await moderator.patch(f"/official-pages/{page}", {"authority": None}),
        await admin.post(f"/official-pages/{world.people['вера'].id}/retire"),
    ]

    assert [answer.status for answer in answers] == [403] * 6 + [404]


async def test_a_page_of_another_region_is_not_ours(
    world: World, admin: Caller
) -> None:
    await make_desk(world.owner, "south")
    theirs = await world.scalar(
        "SELECT id FROM triage.official_page ORDER BY region_id DESC LIMIT 1"
    )

    answers = [
        await admin.patch(f"/official-pages/{theirs}", {"name": "Чужая"}),
        await admin.post(f"/official-pages/{theirs}/restore"),
        await admin.post(f"/official-pages/{theirs}/retire"),
    ]

    changed = "SELECT count(*) FROM triage.official_page WHERE name = 'Чужая'"
    retired = "SELECT count(*) FROM triage.official_page WHERE retired_at IS NOT NULL"
    assert [answer.status for answer in answers] == [404] * 3
    assert (await world.scalar(changed), await world.scalar(retired)) == (0, 0)
    assert len((await admin.get("/official-pages")).body["items"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM triage.official_page",
        "UPDATE triage.official_page SET retired_at = now()",
        "UPDATE triage.official_page SET speakers = '{admin}'",
        "UPDATE triage.official_page SET authority = 'roads'",
        "UPDATE triage.official_page SET network = 'ok'",
    ],
)
async def test_without_a_page_that_may_speak_nothing_goes_out(
    world: World, moderator: Caller, change: str
) -> None:
    path = await approved(world, moderator)
    await execute(world, change)

    answer = await moderator.post(f"{path}/publish", PUBLISH)

    assert answer.status == 409
    assert "registered page" in answer.body["detail"]
    assert world.web.calls == 0


async def test_a_page_retired_meanwhile_stops_what_waits(
    world: World, moderator: Caller, admin: Caller
) -> None:
    path = await approved(world, moderator)
    await moderator.post(f"{path}/publish", PUBLISH)
    page = (await admin.get("/official-pages")).body["items"][0]["id"]
    await admin.post(f"/official-pages/{page}/retire")

    await world.publish()

    posting = (await moderator.get(path)).body["postings"][0]
    assert (posting["state"], posting["obstacle"]) == ("failed", "page_retired")
    assert world.web.calls == 0


async def test_a_paused_page_lets_what_is_approved_wait(
    world: World, moderator: Caller, admin: Caller
) -> None:
    path = await approved(world, moderator)
    page = (await admin.get("/official-pages")).body["items"][0]["id"]
    pauses = [await admin.post(f"/official-pages/{page}/pause") for _ in range(2)]

    asked = await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()
    await world.publish()
    waiting = (await moderator.get(path)).body
    calls = world.web.calls
    resumed = await admin.post(f"/official-pages/{page}/resume")
    await world.publish()

    posting = waiting["postings"][0]
    assert (asked.status, calls) == (200, 0)
    assert (posting["state"], posting["obstacle"]) == ("approved", "page_paused")
    assert waiting["allowed"] == ["take_back"]
    assert [each.body["paused_at"] is None for each in (*pauses, resumed)] == [
        False,
        False,
        True,
    ]
    assert (await moderator.get(path)).body["status"] == "published"
    assert len(world.web.comments) == 1
    log = "SELECT count(*) FROM audit.event WHERE body LIKE '%\"official_page.{}\"%'"
    counts = [await world.scalar(log.format(each)) for each in ("paused", "resumed")]
    assert counts == [1, 1]


@pytest.mark.parametrize(
    ("step", "after"),
    [("pause", ("approved", "page_paused")), ("retire", ("failed", "page_retired"))],
)
async def test_a_page_stopped_while_the_post_is_looked_at_does_not_speak(
    world: World, moderator: Caller, admin: Caller, step: str, after: tuple[str, str]
) -> None:
    path = await approved(world, moderator)
    page = (await admin.get("/official-pages")).body["items"][0]["id"]
    asked = await moderator.post(f"{path}/publish", PUBLISH)
    posting_id = UUID(asked.body["postings"][0]["id"])
    async with world.work.unit(world.region_id) as uow:
        errand = await outbox.take_up(uow, posting_id, world.publishers)
    assert errand

    await admin.post(f"/official-pages/{page}/{step}")
    async with world.work.unit(world.region_id) as uow:
        goes_out = await outbox.begin(uow, errand, TargetState())

    posting = (await moderator.get(path)).body["postings"][0]
    assert not goes_out
    assert (posting["state"], posting["obstacle"]) == after


async def test_a_page_that_is_not_paused_is_taken_first(
    world: World, moderator: Caller, admin: Caller
) -> None:
    page = (await admin.get("/official-pages")).body["items"][0]["id"]
    async with world.owner.session(EVERY_REGION) as session:
        session.add(make_page(world.region_id, native_id="-2", name="Вторая"))
    await admin.post(f"/official-pages/{page}/pause")
    path = await approved(world, moderator)

    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    (comment,) = world.web.comments
    assert comment.page == "-2"


async def test_the_page_that_was_chosen_speaks(world: World, moderator: Caller) -> None:
    async with world.owner.session(EVERY_REGION) as session:
        second = make_page(world.region_id, native_id="-2", name="Вторая")
        session.add(second)
        await session.flush()
        page_id = str(second.id)
    path = await approved(world, moderator)

    await moderator.post(f"{path}/publish", {**PUBLISH, "page_id": page_id})
    await world.publish()

    (comment,) = world.web.comments
    assert comment.page == "-2"


async def test_a_post_on_an_own_page_is_answered_by_that_page(
    world: World, moderator: Caller
) -> None:
    async with world.owner.session(EVERY_REGION) as session:
        for number in ("-2", "vetlogorsk", "-3"):
            session.add(make_page(world.region_id, native_id=number, name=number))
    path = await approved(world, moderator)

    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    (comment,) = world.web.comments
    assert comment.page == "vetlogorsk"


async def test_a_second_round_under_a_post_is_asked_for(
    world: World, moderator: Caller
) -> None:
    path = await approved(world, moderator)
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()
    await moderator.post(f"{path}/draft", {"text": "Воду дали."})
    await walk_again(world, path)

    silent = await moderator.post(f"{path}/publish", PUBLISH)
    meant = await moderator.post(f"{path}/publish", {**PUBLISH, "further": True})
    await world.publish()

    case = (await moderator.get(path)).body
    assert (silent.status, silent.body["errors"][0]["field"]) == (422, "further")
    assert meant.status == 200
    assert [one.text for one in world.web.comments] == [
        "Здравствуйте! Воду дадут 12 марта.",
        "Воду дали.",
    ]
    assert [one["answer"] for one in case["postings"]] == [1, 2]


async def walk_again(world: World, path: str) -> None:
    """Bring the second round to approval."""
    executor = await world.person(Role.EXECUTOR, login="олег", authority="housing")
    approver = await world.person(Role.APPROVER, login="анна")
    await executor.post(f"{path}/submit")
    assert (await approver.post(f"{path}/approve")).status == 200


async def test_of_two_incidents_about_one_post_one_answers(
    world: World, moderator: Caller
) -> None:
    paths = []
    for number in (1, 2):
        await world.open(moderator, make_post(number, key=SHARED_KEY))
        incident = (await moderator.get("/incidents")).body["items"][0]
        await walk(world, incident["id"], until="approve")
        paths.append(f"/incidents/{incident['id']}")

    answers = await asyncio.gather(
        *(moderator.post(f"{path}/publish", PUBLISH) for path in paths)
    )
    await world.publish()
    later = [await moderator.post(f"{path}/publish", PUBLISH) for path in paths]

    assert sorted(answer.status for answer in answers) == [200, 409]
    assert sorted(answer.status for answer in later) == [409, 422]
    assert len(world.web.comments) == 1


async def test_a_key_learnt_after_the_answer_makes_no_room_for_a_second_one(
    world: World, moderator: Caller
) -> None:
    path = await approved(world, moderator)
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()
    await world.take(make_post(revision=2, key=SHARED_KEY))
    await moderator.post(f"{path}/draft", {"text": "Воду дали."})
    await walk_again(world, path)

    silent = await moderator.post(f"{path}/publish", PUBLISH)

    assert (silent.status, silent.body["errors"][0]["field"]) == (422, "further")
    assert len(world.web.comments) == 1


SEND = "UPDATE triage.posting SET state = 'sending', started_at = now()"
BROKEN = [
    ["UPDATE triage.reply_version SET text = 'Другое'", SEND],
    ["DELETE FROM triage.approval", SEND],
    ["UPDATE triage.posting SET approver_id = gen_random_uuid()"],
    ["UPDATE triage.posting SET text_hash = 'x'"],
    ["UPDATE triage.posting SET state = 'sent'"],
    [
        "UPDATE triage.posting SET state = 'failed', due_at = NULL",
        "UPDATE triage.posting SET state = 'approved'",
    ],
]


@pytest.mark.parametrize("statements", BROKEN)
async def test_the_database_itself_refuses_what_nobody_approved(
    world: World, moderator: Caller, statements: list[str]
) -> None:
    path = await approved(world, moderator)
    await moderator.post(f"{path}/publish", PUBLISH)

    with pytest.raises(DBAPIError):
        async with world.owner.session(EVERY_REGION) as session:
            for statement in statements:
                await session.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE triage.reply SET approved_version = NULL",
        "UPDATE triage.reply SET text_version = 2",
        "UPDATE triage.reply SET approved_version = 7",
    ],
)
async def test_a_text_that_changes_stops_what_waits_whoever_changes_it(
    world: World, moderator: Caller, change: str
) -> None:
    path = await approved(world, moderator)
    await moderator.post(f"{path}/publish", PUBLISH)

    await execute(world, change)
    await world.publish()

    case = (await moderator.get(path)).body
    assert case["postings"][0]["state"] == "draft"
    assert case["allowed"] == ["take_back"]
    assert world.web.calls == 0


async def test_the_approval_keeps_what_it_was_warned_of(
    world: World, moderator: Caller
) -> None:
    first = await approved(world, moderator, 1)
    await moderator.post(f"{first}/publish", PUBLISH)
    await world.publish()

    second = await approved(world, moderator, 2)

    reply = (await moderator.get(second)).body["replies"][0]
    kept = await world.scalar(
        "SELECT copy_of::text FROM triage.approval ORDER BY id DESC LIMIT 1"
    )
    assert reply["copy_of"] == {"incident_id": first.rsplit("/", 1)[1], "number": 1}
    assert kept == first.rsplit("/", 1)[1]


async def test_what_the_page_said_long_ago_in_the_region_is_flagged_too(
    world: World, moderator: Caller, executor: Caller
) -> None:
    first = await approved(world, moderator, 1)
    await moderator.post(f"{first}/publish", PUBLISH)
    await world.publish()
    for number in range(2, 24):
        incident = await world.open(
            moderator, make_post(number, url=f"{PAGE}/{number}")
        )
        body = {"text": f"Ответ {number}"}
        await executor.post(f"/incidents/{incident['id']}/draft", body)

    last = await approved(world, moderator, 24)

    copied = (await moderator.get(last)).body["replies"][0]["copy_of"]
    assert copied["number"] == 1


def test_a_page_speaks_for_the_whole_desk_unless_told_otherwise() -> None:
    page = NewPage(network="vk", native_id="-1", name="Правительство")

    assert set(page.speakers) == {
        Role.ADMIN,
        Role.MODERATOR,
        Role.APPROVER,
        Role.EXECUTOR,
    }
