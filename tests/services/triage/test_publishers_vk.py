"""What is VK's own about answering; what all publishers do is in test_publishers.py."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from services.triage.domain.answering import (
    Address,
    Failure,
    Page,
    Published,
    Standing,
    Target,
    TargetState,
)
from services.triage.publishers import PublishError
from tests.services.ingest.sources.vk.server import OWNER
from tests.services.triage.vk_stand import PAGE, TOKENS, VkStand

TEXT = "Здравствуйте! Яму засыплют до пятницы."


@pytest.fixture
def stand() -> VkStand:
    return VkStand()


@pytest.fixture
def target(stand: VkStand) -> Target:
    """A resident's comment."""
    return stand.comment(stand.post("Пишите здесь"), "На Лесной яма")


async def _failure(stand: VkStand, target: Target) -> PublishError:
    with pytest.raises(PublishError) as caught:
        await stand.publisher.send(TEXT, target, "reply-1")
    return caught.value


async def test_a_comment_is_answered_in_its_thread(
    stand: VkStand, target: Target
) -> None:
    published = await stand.publisher.send(TEXT, target, "reply-1")

    number = stand.vk.next_id
    assert published == Published(
        link=f"https://vk.com/wall{OWNER}_4001?reply={number}&thread=4002",
        native_id=f"{OWNER}_{number}",
        text=TEXT,
        raw={"comment_id": number},
    )
    assert stand.publisher.serves(Address(network="vk", kind="c", url=published.link))


async def test_what_was_found_has_the_time_it_was_given(
    stand: VkStand, target: Target
) -> None:
    sent = await stand.publisher.send(TEXT, target, "reply-1")
    at = stand.vk.now.replace(microsecond=0)

    found = await stand.publisher.find(target, TEXT, stand.vk.now)

    assert found == replace(sent, published_at=at)


async def test_the_state_of_a_post_is_told(stand: VkStand) -> None:
    post = stand.post("Яма")
    stand.vk.forward(minutes=1)
    edited_at = stand.vk.now.replace(microsecond=0)
    stand.vk.edit(stand.number_of(post), "Яма и люк")
    stand.vk.closed.add(stand.number_of(post))

    state = await stand.publisher.look(post)

    assert state == TargetState(edited_at=edited_at, takes_answers=False)


async def test_our_answers_are_told_oldest_first(
    stand: VkStand, target: Target
) -> None:
    for number in range(3):
        await stand.publisher.send(f"Ответ {number}", target, f"reply-{number}")
        stand.vk.forward(minutes=1)

    state = await stand.publisher.look(target)

    assert [one.text for one in state.answers] == ["Ответ 0", "Ответ 1", "Ответ 2"]


@pytest.mark.parametrize(
    "url",
    [
        "https://vk.com/club900000001",
        "https://vk.com/wall700000012_5",
        "https://ok.ru/group/1/topic/2",
        None,
    ],
)
async def test_only_posts_on_communities_walls_are_answered(
    stand: VkStand, url: str | None
) -> None:
    address = Address(network="vk", kind="post", url=url)

    failure = await _failure(stand, Target(address=address, page=PAGE))

    assert (stand.publisher.serves(address), failure.failure) == (False, Failure.BUG)
    assert stand.vk.calls == []


@pytest.mark.parametrize(
    ("page", "failure"),
    [
        (
            Page(region_id=1, network="vk", native_id="test_roads", name="Дороги"),
            Failure.BUG,
        ),
        (Page(region_id=1, network="vk", native_id="-5", name="Чужая"), Failure.REAUTH),
    ],
)
async def test_a_page_without_a_token_does_not_speak(
    stand: VkStand, target: Target, page: Page, failure: Failure
) -> None:
    error = await _failure(stand, replace(target, page=page))

    assert (error.failure, stand.vk.calls) == (failure, [])


@pytest.mark.parametrize(
    ("native_id", "home"),
    [(str(OWNER), True), (str(-OWNER), True), (str(OWNER - 1), False), ("x", False)],
)
def test_a_community_is_at_home_on_its_wall(native_id: str, home: bool) -> None:  # noqa: FBT001 -- a column
    stand = VkStand()
    address = stand.post("Яма").address

    assert stand.publisher.is_at_home(address, native_id) == home


async def test_a_reading_key_alone_does_not_speak(
    stand: VkStand, target: Target
) -> None:
    stand.tokens = TOKENS[:1]

    error = await _failure(stand, target)

    assert (error.failure, stand.vk.calls) == (Failure.REAUTH, [])


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (1, Failure.LOST),
        (10, Failure.LOST),
        (36, Failure.LOST),
        (32, Failure.RETRY),
        (43, Failure.RETRY),
        (9, Failure.WAIT),
        (29, Failure.WAIT),
        (223, Failure.WAIT),
        (14, Failure.HUMAN),
        (222, Failure.HUMAN),
        (213, Failure.HUMAN),
        (214, Failure.HUMAN),
        (15, Failure.HUMAN),
        (27, Failure.REAUTH),
        (100, Failure.BUG),
    ],
)
async def test_a_refusal_means_to_the_outbox(
    stand: VkStand, target: Target, code: int, failure: Failure
) -> None:
    stand.vk.faults = [("wall.createComment", code)]

    error = await _failure(stand, target)

    assert (error.failure, stand.answers()) == (failure, [])
    assert str(code) in error.message


async def test_a_parked_method_is_asked_again_when_it_may_be(
    stand: VkStand, target: Target
) -> None:
    stand.vk.faults = [("wall.createComment", 9)]

    error = await _failure(stand, target)

    assert error.until is not None
    assert timedelta() < error.until - stand.vk.now <= timedelta(minutes=1)


async def test_a_target_that_went_in_between_is_gone(
    stand: VkStand, target: Target
) -> None:
    stand.vk.vanish(stand.number_of(target))
    stand.vk.faults = [("wall.createComment", 213)]

    error = await _failure(stand, target)

    assert error.failure is Failure.GONE
    assert (await stand.publisher.look(target)).standing is Standing.DELETED


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (httpx.ReadTimeout("slow"), Failure.LOST),
        (httpx.RemoteProtocolError("cut"), Failure.LOST),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), Failure.LOST),
        (httpx.Response(200, content=b'{"response": {"comm'), Failure.LOST),
        (httpx.Response(200, json={"response": {}}), Failure.LOST),
        (httpx.ConnectError("refused"), Failure.RETRY),
        (httpx.ConnectTimeout("slow"), Failure.RETRY),
    ],
)
async def test_in_doubt_the_answer_may_be_public(
    stand: VkStand,
    target: Target,
    fault: Exception | httpx.Response,
    failure: Failure,
) -> None:
    stand.vk.faults = [("wall.createComment", fault)]

    assert (await _failure(stand, target)).failure is failure


async def test_reading_is_never_in_doubt(stand: VkStand, target: Target) -> None:
    failures = []
    for ask in (stand.publisher.look(target), _find(stand, target)):
        stand.vk.faults = [("*", httpx.ReadTimeout("slow"))]
        with pytest.raises(PublishError) as caught:
            await ask
        failures.append(caught.value.failure)

    assert failures == [Failure.RETRY] * 2


async def _find(stand: VkStand, target: Target) -> Published | None:
    return await stand.publisher.find(target, TEXT, stand.vk.now)
