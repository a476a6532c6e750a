"""What is MAX's own about answering; the rest is in test_publishers.py."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from infra.sandbox.networks.max import TOKEN
from infra.sandbox.stage.plans import FaultMode, WriteMode
from services.triage.domain.answering import (
    Address,
    Capabilities,
    Failure,
    Published,
    Standing,
    Target,
    TargetState,
)
from services.triage.publishers import PublishError
from tests.services.ingest.sources.max.sandbox import CHAT
from tests.services.triage.max_stand import MaxStand

TEXT = "Здравствуйте! Яму засыплют до пятницы."


@pytest.fixture
def stand() -> MaxStand:
    """A channel, where the text was approved."""
    made = MaxStand()
    made.max.networks.ledger.approve(TEXT)
    return made


@pytest.fixture
def chat() -> MaxStand:
    """A group chat, where our bot speaks."""
    made = MaxStand(CHAT)
    made.max.networks.ledger.approve(TEXT)
    return made


@pytest.fixture
def target(stand: MaxStand) -> Target:
    """A resident's comment under the channel's post."""
    return stand.target(stand.max.comment(stand.max.post("Пишите"), "На Лесной яма"))


async def _failure(stand: MaxStand, target: Target, text: str = TEXT) -> PublishError:
    with pytest.raises(PublishError) as caught:
        await stand.publisher.send(text, target, "reply-1")
    return caught.value


async def test_comment_is_answered_under_its_post(
    stand: MaxStand, target: Target
) -> None:
    published = await stand.publisher.send(TEXT, target, "reply-1")

    item = stand.max.stage.items(stand.max.code)[-1]
    key = stand.max.key(item)
    assert published == Published(
        link=target.address.url or "",
        native_id=key,
        text=TEXT,
        published_at=item.created_at,
        raw={"message_id": key},
    )
    above = stand.max.stage.item(item.page, item.parent or 0)
    assert target.address.key == f"max:{stand.max.key(above)}"
    assert stand.max.report()["unapproved_writes"] == 0


async def test_message_in_a_chat_is_answered_by_the_bot(chat: MaxStand) -> None:
    above = chat.max.comment(chat.max.post("Яма"), "И у нас")

    published = await chat.publisher.send(TEXT, chat.target(above), "reply-1")
    state = await chat.publisher.look(chat.target(above))

    assert published.link.startswith("https://max.ru/c/-70000900000002/")
    assert published.link != chat.target(above).address.url
    assert chat.answers() == [TEXT]
    assert state.answers == (published,)


async def test_answers_of_others_and_to_others_are_not_ours(
    stand: MaxStand, target: Target
) -> None:
    post = stand.max.post("Ещё пишите")
    stand.max.comment(stand.max.comment(post, "Яма"), TEXT)
    comment = stand.max.item((target.address.key or "").removeprefix("max:"))
    stand.max.comment(comment, TEXT)
    await stand.publisher.send(TEXT, stand.target(post), "reply-1")
    since = stand.max.now

    state = await stand.publisher.look(target)
    found = await stand.publisher.find(target, TEXT, since)

    assert (state.answers, found) == ((), None)


async def test_answer_whose_sender_is_not_told_is_found_but_not_taken_for_one(
    stand: MaxStand, target: Target
) -> None:
    comment = stand.max.item((target.address.key or "").removeprefix("max:"))
    stand.max.comment(comment, TEXT, senderless=True)

    state = await stand.publisher.look(target)
    found = await stand.publisher.find(target, TEXT, stand.max.now)

    assert state == TargetState()
    assert found is not None
    assert found.text == TEXT


async def test_older_answer_is_not_found(stand: MaxStand, target: Target) -> None:
    await stand.publisher.send(TEXT, target, "reply-1")
    since = stand.max.now + timedelta(minutes=5)

    assert await stand.publisher.find(target, TEXT, since) is None


async def test_comment_that_is_gone_is_no_place_to_write(
    stand: MaxStand, target: Target
) -> None:
    comment = stand.max.item((target.address.key or "").removeprefix("max:"))
    stand.max.delete(comment)

    state = await stand.publisher.look(target)
    refused = await _failure(stand, target)

    assert state == TargetState(standing=Standing.DELETED)
    assert (refused.failure, stand.answers()) == (Failure.GONE, [])


@pytest.mark.parametrize(
    ("mode", "failure"),
    [
        (WriteMode.REJECTED, Failure.HUMAN),
        (WriteMode.LIMITED, Failure.WAIT),
        (WriteMode.DELETED_TARGET, Failure.GONE),
    ],
)
async def test_refusal_says_what_it_means(
    stand: MaxStand, target: Target, mode: WriteMode, failure: Failure
) -> None:
    stand.plan(mode)

    refused = await _failure(stand, target)

    assert (refused.failure, stand.answers()) == (failure, [])
    assert (refused.until is not None) is (failure is Failure.WAIT)


async def test_target_edited_at_the_last_moment_is_answered_once(
    stand: MaxStand, target: Target
) -> None:
    stand.plan(WriteMode.EDITED_TARGET)

    await stand.publisher.send(TEXT, target, "reply-1")

    assert stand.answers() == [TEXT]


async def test_comments_that_are_switched_off_are_for_a_person(
    stand: MaxStand, target: Target
) -> None:
    item = stand.max.stage.posts(stand.max.code)[0]
    stand.max.stage.close_comments(stand.max.code, item.id, at=stand.max.now)

    refused = await _failure(stand, target)

    assert (refused.failure, stand.answers()) == (Failure.HUMAN, [])


@pytest.mark.parametrize(
    "fault",
    [
        {"mode": FaultMode.STATUS, "status": 502},
        {"mode": FaultMode.CUT},
        {"mode": FaultMode.RESET},
    ],
)
async def test_whatever_may_have_been_published_is_lost(
    stand: MaxStand, fault: dict[str, Any]
) -> None:
    target = stand.post("Пишите")
    # Before the answer the bot, then the post are read.
    for _ in range(2):
        stand.max.fault(FaultMode.LATENCY, seconds=0)
    stand.max.fault(route="messages/*", **fault)

    failed = await _failure(stand, target)

    assert failed.failure is Failure.LOST
    assert TOKEN not in failed.message


async def test_what_failed_before_the_answer_may_be_tried_again(
    stand: MaxStand, target: Target
) -> None:
    stand.max.fault(FaultMode.STATUS, status=502)

    failed = await _failure(stand, target)
    await stand.publisher.send(TEXT, target, "reply-1")

    assert (failed.failure, stand.answers()) == (Failure.RETRY, [TEXT])


async def test_dead_token_is_told_and_not_used_again(
    stand: MaxStand, target: Target
) -> None:
    stand.max.context.tokens.revoke(TOKEN)

    failures = [await _failure(stand, target) for _ in range(2)]

    told = [(failed.failure, failed.token) for failed in failures]
    assert told == [(Failure.REAUTH, "b1")] * 2
    assert stand.max.report()["after_fatal"] == 0


async def test_text_that_is_too_long_is_not_sent(
    stand: MaxStand, target: Target
) -> None:
    refused = await _failure(stand, target, "а" * 4001)

    assert refused.failure is Failure.HUMAN
    assert stand.max.report()["requests"] == 0


async def test_third_answer_in_a_second_waits_for_its_turn(stand: MaxStand) -> None:
    for number in range(4):
        await stand.publisher.send(TEXT, stand.post(f"Яма {number}"), "reply")

    assert stand.answers() == [TEXT] * 4
    assert stand.max.report()["over_limit"] == 0


async def test_page_without_a_token_does_not_answer(
    stand: MaxStand, target: Target
) -> None:
    stand.tokens = ()

    refused = await _failure(stand, target)

    assert refused.failure is Failure.REAUTH
    assert stand.publisher.capabilities == Capabilities(remembers=None, finds=True)


def test_comment_without_its_key_is_not_served(stand: MaxStand, target: Target) -> None:
    def serves(**other: Any) -> bool:  # noqa: ANN401 -- fields of an address
        return stand.publisher.serves(replace(target.address, **other))

    plain = (target.address.key or "").removeprefix("max:")
    assert (serves(), serves(key=plain)) == (True, True)
    assert not serves(key=None)
    assert not serves(key="max:elsewhere")
    assert not serves(network="vk")
    assert serves(kind="post", key=None)


@pytest.mark.parametrize(
    "url",
    [
        "https://max.ru/oblast/AZ1HsczGAP8",
        "https://max.ru.evil.example/c/-70000900000001/AZ1HsczGAP8",
        "https://max.ru/c/-70000900000001/../../x",
        "",
        None,
    ],
)
async def test_no_call_is_made_for_another_address(
    stand: MaxStand, target: Target, url: str | None
) -> None:
    address = Address(network="max", kind="post", url=url)

    refused = await _failure(stand, replace(target, address=address))

    assert refused.failure is Failure.BUG
    assert stand.max.report()["requests"] == 0


async def test_busy_thread_is_not_read_for_ever(stand: MaxStand) -> None:
    post = stand.max.post("Пишите")
    for number in range(1_001):
        stand.max.forward(milliseconds=1)
        stand.max.comment(post, f"Ответ {number}")

    with pytest.raises(PublishError, match="more than 1000 messages") as given_up:
        await stand.publisher.find(
            stand.target(post), TEXT, stand.max.now - timedelta(hours=1)
        )

    assert given_up.value.failure is Failure.HUMAN
