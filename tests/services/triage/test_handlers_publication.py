"""Publishing to a page: once, whatever breaks on the way."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.triage import jobs
from services.triage.handlers import outbox
from shared.db import EVERY_REGION
from tests.services.triage.network import PAGE, Plan
from tests.services.triage.world import Caller, World, make_post, walk

PUBLISH = {"via": "page"}
URL = f"{PAGE}/pages/vetlogorsk/posts/1"
TEXT = "Здравствуйте! Воду дадут 12 марта."


@pytest.fixture
async def path(world: World, moderator: Caller) -> str:
    """An incident with an approved reply."""
    incident = await world.open(moderator)
    await walk(world, incident["id"], until="approve")
    return f"/incidents/{incident['id']}"


async def standing(moderator: Caller, path: str) -> dict[str, Any]:
    case = (await moderator.get(path)).body
    reply, posting = case["replies"][-1], case["postings"][-1]
    return {
        "incident": case["status"],
        "reply": reply["status"],
        "posting": posting["state"],
        "obstacle": posting["obstacle"],
        "link": reply["published_link"],
        "error": reply["publish_error"],
    }


async def test_the_approved_text_is_published_under_the_post(
    world: World, moderator: Caller, path: str
) -> None:
    world.clock.move(minutes=45)
    asked = await moderator.post(f"{path}/publish", PUBLISH)
    world.clock.move(seconds=20)

    await world.publish()

    case = (await moderator.get(path)).body
    (comment,) = world.web.comments
    assert (asked.body["status"], asked.body["allowed"]) == (
        "publishing",
        ["take_back"],
    )
    assert (comment.url, comment.text) == (URL, TEXT)
    assert (case["status"], case["answer_minutes"]) == ("published", 45)
    assert case["answered_at"] == "2026-03-11T09:45:20Z"
    (reply,) = case["replies"]
    assert reply["published_by"] == "Мария Тестова"
    assert reply["published_link"] == f"{URL}#1"
    assert [entry["action"] for entry in case["history"][-2:]] == [
        "publish",
        "published",
    ]


async def test_the_posting_is_told_with_its_page_and_its_approver(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    (posting,) = (await moderator.get(path)).body["postings"]
    told = {key: posting[key] for key in ("state", "page_name", "answer", "tries")}
    assert told == {
        "state": "sent",
        "page_name": "Правительство Ветлогорской области",
        "answer": 1,
        "tries": 1,
    }
    assert posting["approved_by"].endswith("Тестова")
    assert posting["asked_by"] == "Мария Тестова"


async def test_a_snapshot_of_what_is_public_is_kept(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    kept = await world.scalar("SELECT snapshot FROM triage.posting")
    assert kept == {
        "text": TEXT,
        "published_at": "2026-03-11T09:00:00+00:00",
        "raw": {"id": "1"},
    }


async def test_every_move_of_a_posting_is_in_the_audit_log(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    async with world.owner.session(EVERY_REGION) as session:
        found = await session.scalars(
            text(
                "SELECT body::jsonb ->> 'action' FROM audit.event "
                "WHERE body::jsonb ->> 'thing' = 'posting' ORDER BY seq"
            )
        )
    assert [*found] == ["posting.queue", "posting.begin", "posting.succeed"]


async def test_the_job_run_twice_publishes_once(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", PUBLISH)
    ((region, posting),) = world.queue.take("triage", "publish_reply")

    for _ in range(2):
        await jobs.publish_reply(world.work, world.publishers, region, posting)

    assert len(world.web.comments) == world.web.calls == 1
    assert (await moderator.get(path)).body["version"] == 6


async def test_of_workers_at_once_one_calls(
    world: World, moderator: Caller, path: str
) -> None:
    world.publisher.remembers = None
    await moderator.post(f"{path}/publish", PUBLISH)
    ((region, posting),) = world.queue.take("triage", "publish_reply")

    await asyncio.gather(
        *(
            jobs.publish_reply(world.work, world.publishers, region, posting)
            for _ in range(3)
        )
    )

    assert len(world.web.comments) == world.web.calls == 1
    history = (await moderator.get(path)).body["history"]
    assert [entry["action"] for entry in history].count("published") == 1


@pytest.mark.parametrize("plan", [Plan.DIES_BEFORE, Plan.DIES_AFTER])
async def test_a_worker_killed_during_the_call_is_followed_with_the_same_key(
    world: World, moderator: Caller, path: str, plan: Plan
) -> None:
    world.web.plans = [plan]
    await moderator.post(f"{path}/publish", PUBLISH)
    with pytest.raises(asyncio.CancelledError):
        await world.publish()

    too_early = await world.sweep()
    world.clock.move(seconds=61)
    followed = await world.sweep()

    assert (too_early, followed) == (0, 1)
    assert len(world.web.comments) == 1
    assert (await standing(moderator, path))["posting"] == "sent"


async def test_a_worker_killed_before_the_call_leaves_nothing_unknown(
    world: World, moderator: Caller, path: str
) -> None:
    world.publisher.remembers = None
    await moderator.post(f"{path}/publish", PUBLISH)
    ((region, posting),) = world.queue.take("triage", "publish_reply")
    async with world.work.unit(region) as uow:
        await outbox.take_up(uow, UUID(posting), world.publishers)

    world.clock.move(seconds=61)
    await world.sweep()

    assert len(world.web.comments) == world.web.calls == 1
    assert (await standing(moderator, path))["incident"] == "published"


async def test_a_lost_response_is_asked_for_again_with_the_same_key(
    world: World, moderator: Caller, path: str
) -> None:
    world.web.plans = [Plan.LOST_BEFORE, Plan.LOST]
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    between = await standing(moderator, path)
    for _ in range(2):
        world.clock.move(seconds=31)
        await world.sweep()

    assert (between["incident"], between["posting"]) == ("publishing", "sending")
    assert len(world.web.comments) == 1
    assert (await standing(moderator, path))["posting"] == "sent"


@pytest.mark.parametrize(
    ("plans", "obstacle", "error"),
    [
        ([Plan.BUSY] * 3, "busy", "The page is busy."),
        ([Plan.REJECTED], "refused", "The page is rejected."),
        ([Plan.SIGNED_OUT], "sign_in_again", "The page is signed_out."),
        ([Plan.MISTAKEN], "our_mistake", "The page is mistaken."),
        ([Plan.GONE], "deleted", "The page is gone."),
    ],
)
async def test_after_a_refusal_a_person_sees_why(
    world: World,
    moderator: Caller,
    path: str,
    plans: list[Plan],
    obstacle: str,
    error: str,
) -> None:
    world.web.plans = [*plans]
    await moderator.post(f"{path}/publish", PUBLISH)
    for _ in plans:
        await world.sweep()
        world.clock.move(seconds=61)

    assert await standing(moderator, path) == {
        "incident": "approved",
        "reply": "approved",
        "posting": "failed",
        "obstacle": obstacle,
        "link": None,
        "error": error,
    }
    assert world.web.comments == []


async def test_what_was_refused_can_be_published_again(
    world: World, moderator: Caller, path: str
) -> None:
    world.web.plans = [Plan.REJECTED]
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    again = await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    after = await standing(moderator, path)
    assert again.status == 200
    assert (after["incident"], after["error"]) == ("published", None)
    assert len(world.web.comments) == 1


async def test_whoever_is_told_to_wait_waits_and_has_not_failed(
    world: World, moderator: Caller, path: str
) -> None:
    world.web.plans = [Plan.LIMITED] * 5
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()
    world.clock.move(minutes=9)
    too_early = await world.sweep()

    for _ in range(5):
        world.clock.move(minutes=10)
        await world.sweep()

    assert (too_early, world.web.calls) == (0, 6)
    assert (await standing(moderator, path))["posting"] == "sent"


async def test_after_a_day_of_waiting_a_person_looks_at_it(
    world: World, moderator: Caller, path: str
) -> None:
    world.web.plans = [Plan.LIMITED] * 200
    await moderator.post(f"{path}/publish", PUBLISH)
    for _ in range(150):
        await world.sweep()
        world.clock.move(minutes=10)

    after = await standing(moderator, path)
    assert (after["posting"], after["obstacle"]) == ("failed", "waited_too_long")


async def test_a_post_elsewhere_is_answered_by_hand(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator, make_post(1, url="https://vk.example/1"))
    case = await walk(world, incident["id"], until="approve")
    path = f"/incidents/{incident['id']}"

    refused = await moderator.post(f"{path}/publish", PUBLISH)

    assert refused.status == 409
    assert "by hand" in refused.body["detail"]
    assert refused.body["allowed"] == ["mark_published"]
    after = (await moderator.get(path)).body
    assert after["version"] == case["version"]
    assert "publish" not in after["allowed"]
    assert after["can_be_answered"] is False


async def test_a_deleted_post_is_not_answered(
    world: World, moderator: Caller, path: str
) -> None:
    await world.take(make_post(1, revision=2, deleted=True))

    refused = await moderator.post(f"{path}/publish", PUBLISH)

    assert refused.status == 409


async def test_the_first_post_that_can_be_answered_is_answered(
    world: World, moderator: Caller, path: str
) -> None:
    earlier = make_post(2).published_at - timedelta(days=1)
    elsewhere = make_post(3, published_at=earlier, url="https://vk.example/3")
    await world.take(make_post(2, published_at=earlier), elsewhere)
    for item in (await moderator.get("/candidates")).body["items"]:
        await moderator.post(
            f"/candidates/{item['id']}/decision",
            {"decision": "join", "incident_id": path.rsplit("/", 1)[1]},
        )

    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    (comment,) = world.web.comments
    assert comment.url == f"{PAGE}/pages/vetlogorsk/posts/2"


async def test_while_publishing_nothing_else_can_be_done(
    world: World, moderator: Caller, executor: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", PUBLISH)

    answers = [
        await executor.post(f"{path}/draft", {"text": "другое"}),
        await moderator.post(f"{path}/publish", PUBLISH),
        await moderator.post(f"{path}/publish", {"via": "hand", "link": PAGE}),
    ]

    assert [answer.status for answer in answers] == [409] * 3


async def test_an_answer_in_the_minute_of_the_deadline_is_in_time(
    world: World, moderator: Caller, path: str
) -> None:
    world.clock.move(hours=23)
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    case = (await moderator.get(path)).body
    assert case["deadline_at"] == case["answered_at"] == "2026-03-12T08:00:00Z"
    assert (case["answer_minutes"], case["answered_in_time"]) == (480, True)


async def test_a_late_answer_is_called_late(
    world: World, moderator: Caller, path: str
) -> None:
    world.clock.move(hours=23, seconds=61)
    await moderator.post(f"{path}/publish", PUBLISH)
    await world.publish()

    case = (await moderator.get(path)).body
    assert (case["answer_minutes"], case["answered_in_time"]) == (481, False)
