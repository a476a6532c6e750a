"""When nobody knows whether an answer is public: the thread is read, people decide."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.triage.domain.answering import EVER
from shared.db import EVERY_REGION
from tests.services.triage.network import OUR_PAGE, PAGE, Plan
from tests.services.triage.world import Caller, World, make_post, walk

PUBLISH = {"via": "page"}
URL = f"{PAGE}/pages/vetlogorsk/posts/1"
TEXT = "Здравствуйте! Воду дадут 12 марта."


@pytest.fixture
async def path(world: World, moderator: Caller) -> str:
    """An incident with an approved reply, on a network that knows no keys."""
    world.publisher.remembers = None
    incident = await world.open(moderator)
    await walk(world, incident["id"], until="approve")
    return f"/incidents/{incident['id']}"


async def publish(world: World, moderator: Caller, path: str, *plans: Plan) -> None:
    """Ask for publication, and let the worker meet these plans."""
    world.web.plans = [*plans]
    answer = await moderator.post(f"{path}/publish", PUBLISH)
    assert answer.status == 200, answer.body
    try:
        await world.publish()
    except asyncio.CancelledError:
        # The worker was killed; another one follows when its lease is over.
        world.clock.move(seconds=61)
        await world.sweep()


async def last(moderator: Caller, path: str) -> dict[str, Any]:
    case = (await moderator.get(path)).body
    posting = case["postings"][-1]
    return {
        "incident": case["status"],
        "posting": posting["state"],
        "obstacle": posting["obstacle"],
        "due": posting["due_at"],
        "allowed": case["allowed"],
    }


@pytest.mark.parametrize(
    "plan",
    [Plan.LOST, Plan.LOST_BEFORE, Plan.BROKEN, Plan.DIES_BEFORE, Plan.DIES_AFTER],
)
async def test_what_may_be_public_is_never_sent_again_by_itself(
    world: World, moderator: Caller, path: str, plan: Plan
) -> None:
    await publish(world, moderator, path, plan)

    found = await last(moderator, path)
    assert (found["incident"], found["posting"]) == ("publishing", "unknown")
    assert found["obstacle"] == "response_lost"
    assert found["allowed"] == ["found", "send_again", "take_back"]
    assert world.web.calls == 1


@pytest.mark.parametrize("plan", [Plan.LOST, Plan.DIES_AFTER])
async def test_reading_the_thread_finds_what_is_public(
    world: World, moderator: Caller, path: str, plan: Plan
) -> None:
    await publish(world, moderator, path, plan)
    world.clock.move(seconds=61)

    await world.sweep()

    found = await last(moderator, path)
    assert (found["incident"], found["posting"]) == ("published", "sent")
    assert len(world.web.comments) == world.web.calls == 1


async def test_the_thread_is_read_after_1_5_and_15_minutes(
    world: World, moderator: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST_BEFORE)
    looks_before = world.web.looks
    seen = []
    for _ in range(20):
        world.clock.move(minutes=1)
        await world.sweep()
        seen.append(world.web.looks - looks_before)

    assert seen == [1] * 4 + [2] * 10 + [3] * 6
    found = await last(moderator, path)
    assert (found["posting"], found["due"]) == ("unknown", None)


async def test_a_thread_that_cannot_be_read_is_tried_for_an_hour(
    world: World, moderator: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST)
    world.web.is_unreadable = True
    for _ in range(70):
        world.clock.move(minutes=1)
        await world.sweep()

    found = await last(moderator, path)
    assert (found["posting"], found["due"]) == ("unknown", None)


async def test_a_network_that_shows_no_answers_leaves_it_to_a_person(
    world: World, moderator: Caller, path: str
) -> None:
    world.publisher.finds = False

    await publish(world, moderator, path, Plan.LOST)

    assert (await last(moderator, path))["due"] is None


async def test_a_person_who_finds_it_gives_the_link(
    world: World, moderator: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST)

    answer = await moderator.post(f"{path}/found", {"link": f"{URL}#1"})

    case = answer.body
    assert (case["status"], case["replies"][0]["published_link"]) == (
        "published",
        f"{URL}#1",
    )
    assert case["postings"][0]["settled_by"] == "Мария Тестова"
    assert await world.sweep() == 0


async def test_a_person_who_has_looked_sends_it_again(
    world: World, moderator: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST_BEFORE)

    careless = await moderator.post(f"{path}/send-again", {})
    answer = await moderator.post(f"{path}/send-again", {"looked": True})
    await world.publish()

    assert (careless.status, careless.body["errors"][0]["field"]) == (422, "looked")
    assert answer.status == 200
    assert (await last(moderator, path))["posting"] == "sent"
    assert len(world.web.comments) == 1
    async with world.owner.session(EVERY_REGION) as session:
        told = await session.scalar(
            text(
                "SELECT body::jsonb -> 'detail' ->> 'looked' FROM audit.event "
                "WHERE body::jsonb ->> 'action' = 'posting.send_again'"
            )
        )
    assert told == "true"


async def test_a_person_who_has_not_looked_well_does_not_make_a_second_answer(
    world: World, moderator: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST)

    await moderator.post(f"{path}/send-again", {"looked": True})
    await world.publish()

    assert (await last(moderator, path))["posting"] == "sent"
    assert len(world.web.comments) == world.web.calls == 1


async def test_a_person_who_has_looked_takes_it_back(
    world: World, moderator: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST_BEFORE)

    answer = await moderator.post(f"{path}/take-back", {"looked": True})

    assert (answer.body["status"], answer.body["postings"][0]["state"]) == (
        "approved",
        "cancelled",
    )
    assert await world.sweep() == 0


async def test_a_program_settles_nothing(
    world: World, moderator: Caller, executor: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST)

    answer = await executor.post(f"{path}/found", {"link": URL})

    assert answer.status == 403


async def test_what_waits_is_taken_back_and_written_anew(
    world: World, moderator: Caller, executor: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LIMITED)

    back = await moderator.post(f"{path}/take-back")
    await executor.post(f"{path}/draft", {"text": "Воду дадут 14 марта."})
    unapproved = await moderator.post(f"{path}/publish", PUBLISH)
    world.clock.move(hours=1)
    await world.sweep()

    assert back.body["status"] == "approved"
    assert unapproved.status == 409
    assert world.web.comments == []


async def test_a_key_is_not_relied_on_for_longer_than_the_network_remembers(
    world: World, moderator: Caller, path: str
) -> None:
    world.publisher.remembers = timedelta(seconds=30)

    await publish(world, moderator, path, Plan.DIES_AFTER)

    assert (await last(moderator, path))["posting"] == "unknown"
    assert world.web.calls == 1


async def test_after_a_lost_response_a_refusal_does_not_make_it_unpublished(
    world: World, moderator: Caller, path: str
) -> None:
    world.publisher.remembers = EVER
    await publish(world, moderator, path, Plan.LOST, Plan.REJECTED)
    (comment,) = world.web.comments
    world.web.comments = [replace(comment, text="Изменено сетью.")]
    world.clock.move(seconds=6)

    await world.sweep()

    assert (await last(moderator, path))["posting"] == "unknown"
    assert len(world.web.comments) == 1


async def look_before(world: World, moderator: Caller, path: str) -> dict[str, Any]:
    await publish(world, moderator, path)
    return await last(moderator, path)


async def test_a_post_that_is_gone_is_not_answered_and_the_reason_is_told(
    world: World, moderator: Caller, path: str
) -> None:
    world.web.deleted.add(URL)

    found = await look_before(world, moderator, path)

    case = (await moderator.get(path)).body
    assert (found["incident"], found["obstacle"]) == ("approved", "deleted")
    assert case["replies"][0]["publish_error"] == "The post is not there any more."
    assert case["posts"][0]["deleted_at"] is not None
    assert world.web.calls == 0


@pytest.mark.parametrize("who_says", ["network", "archive"])
async def test_a_post_edited_after_the_approval_goes_back_to_the_approver(
    world: World, moderator: Caller, approver: Caller, path: str, who_says: str
) -> None:
    world.clock.move(minutes=5)
    if who_says == "network":
        world.web.edited[URL] = world.clock.now
    else:
        await world.take(make_post(1, revision=2, text="Воду дали, спасибо!"))

    found = await look_before(world, moderator, path)
    world.clock.move(minutes=5)
    confirmed = await approver.post(f"{path}/approve")
    await publish(world, moderator, path)

    assert (found["incident"], found["obstacle"]) == ("awaiting_approval", "edited")
    assert confirmed.status == 200
    assert (await last(moderator, path))["posting"] == "sent"
    assert len(world.web.comments) == 1


async def test_a_post_that_takes_no_answers_is_left_to_a_person(
    world: World, moderator: Caller, path: str
) -> None:
    world.web.closed.add(URL)

    found = await look_before(world, moderator, path)

    assert (found["incident"], found["obstacle"]) == ("approved", "comments_closed")


async def test_where_our_page_has_answered_already_a_person_decides(
    world: World, moderator: Caller, path: str
) -> None:
    world.web.write(URL, "Дали ответ раньше.", "", OUR_PAGE)
    world.web.write(URL, "Чужой комментарий.", "", "-7")

    found = await look_before(world, moderator, path)
    again = await moderator.post(f"{path}/publish", {**PUBLISH, "further": True})
    await world.publish()

    assert (found["incident"], found["obstacle"]) == ("approved", "answered_already")
    assert again.status == 200
    assert (await last(moderator, path))["posting"] == "sent"


async def test_comments_of_others_with_our_words_are_not_our_answer(
    world: World, moderator: Caller, path: str
) -> None:
    await publish(world, moderator, path, Plan.LOST_BEFORE)
    world.web.write(URL, TEXT, "", "-7")
    world.clock.move(minutes=1)

    await world.sweep()

    assert (await last(moderator, path))["posting"] == "unknown"
