"""The HTTP process of the reports service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.reports.api import router
from services.reports.settings import Settings
from shared.process import Parts
from shared.service_app import connected, service_app


def create_app(
    settings: Settings | None = None, *, parts: Parts | None = None
) -> FastAPI:
    """Wire the app; `parts` are connections a test or a larger process has open."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connected(app, chosen, "reports", parts):
            yield

    return service_app(
        "reports",
        router,
        lifespan,
        title="reports",
        summary="Figures about the authorities' work, never about residents.",
    )
