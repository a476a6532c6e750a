"""What is OK's own about answering; what all publishers do is in test_publishers.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from infra.sandbox.stage.plans import WriteMode
from services.triage.domain.answering import (
    Address,
    Failure,
    Published,
    Standing,
    Target,
)
from services.triage.publishers import PublishError, Publishers
from services.triage.publishers.ok import OkPublisher
from shared.networks.access import Access
from tests.services.ingest.sources.ok.world import GROUP, user
from tests.services.triage.ok_stand import PAGE, OkStand

TEXT = "Здравствуйте! Яму засыплют до пятницы."
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def stand() -> OkStand:
    return OkStand()


@pytest.fixture
def target(stand: OkStand) -> Target:
    """A resident's comment."""
    return stand.target(stand.ok.comment(stand.ok.publish("Пишите"), "На Лесной яма"))


async def _failure(stand: OkStand, target: Target, text: str = TEXT) -> PublishError:
    with pytest.raises(PublishError) as caught:
        await stand.publisher.send(text, target, "reply-1")
    return caught.value


async def test_a_comment_is_answered_as_the_administrator(
    stand: OkStand, target: Target
) -> None:
    published = await stand.publisher.send(TEXT, target, "reply-1")

    item = stand.ok.stage.items()[-1]
    assert published == Published(
        link=target.address.url or "",
        native_id=stand.ok.name(item),
        text=TEXT,
        raw={"comment_id": stand.ok.name(item)},
    )
    (sent,) = stand.ok.called("discussions.addDiscussionComment")
    assert (sent["as_admin"], sent["entityType"]) == ("true", "GROUP_TOPIC")
    assert sent["reply_to_comment_id"] == (target.address.key or "").rpartition(":")[2]


async def test_what_was_found_has_the_time_it_was_given(
    stand: OkStand, target: Target
) -> None:
    stand.lose()
    failure = await _failure(stand, target)

    found = await stand.publisher.find(target, TEXT, stand.ok.now)

    item = stand.ok.stage.items()[-1]
    assert (failure.failure, stand.answers()) == (Failure.LOST, [TEXT])
    assert found is not None
    assert (found.native_id, found.text) == (stand.ok.name(item), TEXT)
    assert abs((found.published_at or LONG_AGO) - item.created_at) < timedelta(
        seconds=1
    )


async def test_an_answer_to_another_comment_is_not_ours_to_this_one(
    stand: OkStand, target: Target
) -> None:
    topic = stand.ok.stage.posts("ok-test")[0]
    await stand.publisher.send(TEXT, stand.target(topic), "reply-1")

    assert await stand.publisher.find(target, TEXT, LONG_AGO) is None
    assert (await stand.publisher.look(target)).answers == ()


async def test_a_long_thread_is_read_back_until_the_answer(
    stand: OkStand, target: Target
) -> None:
    sent = await stand.publisher.send(TEXT, target, "reply-1")
    at = stand.ok.now
    topic = stand.ok.stage.posts("ok-test")[0]
    stand.ok.forward(minutes=5)
    for number in range(250):
        stand.ok.comment(topic, f"Ответ {number}")

    found = await stand.publisher.find(target, TEXT, at)

    assert found is not None
    assert found.native_id == sent.native_id
    assert len(stand.ok.called("discussions.getComments")) == 3


async def test_a_thread_without_end_is_for_a_person(
    stand: OkStand, target: Target
) -> None:
    topic = stand.ok.stage.posts("ok-test")[0]
    for number in range(3_100):
        stand.ok.comment(topic, f"Ответ {number}")

    with pytest.raises(PublishError) as caught:
        await stand.publisher.find(target, TEXT, LONG_AGO)

    assert caught.value.failure is Failure.HUMAN


async def test_a_comment_that_was_removed_is_gone(
    stand: OkStand, target: Target
) -> None:
    stand.ok.delete(stand.ok.stage.items()[-1])

    assert (await stand.publisher.look(target)).standing is Standing.DELETED


async def test_switched_off_it_answers_nothing(stand: OkStand, target: Target) -> None:
    async def access_of(_: object) -> Access | None:
        return None

    off = OkPublisher(access_of)

    assert off.serves(target.address)
    assert Publishers.of([off]).serving(target.address) is None


