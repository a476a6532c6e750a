"""Wiring of the HTTP process of the ingest service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI
from starlette.datastructures import State

from services.ingest.api import router
from services.ingest.deps import check_address, networks_of, open_search
from services.ingest.handlers.deliveries import Deliveries
from services.ingest.handlers.hooks import Limits
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.settings import Settings
from services.ingest.sources.networks import Networks
from shared.errors import Unavailable
from shared.process import Parts
from shared.search import Search
from shared.service_app import connected, service_app
from shared.settings import comma_list
from shared.vault import vault_of


def create_app(
    settings: Settings | None = None,
    *,
    parts: Parts | None = None,
    search: Search | None = None,
    networks: Networks | None = None,
) -> FastAPI:
    """Make the app; parts that are not given are opened with it and closed with it."""
    given = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.vault = vault_of(given.secret_key)
        app.state.rulebooks = Rulebooks()
        app.state.check_address = partial(
            check_address, allowed=comma_list(given.feed_allow)
        )
        app.state.limits = Limits(given.hook_calls_a_minute, given.most_waiting_batches)
        async with (
            connected(app, given, "ingest", parts) as opened,
            open_search(given, opened.work.database, search) as index,
            networks_of(
                given, opened.work, app.state.vault, networks
            ) as app.state.networks,
        ):
            # The pages may be up before any worker; a dead index must not stop them.
            with suppress(Unavailable):
                await index.prepare()
            app.state.search = index
            app.state.deliveries = Deliveries(
                opened.work, app.state.networks, app.state.vault, app.state.limits
            )
            yield

    async def index_answers(state: State) -> None:
        await state.search.ready()

    return service_app(
        "ingest",
        router,
        lifespan,
        title="taking in and archive",
        checks={"search": index_answers},
    )
