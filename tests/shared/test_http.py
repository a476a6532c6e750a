"""Bodies that drip: nobody keeps a request busy for ever (slowloris)."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.types import Message

from shared import http
from shared.http import PromptBody

PATH = "/ingest/hooks/vk/key"


def app_with(patience: float) -> FastAPI:
    """Make an app that reads a body, with so much patience in front of it."""
    app = FastAPI()
    http.install(app, checks={})
    app.add_middleware(PromptBody, patience=patience)

    @app.post(PATH)
    async def read(request: Request) -> int:
        return len(await request.body())

    return app


async def said(app: FastAPI, *parts: bytes, ends: bool) -> tuple[int, bytes]:
    """Send a body in parts, by hand; one that does not end stays open."""
    waiting: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    if ends:
        waiting[-1]["more_body"] = False
    sent: list[Message] = []

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    body = b"".join(each.get("body", b"") for each in sent[1:])
    return sent[0]["status"], body


async def test_a_body_that_drips_is_let_go() -> None:
    status, body = await said(app_with(0.01), b"a", b"b", ends=False)

    assert status == 408
    assert b"urn:otklik:problem:too-slow" in body


async def test_a_body_in_parts_is_read_whole() -> None:
    assert await said(app_with(60), b"ab", b"c", ends=True) == (200, b"3")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_calls_without_a_body_are_answered(path: str) -> None:
    transport = httpx.ASGITransport(app_with(0.0))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.get(path)

    assert answer.status_code == 200