@pytest.mark.parametrize(
    ("kind", "url", "key"),
    [
        ("post", "https://ok.ru/profile/570000000012/statuses/155000000000042", None),
        ("post", f"https://ok.ru.invalid/group/{GROUP}/topic/155000000000042", None),
        ("post", f"https://ok.ru/group/{GROUP}", None),
        ("post", None, None),
        ("comment", f"https://ok.ru/group/{GROUP}/topic/155000000000042", None),
        (
            "comment",
            f"https://ok.ru/group/{GROUP}/topic/155000000000042",
            "ok:GROUP_TOPIC:155000000000043:bXM=",
        ),
    ],
)
async def test_only_what_is_surely_meant_is_answered(
    stand: OkStand, kind: str, url: str | None, key: str | None
) -> None:
    address = Address(network="ok", kind=kind, url=url, key=key)

    with pytest.raises(PublishError) as caught:
        await stand.publisher.send(TEXT, Target(address=address, page=PAGE), "k")

    assert not stand.publisher.serves(address)
    assert caught.value.failure is Failure.BUG


async def test_a_page_without_a_token_does_not_speak(
    stand: OkStand, target: Target
) -> None:
    other = replace(target, page=replace(PAGE, native_id="53000000000099"))

    assert (await _failure(stand, other)).failure is Failure.REAUTH


async def test_a_reader_does_not_speak_for_the_group(
    stand: OkStand, target: Target
) -> None:
    stand.tokens = (user("ok-reader"),)

    failure = await _failure(stand, target)

    assert (failure.failure, stand.answers()) == (Failure.HUMAN, [])


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (454, Failure.HUMAN),
        (601, Failure.HUMAN),
        (511, Failure.HUMAN),
        (50, Failure.HUMAN),
        (458, Failure.HUMAN),
        (102, Failure.REAUTH),
        (104, Failure.BUG),
        (2, Failure.LOST),
        (9999, Failure.LOST),
    ],
)
async def test_a_refusal_means_to_the_outbox(
    stand: OkStand, target: Target, code: int, meaning: Failure
) -> None:
    stand.ok.fail("discussions.addDiscussionComment", code)

    assert (await _failure(stand, target)).failure is meaning


async def test_null_instead_of_an_answer_is_in_doubt(
    stand: OkStand, target: Target
) -> None:
    stand.ok.fail("discussions.addDiscussionComment", 0)

    assert (await _failure(stand, target)).failure is Failure.LOST


async def test_a_flood_is_waited_for(stand: OkStand, target: Target) -> None:
    stand.plan(WriteMode.LIMITED)

    failure = await _failure(stand, target)

    assert failure.failure is Failure.WAIT
    assert (failure.until or LONG_AGO) >= stand.ok.now + timedelta(minutes=4)


async def test_a_stop_word_is_for_a_person(stand: OkStand, target: Target) -> None:
    failure = await _failure(stand, target, "Приходите в казино")

    assert (failure.failure, stand.answers()) == (Failure.HUMAN, [])


async def test_a_text_that_is_too_long_is_not_sent(
    stand: OkStand, target: Target
) -> None:
    failure = await _failure(stand, target, "я" * 3_001)

    assert (failure.failure, stand.ok.calls) == (Failure.HUMAN, [])


async def test_a_target_that_went_in_between_is_gone(
    stand: OkStand, target: Target
) -> None:
    stand.plan(WriteMode.DELETED_TARGET)

    failure = await _failure(stand, target)

    assert (failure.failure, stand.answers()) == (Failure.GONE, [])


async def test_a_target_edited_in_between_is_answered_once(
    stand: OkStand, target: Target
) -> None:
    stand.plan(WriteMode.EDITED_TARGET)

    await stand.publisher.send(TEXT, target, "reply-1")

    assert stand.answers() == [TEXT]


async def test_a_call_that_was_never_made_can_be_made_again(target: Target) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no way")

    stand = OkStand()
    access = replace(
        stand.ok.access(), http=httpx.AsyncClient(transport=httpx.MockTransport(refuse))
    )

    async def access_of(_: object) -> Access:
        return access

    stand.publisher = OkPublisher(access_of, answers=True)

    assert (await _failure(stand, target)).failure is Failure.RETRY
