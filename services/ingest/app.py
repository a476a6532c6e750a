"""Wiring of the HTTP process of the ingest service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI

from services.ingest.api import router
from services.ingest.deps import check_address, open_search
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.settings import Settings
from services.ingest.store.vault import vault_of
from shared.errors import Unavailable
from shared.http import install
from shared.process import Parts, open_parts
from shared.search import Search
from shared.settings import comma_list


def create_app(
    settings: Settings | None = None,
    *,
    parts: Parts | None = None,
    search: Search | None = None,
) -> FastAPI:
    """Make the app; parts that are not given are opened with it and closed with it."""
    given = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.vault = vault_of(given.secret_key)
        app.state.rulebooks = Rulebooks()
        opened = parts or await open_parts(given, "ingest")
        app.state.work = opened.work
        app.state.check_address = partial(
            check_address, allowed=comma_list(given.feed_allow)
        )
        async with open_search(given, opened.work.database, search) as index:
            # The pages may be up before any worker; a dead index must not stop them.
            with suppress(Unavailable):
                await index.prepare()
            app.state.search = index
            app.state.parts = opened
            yield
        if parts is None:
            await opened.close()

    app = FastAPI(
        title="Otklik: taking in and archive",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/ingest/openapi.json",
        lifespan=lifespan,
    )
    app.include_router(router, prefix="/api/v1")

    async def database() -> None:
        await app.state.work.database.check()

    async def queue() -> None:
        await app.state.parts.check_queue()

    async def index() -> None:
        await app.state.search.ready()

    install(app, checks={"database": database, "queue": queue, "search": index})
    return app
