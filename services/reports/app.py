"""The HTTP process of the reports service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.reports.api import router
from services.reports.settings import Settings
from shared import http
from shared.process import Parts, open_parts


def create_app(
    settings: Settings | None = None, *, parts: Parts | None = None
) -> FastAPI:
    """Wire the app; `parts` are connections a test or a larger process has open."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = parts or await open_parts(settings or Settings(), "reports")
        app.state.parts = opened
        app.state.work = opened.work
        try:
            yield
        finally:
            if parts is None:
                await opened.close()

    app = FastAPI(
        title="Otklik: reports",
        summary="Figures about the authorities' work, never about residents.",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/reports/openapi.json",
    )
    app.include_router(router, prefix="/api/v1")

    async def database() -> None:
        await app.state.parts.work.database.check()

    async def queue() -> None:
        await app.state.parts.check_queue()

    http.install(
        app,
        checks={"database": database, "queue": queue},
    )
    return app
