"""Web and the three service apps in one process, side by side, still over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http import problem

API = "/api/v1/"


OWNERS = {
    "ingest": "ingest",
    "archive": "ingest",
    "triage": "triage",
    "changes": "triage",
    "reports": "reports",
}
"""Which service owns the second segment of an API path (infra/proxy says the same)."""


class Gateway:
    """Routes `/api/v1/<segment>` to the service that owns it, the rest to the pages."""

    def __init__(
        self, services: Mapping[str, FastAPI], pages: ASGIApp | None = None
    ) -> None:
        self.services = services
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        path = scope.get("path", "")
        target: ASGIApp | None = self.owner(path)
        if target is None and not path.startswith(API):
            target = self.pages
        await (target or _no_such_path)(scope, receive, send)

    def owner(self, path: str) -> FastAPI | None:
        """Find the service of a path."""
        if not path.startswith(API):
            return None
        name = OWNERS.get(path.removeprefix(API).split("/", 1)[0])
        return self.services[name] if name else None


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(HTTPStatus.NOT_FOUND, "not-found", "There is no such API path.")
    await answer(scope, receive, send)


def client_for(app: ASGIApp) -> httpx.AsyncClient:
    """Make the HTTP client the pages use: real requests, no socket."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://otklik.internal",
        timeout=30,
    )


@asynccontextmanager
async def running(apps: Mapping[str, FastAPI]) -> AsyncIterator[None]:
    """Run the start-up and shut-down of apps that no server runs."""
    async with AsyncExitStack() as stack:
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield
