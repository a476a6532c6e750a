"""Security headers, over HTTPS and for what is not HTTP."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from tests.web.conftest import Stage, settings
from tests.web.fakes import PASSWORD
from web import guard
from web.app import create_app
from web.headers import SecurityHeaders
from web.visit import NONCE_COOKIE


async def test_over_https_cookies_are_secure_and_the_browser_remembers(
    stage: Stage,
) -> None:
    chosen = settings().model_copy(update={"secure": True})
    app = create_app(chosen, http_client=stage.http, identity=stage)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="https://desk.invalid"
    ) as client:
        client.cookies.set(NONCE_COOKIE, "nonce")
        token = guard.sign(chosen.secret, "nonce", None)
        form = {"login": "admin", "password": PASSWORD, "guard": token}

        answer = await client.post("/sign-in", data=form)

    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_what_is_not_http_passes_untouched() -> None:
    seen: list[str] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await send({"type": "lifespan.startup.complete"})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    await SecurityHeaders(inner, secure=True)({"type": "lifespan"}, receive, send)

    assert (seen, sent) == (["lifespan"], [{"type": "lifespan.startup.complete"}])


@pytest.mark.parametrize("kept", ["public, max-age=60", None])
async def test_answer_that_says_how_long_it_keeps_is_left_alone(
    kept: str | None,
) -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"cache-control", kept.encode())] if kept else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    app = Starlette()
    app.mount("/", page)
    transport = httpx.ASGITransport(SecurityHeaders(app, secure=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://a.invalid") as c:
        answer = await c.get("/")

    assert answer.headers["cache-control"] == (kept or "no-store")
    assert "strict-transport-security" not in answer.headers
