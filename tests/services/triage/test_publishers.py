"""One contract for every publisher: the fakes, and the sandbox's own pages.

A new publisher is added to `bench` with a target, what the public sees there, and a
way to lose one response.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from infra.sandbox.app import create_app
from services.triage.domain.answering import (
    Address,
    Failure,
    Page,
    Standing,
    Target,
    TargetState,
)
from services.triage.publishers import (
    Publisher,
    PublishError,
    Publishers,
    SandboxPublisher,
)
from services.triage.settings import Settings
from tests.factories import NOW
from tests.infra.sandbox.networks import TOKEN, Wall, network
from tests.infra.sandbox.worlds import START, world
from tests.services.triage.max_stand import MaxStand
from tests.services.triage.network import (
    OUR_PAGE,
    PAGE,
    FakeNetwork,
    FakePublisher,
    Plan,
)
from tests.services.triage.ok_stand import OkStand
from tests.services.triage.vk_stand import VkStand

SANDBOX = "http://sandbox.invalid"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(url: str | None) -> Target:
    """A target at an address, answered by our page."""
    return Target(
        address=Address(network="vk", kind="post", url=url),
        page=Page(region_id=1, network="vk", native_id=OUR_PAGE, name="Правительство"),
    )


@dataclass
class Bench:
    """A publisher, a post it can answer, and what the public sees there."""

    publisher: Publisher
    target: Target
    missing: Target
    answers: Callable[[], list[str]]
    lose_the_next_response: Callable[[], None]


class Wire(httpx.AsyncBaseTransport):
    """Carries calls to the sandbox; may lose the response on its way back."""

    def __init__(self, app: httpx.ASGITransport) -> None:
        self._app = app
        self.loses = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make the call."""
        response = await self._app.handle_async_request(request)
        if self.loses:
            self.loses = False
            raise httpx.RemoteProtocolError("the connection broke")
        return response

    def lose(self) -> None:
        """Lose the next response."""
        self.loses = True


def fake_bench(**kind: Any) -> Bench:  # noqa: ANN401 -- the fake's own fields
    """The invented network."""
    web = FakeNetwork(lambda: NOW)
    web.deleted.add(f"{PAGE}/pages/a/posts/0")
    return Bench(
        FakePublisher(web, **kind),
        at(f"{PAGE}/pages/a/posts/1"),
        at(f"{PAGE}/pages/a/posts/0"),
        lambda: [one.text for one in web.comments],
        lambda: web.plans.append(Plan.LOST),
    )


