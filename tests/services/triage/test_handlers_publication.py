"""Publishing to a page: once, whatever breaks on the way."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.triage import jobs
from services.triage.publishers import PublishError
from shared.db import EVERY_REGION
from tests.services.triage.world import (
    PAGE,
    Caller,
    FakePublisher,
    World,
    make_post,
    walk,
)

SANDBOX = {"via": "sandbox"}
BUSY = PublishError("The page answered 503.", permanent=False)
REFUSED = PublishError("The page answered 403.", permanent=True)


@pytest.fixture
async def path(world: World, moderator: Caller) -> str:
    """An incident with an approved reply."""
    incident = await world.open(moderator)
    await walk(world, incident["id"], until="approve")
    return f"/incidents/{incident['id']}"


async def reply_of(moderator: Caller, path: str) -> dict[str, object]:
    case = (await moderator.get(path)).body
    (reply,) = case["replies"]
    return {
        "incident": case["status"],
        "reply": reply["status"],
        "link": reply["published_link"],
        "error": reply["publish_error"],
    }


async def test_the_approved_text_is_published_under_the_post(
    world: World, moderator: Caller, path: str
) -> None:
    world.clock.move(minutes=45)
    asked = await moderator.post(f"{path}/publish", SANDBOX)
    world.clock.move(seconds=20)

    done = await world.publish()

    case = (await moderator.get(path)).body
    (answer,) = world.publisher.answers.values()
    assert (asked.body["status"], asked.body["allowed"]) == ("publishing", [])
    assert done == [True]
    assert answer == (
        "Здравствуйте! Воду дадут 12 марта.",
        f"{PAGE}/pages/vetlogorsk/posts/1",
    )
    assert (case["status"], case["answer_minutes"]) == ("published", 45)
    assert case["answered_at"] == "2026-03-11T09:45:20Z"
    (reply,) = case["replies"]
    assert reply["published_by"] == "Мария Тестова"
    assert [entry["action"] for entry in case["history"][-2:]] == [
        "publish",
        "published",
    ]


async def test_the_job_run_twice_publishes_once(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", SANDBOX)
    ((region, reply),) = world.queue.take("triage", "publish_reply")

    for _ in range(2):
        await jobs.publish_reply(world.work, world.publisher, region, reply)

    assert len(world.publisher.answers) == 1
    assert (await moderator.get(path)).body["version"] == 6


async def test_two_workers_at_once_publish_once(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", SANDBOX)
    ((region, reply),) = world.queue.take("triage", "publish_reply")

    await asyncio.gather(
        *(
            jobs.publish_reply(world.work, world.publisher, region, reply)
            for _ in range(3)
        )
    )

    assert len(world.publisher.answers) == 1
    history = (await moderator.get(path)).body["history"]
    assert [entry["action"] for entry in history].count("published") == 1


class DiesAfterPublishing(FakePublisher):
    """The worker is killed when the page has the answer and we have not the link."""

    async def publish(self, text: str, target: str, guid: str) -> str:
        """Publish, then die."""
        await super().publish(text, target, guid)
        raise asyncio.CancelledError


async def test_a_worker_killed_before_the_commit_is_followed_by_another(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", SANDBOX)
    ((region, reply),) = world.queue.take("triage", "publish_reply")
    dying = DiesAfterPublishing(answers=world.publisher.answers)
    with pytest.raises(asyncio.CancelledError):
        await jobs.publish_reply(world.work, dying, region, reply)

    await jobs.sweep(world.work)
    too_early = await world.publish()
    world.clock.move(seconds=40)
    await jobs.sweep(world.work)
    await jobs.sweep(world.work)
    followed = await world.publish()

    assert (too_early, followed) == ([], [True])
    assert len(world.publisher.answers) == 1
    assert (await reply_of(moderator, path))["incident"] == "published"


async def test_a_lost_response_is_asked_for_again_with_the_same_mark(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", SANDBOX)
    ((region, reply),) = world.queue.take("triage", "publish_reply")
    world.publisher.answers[reply] = ("already there", "under the post")
    world.publisher.failures = [BUSY]

    first = await jobs.publish_reply(world.work, world.publisher, region, reply)
    second = await jobs.publish_reply(world.work, world.publisher, region, reply)

    assert (first, second) == (False, True)
    assert len(world.publisher.answers) == 1


@pytest.mark.parametrize(
    ("failures", "calls"), [([BUSY, BUSY, BUSY], 3), ([REFUSED], 1)]
)
async def test_after_failures_a_person_sees_why_and_tries_again(
    world: World,
    moderator: Caller,
    path: str,
    failures: list[PublishError],
    calls: int,
) -> None:
    world.publisher.failures = list(failures)
    await moderator.post(f"{path}/publish", SANDBOX)
    ((region, reply),) = world.queue.take("triage", "publish_reply")

    again = [
        not await jobs.publish_reply(world.work, world.publisher, region, reply)
        for _ in range(calls)
    ]
    failed = await reply_of(moderator, path)
    retried = await moderator.post(f"{path}/publish", SANDBOX)
    await world.publish()

    assert again == [True] * (calls - 1) + [False]
    assert failed == {
        "incident": "approved",
        "reply": "approved",
        "link": None,
        "error": failures[-1].message,
    }
    assert retried.status == 200
    after = await reply_of(moderator, path)
    assert (after["incident"], after["error"]) == ("published", None)


async def test_a_post_elsewhere_is_answered_by_hand(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator, make_post(1, url="https://vk.example/1"))
    case = await walk(world, incident["id"], until="approve")
    path = f"/incidents/{incident['id']}"

    refused = await moderator.post(f"{path}/publish", SANDBOX)

    assert refused.status == 409
    assert "by hand" in refused.body["detail"]
    assert refused.body["allowed"] == ["mark_published"]
    assert (await moderator.get(path)).body["version"] == case["version"]
    assert "publish" not in (await moderator.get(path)).body["allowed"]


async def test_a_deleted_post_is_not_answered(
    world: World, moderator: Caller, path: str
) -> None:
    await world.take(make_post(1, revision=2, deleted=True))

    refused = await moderator.post(f"{path}/publish", SANDBOX)

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

    await moderator.post(f"{path}/publish", SANDBOX)
    await world.publish()

    ((_, target),) = world.publisher.answers.values()
    assert target == f"{PAGE}/pages/vetlogorsk/posts/2"


async def test_while_publishing_nothing_else_can_be_done(
    world: World, moderator: Caller, executor: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", SANDBOX)

    answers = [
        await executor.post(f"{path}/draft", {"text": "другое"}),
        await moderator.post(f"{path}/publish", SANDBOX),
        await moderator.post(f"{path}/publish", {"via": "hand", "link": PAGE}),
    ]

    assert [answer.status for answer in answers] == [409] * 3


async def test_an_answer_in_the_minute_of_the_deadline_is_in_time(
    world: World, moderator: Caller, path: str
) -> None:
    world.clock.move(hours=23)
    await moderator.post(f"{path}/publish", SANDBOX)
    await world.publish()

    case = (await moderator.get(path)).body
    assert case["deadline_at"] == case["answered_at"] == "2026-03-12T08:00:00Z"
    assert (case["answer_minutes"], case["answered_in_time"]) == (480, True)


async def test_a_late_answer_is_called_late(
    world: World, moderator: Caller, path: str
) -> None:
    world.clock.move(hours=23, seconds=61)
    await moderator.post(f"{path}/publish", SANDBOX)
    await world.publish()

    case = (await moderator.get(path)).body
    assert (case["answer_minutes"], case["answered_in_time"]) == (481, False)


async def test_a_reply_without_its_approved_text_is_never_published(
    world: World, moderator: Caller, path: str
) -> None:
    await moderator.post(f"{path}/publish", SANDBOX)
    async with world.owner.session(EVERY_REGION) as session:
        await session.execute(text("UPDATE triage.reply SET approved_version = 7"))

    done = await world.publish()

    after = await reply_of(moderator, path)
    assert (done, world.publisher.calls) == ([True], 0)
    assert (after["incident"], "is gone" in str(after["error"])) == ("approved", True)
