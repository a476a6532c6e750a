"""Reference lists, the state of the service and its dead letters over HTTP."""

import pytest

from shared import mailbox
from shared.contracts import PostsLabelled, PostsMatched
from shared.identity.principal import Role
from shared.ids import new_id
from tests.services.triage.world import Caller, World, make_desk, make_post


async def test_the_reference_lists(world: World, moderator: Caller) -> None:
    topics, authorities, places = [
        (await moderator.get(path)).body["items"]
        for path in ("/topics", "/authorities", "/municipalities")
    ]

    assert topics[0] == {
        "code": "housing.hot_water",
        "name": "Горячая вода",
        "name_en": "Hot water",
        "group_code": "housing",
        "group_name": "ЖКХ",
        "group_name_en": "Housing and utilities",
        "is_urgent": False,
    }
    assert authorities[-1] == {
        "code": "adm-vetlogorsk",
        "name": "Администрация Ветлогорска",
    }
    assert places == [
        {"code": "vetlogorsk", "name": "Ветлогорск"},
        {"code": "luginsky", "name": "Лугининский район"},
    ]


async def test_the_status_counts_what_waits(world: World, moderator: Caller) -> None:
    await world.take(make_post(2))
    await world.open(moderator, make_post(1))

    answer = await moderator.get("/status")

    assert answer.body == {
        "candidates": {"new": 1, "urgent": 0, "overdue": 0},
        "incidents": {"assigned": 1, "overdue": 0},
        "outbox": 5,
        "dead_letters": 0,
    }


@pytest.fixture
async def admin(world: World) -> Caller:
    """A regional administrator."""
    return await world.person(Role.ADMIN, login="админ")


async def test_a_dead_letter_can_be_read_and_sent_again(
    world: World, admin: Caller
) -> None:
    broken = PostsMatched(region_id=world.region_id, posts=(make_post(1),))
    async with world.work.unit(world.region_id) as uow:
        message = mailbox.Message(new_id(), "ingest", broken)
        await mailbox.bury(
            uow.session, "triage", message, error="boom", tries=3, now=uow.now
        )
        await mailbox.accept(uow.session, "triage", message, now=uow.now)

    (letter,) = (await admin.get("/dead-letters")).body["items"]
    replayed = await admin.post(f"/dead-letters/{letter['id']}/replay")
    await world.courier.sweep()
    for (packed,) in world.queue.take("triage", "deliver"):
        await world.courier.deliver(packed, tries=1)

    assert (letter["kind"], letter["error"], letter["tries"]) == (
        "posts_matched",
        "boom",
        3,
    )
    assert replayed.body == {"id": letter["id"]}
    assert (await admin.get("/candidates")).body["counts"]["new"] == 1
    assert (await admin.get("/status")).body["dead_letters"] == 0
    (again,) = (await admin.get("/dead-letters")).body["items"]
    assert again["replayed_at"] == "2026-03-11T09:00:00Z"


async def test_a_letter_for_another_service_goes_to_it_again(
    world: World, admin: Caller
) -> None:
    message = mailbox.Message(
        new_id(), "triage", PostsLabelled(region_id=world.region_id, labels=())
    )
    async with world.work.unit(world.region_id) as uow:
        await mailbox.bury(
            uow.session, "triage", message, error="silence", tries=20, now=uow.now
        )

    await admin.post(f"/dead-letters/{message.id}/replay")
    await admin.post(f"/dead-letters/{message.id}/replay")
    await world.courier.sweep()

    assert world.sent("ingest") == [message.contract]


async def test_letters_of_another_region_do_not_exist(
    world: World, admin: Caller
) -> None:
    south = await make_desk(world.owner, "south")
    message = mailbox.Message(
        new_id(), "ingest", PostsMatched(region_id=south.id or 0, posts=())
    )
    async with world.work.unit(south.id or 0) as uow:
        await mailbox.bury(
            uow.session, "triage", message, error="boom", tries=3, now=uow.now
        )

    listed = await admin.get("/dead-letters")
    replayed = await admin.post(f"/dead-letters/{message.id}/replay")

    assert (listed.body["items"], replayed.status) == ([], 404)


async def test_letters_are_for_administrators(world: World, moderator: Caller) -> None:
    assert (await moderator.get("/dead-letters")).status == 403
