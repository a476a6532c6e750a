"""Official pages: which one speaks, and that one answer stands under a post."""

import asyncio

import pytest

from services.triage.handlers.pages import NewPage
from shared.db import EVERY_REGION
from shared.identity.principal import Role
from tests.services.triage.page_road import PUBLISH, approved, execute
from tests.services.triage.world import Caller, World, make_page, make_post, walk

SHARED_KEY = "vk:wall:-1_7"


@pytest.fixture
async def admin(world: World) -> Caller:
    """A person who administers the region."""
    return await world.person(Role.ADMIN, login="вера")


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


def test_a_page_speaks_for_the_whole_desk_unless_told_otherwise() -> None:
    page = NewPage(network="vk", native_id="-1", name="Правительство")

    assert set(page.speakers) == {
        Role.ADMIN,
        Role.MODERATOR,
        Role.APPROVER,
        Role.EXECUTOR,
    }