@pytest.fixture(params=["fake", "forgetful fake", "sandbox", "vk", "ok", "max"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Each publisher in turn."""
    if request.param == "vk":
        stand = VkStand()
        target, missing = stand.post("Яма"), stand.post("Было")
        stand.vk.vanish(stand.number_of(missing))
        yield Bench(stand.publisher, target, missing, stand.answers, stand.lose)
        return
    if request.param == "ok":
        on_ok = OkStand()
        target, missing = on_ok.post("Яма"), on_ok.gone()
        yield Bench(on_ok.publisher, target, missing, on_ok.answers, on_ok.lose)
        return
    if request.param == "max":
        on_max = MaxStand()
        target, missing = on_max.post("Яма"), on_max.gone()
        yield Bench(on_max.publisher, target, missing, on_max.answers, on_max.lose)
        return
    if request.param != "sandbox":
        yield fake_bench(
            **({"remembers": None} if "forgetful" in request.param else {})
        )
        return
    net = network(world(), Wall())
    post = world().recent(world().region.pages[0], START, 1)[0]
    wire = Wire(httpx.ASGITransport(create_app(net)))
    async with httpx.AsyncClient(transport=wire) as client:
        posts = f"{SANDBOX}/pages/{post.page}/posts"
        yield Bench(
            SandboxPublisher(client, f"{SANDBOX}/", TOKEN),
            at(f"{posts}/{post.id}"),
            at(f"{posts}/nothing"),
            lambda: [one.text for one in net.replies.all],
            wire.lose,
        )


async def test_an_answer_is_public_and_told_as_it_is(bench: Bench) -> None:
    published = await bench.publisher.send("Исправим.", bench.target, "key-1")

    assert bench.answers() == ["Исправим."]
    assert published.link.startswith(bench.target.address.url or "?")
    assert (published.text, bool(published.native_id)) == ("Исправим.", True)


async def test_what_is_kept_of_an_answer_names_no_person(bench: Bench) -> None:
    published = await bench.publisher.send("Исправим.", bench.target, "key-1")

    personal = {"author", "user", "user_id", "from_id", "from", "name", "first_name"}
    assert not personal & published.raw.keys()


async def test_the_same_key_is_published_once_where_the_network_can(
    bench: Bench,
) -> None:
    first = await bench.publisher.send("Исправим.", bench.target, "key-1")
    second = await bench.publisher.send("Исправим.", bench.target, "key-1")

    can = bench.publisher.capabilities.remembers is not None
    assert (first.native_id == second.native_id) == can
    assert bench.answers() == ["Исправим."] * (1 if can else 2)


async def test_a_lost_response_is_called_lost_and_the_answer_is_found(
    bench: Bench,
) -> None:
    bench.lose_the_next_response()

    with pytest.raises(PublishError) as failed:
        await bench.publisher.send("Исправим.", bench.target, "key-1")
    found = await bench.publisher.find(bench.target, "  Исправим. ", LONG_AGO)

    assert failed.value.failure is Failure.LOST
    assert found is not None
    assert (found.text, bench.answers()) == ("Исправим.", ["Исправим."])


async def test_an_answer_before_the_time_or_with_other_words_is_not_found(
    bench: Bench,
) -> None:
    await bench.publisher.send("Исправим.", bench.target, "key-1")

    found = [
        await bench.publisher.find(bench.target, "Исправим!", LONG_AGO),
        await bench.publisher.find(
            bench.target, "Исправим.", datetime.now(UTC) + timedelta(days=36500)
        ),
    ]

    assert found == [None, None]


async def test_a_look_tells_our_answers_and_changes_nothing(bench: Bench) -> None:
    before = await bench.publisher.look(bench.target)
    published = await bench.publisher.send("Исправим.", bench.target, "key-1")
    after = await bench.publisher.look(bench.target)

    assert (before.standing, before.answers) == (Standing.THERE, ())
    assert [one.native_id for one in after.answers] == [published.native_id]
    assert [one.link for one in after.answers] == [published.link]
    assert bench.answers() == ["Исправим."]


async def test_a_post_that_is_gone_is_a_state_to_look_at_and_no_place_to_write(
    bench: Bench,
) -> None:
    state = await bench.publisher.look(bench.missing)
    with pytest.raises(PublishError) as refused:
        await bench.publisher.send("Исправим.", bench.missing, "key-1")

    assert state == TargetState(standing=Standing.DELETED)
    assert refused.value.failure is Failure.GONE
    assert bench.answers() == []


async def test_it_says_which_posts_it_serves(bench: Bench) -> None:
    elsewhere = ["https://vk.example/wall-1_2", "", None, "javascript:alert(1)"]

    assert bench.publisher.serves(bench.target.address)
    assert not any(bench.publisher.serves(at(url).address) for url in elsewhere)


async def test_the_first_publisher_that_serves_a_post_and_answers_is_taken() -> None:
    other = FakePublisher(FakeNetwork(lambda: NOW), network="ok")
    ours = FakePublisher(FakeNetwork(lambda: NOW))
    all_ = Publishers.of([ours, other])

    assert all_.serving(at(f"{PAGE}/1").address) is ours
    assert all_.serving(at("https://vk.example/1").address) is None


@pytest.mark.parametrize(
    "url",
    [
        f"{SANDBOX}/pages/../control/faults",
        f"{SANDBOX}/pages/a/posts/1/../../../control",
        f"{SANDBOX}/pages/a/posts/1?x=/replies",
        f"{SANDBOX}/pages/a/posts/1\nX: y",
        f"{SANDBOX}.evil.example/pages/a/posts/1",
        "http://sandbox.invalid@evil.example/pages/a/posts/1",
    ],
)
async def test_no_address_leads_elsewhere(url: str) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(unreachable)) as http:
        publisher = SandboxPublisher(http, SANDBOX, TOKEN)

        with pytest.raises(PublishError) as refused:
            await publisher.send("т", at(url), "key")

    assert not publisher.serves(at(url).address)
    assert refused.value.failure is Failure.BUG


def unreachable(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"called {request.url}")


def answering(**response: Any) -> httpx.MockTransport:  # noqa: ANN401 -- httpx's own
    """A page that always answers the same."""
    return httpx.MockTransport(lambda _: httpx.Response(**response))


async def failing(transport: httpx.AsyncBaseTransport) -> list[PublishError]:
    """Call a page that fails: to write, and to read."""
    async with httpx.AsyncClient(transport=transport) as http:
        publisher = SandboxPublisher(http, SANDBOX, TOKEN)
        target = at(f"{SANDBOX}/pages/a/posts/1")
        with pytest.raises(PublishError) as write:
            await publisher.send("т", target, "key")
        with pytest.raises(PublishError) as read:
            await publisher.look(target)
    return [write.value, read.value]


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Failure.BUG),
        (401, Failure.REAUTH),
        (403, Failure.HUMAN),
        (408, Failure.RETRY),
        (429, Failure.RETRY),
        (503, Failure.RETRY),
        (599, Failure.RETRY),
    ],
)
async def test_a_refusal_says_what_it_means(status: int, failure: Failure) -> None:
    failed = await failing(answering(status_code=status))

    assert [error.failure for error in failed] == [failure] * 2
    assert all(str(status) in error.message for error in failed)


async def test_a_page_that_says_when_is_asked_then() -> None:
    write, _ = await failing(answering(status_code=429, headers={"Retry-After": "60"}))

    assert write.failure is Failure.WAIT
    assert write.until is not None
    assert write.until.tzinfo is not None


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"link": 7}'])
async def test_after_an_unreadable_answer_the_reply_may_be_public(body: bytes) -> None:
    failed = await failing(answering(status_code=200, content=body))

    assert [error.failure for error in failed] == [Failure.LOST, Failure.RETRY]


@pytest.mark.parametrize(
    ("error", "failures"),
    [
        (httpx.ReadTimeout("slow"), [Failure.LOST, Failure.RETRY]),
        (httpx.ConnectError("refused"), [Failure.RETRY, Failure.RETRY]),
    ],
)
async def test_only_a_call_that_was_never_made_can_be_made_again(
    error: httpx.HTTPError, failures: list[Failure]
) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise error

    failed = await failing(httpx.MockTransport(broken))

    assert [one.failure for one in failed] == failures
    assert all(type(error).__name__ in one.message for one in failed)


async def test_without_a_sandbox_nothing_can_be_answered() -> None:
    async with httpx.AsyncClient() as http:
        sandbox = SandboxPublisher.from_settings(http, Settings(sandbox_url=None))
        all_ = Publishers.of([sandbox])

    assert all_.serving(at(f"{SANDBOX}/pages/a/posts/1").address) is None
