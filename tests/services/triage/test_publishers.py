"""One contract for every publisher: the fake, and the sandbox's own pages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from infra.sandbox.app import create_app
from infra.sandbox.network import Network
from services.triage.publishers import Publisher, PublishError, SandboxPublisher
from services.triage.settings import Settings
from tests.infra.sandbox.networks import TOKEN, Wall, network
from tests.infra.sandbox.worlds import START, world
from tests.services.triage.world import PAGE, FakePublisher

SANDBOX = "http://sandbox.invalid"


@dataclass
class Bench:
    """A publisher, a post it can answer, and what the public sees there."""

    publisher: Publisher
    target: str
    fake: FakePublisher | None = None
    network: Network | None = None
    wire: "Wire | None" = None

    def answers(self) -> list[str]:
        """The public answers."""
        if self.fake:
            return [text for text, _ in self.fake.answers.values()]
        return [one.text for one in self.network.replies.all] if self.network else []

    def lose_the_next_response(self) -> None:
        """Let the next call fail without an answer."""
        if self.fake:
            self.fake.failures = [PublishError("busy", permanent=False)]
        if self.wire:
            self.wire.loses = True


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


@pytest.fixture(params=["fake", "sandbox"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Each publisher in turn."""
    if request.param == "fake":
        fake = FakePublisher()
        yield Bench(fake, f"{PAGE}/pages/a/posts/1", fake=fake)
        return
    net = network(world(), Wall())
    post = world().recent(world().region.pages[0], START, 1)[0]
    wire = Wire(httpx.ASGITransport(create_app(net)))
    async with httpx.AsyncClient(transport=wire) as client:
        publisher = SandboxPublisher(client, f"{SANDBOX}/", TOKEN)
        target = f"{SANDBOX}/pages/{post.page}/posts/{post.id}"
        yield Bench(publisher, target, network=net, wire=wire)


async def test_an_answer_is_public_and_has_an_address(bench: Bench) -> None:
    link = await bench.publisher.publish("Исправим.", bench.target, "guid-1")

    assert bench.answers() == ["Исправим."]
    assert link.startswith(bench.target)


async def test_the_same_mark_gives_the_same_answer(bench: Bench) -> None:
    first = await bench.publisher.publish("Исправим.", bench.target, "guid-1")
    second = await bench.publisher.publish("Исправим.", bench.target, "guid-1")

    assert first == second
    assert bench.answers() == ["Исправим."]


async def test_after_a_lost_response_the_mark_still_counts(bench: Bench) -> None:
    bench.lose_the_next_response()

    with pytest.raises(PublishError) as failed:
        await bench.publisher.publish("Исправим.", bench.target, "guid-1")
    await bench.publisher.publish("Исправим.", bench.target, "guid-1")

    assert not failed.value.permanent
    assert bench.answers() == ["Исправим."]


async def test_it_says_which_posts_it_can_answer(bench: Bench) -> None:
    elsewhere = ["https://vk.example/wall-1_2", "", None, "javascript:alert(1)"]

    assert bench.publisher.can_answer(bench.target)
    assert not any(bench.publisher.can_answer(url) for url in elsewhere)


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
            await publisher.publish("т", url, "guid")

    assert not publisher.can_answer(url)
    assert refused.value.permanent


def unreachable(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"called {request.url}")


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, True), (404, True), (408, False), (429, False), (503, False)],
)
async def test_a_refusal_says_whether_it_can_heal(status: int, permanent: bool) -> None:  # noqa: FBT001 -- a column of the table
    transport = httpx.MockTransport(lambda _: httpx.Response(status))
    async with httpx.AsyncClient(transport=transport) as http:
        publisher = SandboxPublisher(http, SANDBOX, TOKEN)

        with pytest.raises(PublishError) as failed:
            await publisher.publish("т", f"{SANDBOX}/pages/a/posts/1", "guid")

    assert failed.value.permanent == permanent
    assert str(status) in failed.value.message


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"link": 7}'])
async def test_an_answer_that_cannot_be_read_is_asked_for_again(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    async with httpx.AsyncClient(transport=transport) as http:
        publisher = SandboxPublisher(http, SANDBOX, TOKEN)

        with pytest.raises(PublishError) as failed:
            await publisher.publish("т", f"{SANDBOX}/pages/a/posts/1", "guid")

    assert not failed.value.permanent


async def test_a_page_that_does_not_answer_is_tried_again() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    async with httpx.AsyncClient(transport=httpx.MockTransport(broken)) as http:
        publisher = SandboxPublisher(http, SANDBOX, TOKEN)

        with pytest.raises(PublishError, match="ReadTimeout") as failed:
            await publisher.publish("т", f"{SANDBOX}/pages/a/posts/1", "guid")

    assert not failed.value.permanent


async def test_without_a_sandbox_nothing_can_be_answered() -> None:
    async with httpx.AsyncClient() as http:
        publisher = SandboxPublisher.from_settings(http, Settings(sandbox_url=None))

    assert not publisher.can_answer(f"{SANDBOX}/pages/a/posts/1")
