"""Official pages: registered, changed, retired and paused by an administrator."""

from typing import Any
from uuid import UUID

import pytest

from services.triage.domain.answering import TargetState
from services.triage.handlers import outbox
from shared.identity.principal import Role
from tests.services.triage.page_road import PUBLISH, approved
from tests.services.triage.world import Caller, World, make_desk

NEW = {"network": "vk", "native_id": "-7", "name": "Горводоканал"}


@pytest.fixture
async def admin(world: World) -> Caller:
    """A person who administers the region."""
    return await world.person(Role.ADMIN, login="вера")


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
