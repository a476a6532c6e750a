"""How the HTTP process of every service is put together."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.datastructures import State
from starlette.types import Lifespan

from shared import http
from shared.process import Parts, parts_of
from shared.settings import Base

Check = Callable[[State], Awaitable[None]]
"""Raises when something the app keeps in its state does not answer."""


def service_app(  # noqa: PLR0913 -- what services differ in
    service: str,
    router: APIRouter,
    lifespan: Lifespan[FastAPI],
    *,
    title: str,
    summary: str | None = None,
    description: str = "",
    checks: Mapping[str, Check] | None = None,
) -> FastAPI:
    """Make the app of a service; its lifespan has to use `connected`.

    `checks` are told by /readyz under their names, beside `database` and `queue`.
    """
    app = FastAPI(
        title=f"Otklik: {title}",
        version="1",
        summary=summary,
        description=description,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"/api/v1/{service}/openapi.json",
        lifespan=lifespan,
    )
    app.include_router(router, prefix="/api/v1")
    all_checks = {"database": _database, "queue": _queue, **(checks or {})}
    http.install(
        app, checks={name: _bound(check, app) for name, check in all_checks.items()}
    )
    return app


@asynccontextmanager
async def connected(
    app: FastAPI, settings: Base, service: str, given: Parts | None = None
) -> AsyncIterator[Parts]:
    """Give an app its connections for a while; those that are given stay open."""
    async with parts_of(settings, service, given) as parts:
        app.state.parts, app.state.work = parts, parts.work
        yield parts


def _bound(check: Check, app: FastAPI) -> http.Check:
    async def bound() -> None:
        await check(app.state)

    return bound


async def _database(state: State) -> None:
    await state.work.database.check()


async def _queue(state: State) -> None:
    await state.parts.check_queue()
