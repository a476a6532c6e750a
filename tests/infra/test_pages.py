"""The pages alone in a process, as a container runs them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from infra.pages import create_app
from shared.db import Database
from shared.process import Parts
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue


@pytest.fixture
async def parts(database_url: str, queue: FakeQueue) -> AsyncIterator[Parts]:
    """The pages' connections."""
    database = Database(database_url, role="otklik_web")
    yield Parts(Work(database, "web", queue, clock=lambda: NOW), queue)
    await database.close()


async def test_the_pages_ask_a_stranger_to_sign_in(parts: Parts) -> None:
    nobody = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(503)),
        base_url="http://api.example",
    )
    app = create_app(parts=parts, client=nobody)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://otklik.example"
        ) as browser,
    ):
        ready = await browser.get("/readyz")
        queue = await browser.get("/", follow_redirects=True)

    assert ready.json() == {"status": "ok", "parts": {"database": "ok"}}
    assert queue.status_code == 200
    assert "password" in queue.text


async def test_pages_without_their_database_are_not_ready() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    queue = FakeQueue()
    app = create_app(parts=Parts(Work(database, "web", queue), queue))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://otklik.example"
        ) as browser,
    ):
        ready = await browser.get("/readyz")

    await database.close()
    assert ready.status_code == 503
    assert ready.json()["status"] == "not ready"
