"""create_app(): the HTTP process of triage."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.triage.api import router
from services.triage.deps import Kit
from services.triage.deps.cursor import Cursors
from services.triage.publishers import Publishers
from services.triage.publishers.all import open_publishers
from services.triage.settings import Settings
from shared.process import Parts
from shared.service_app import connected, service_app
from shared.uow import Work

DESCRIPTION = """
Decides what a post is, who must answer, and carries the answer to publication.

Send `Authorization: Bearer <key>`. Errors are `application/problem+json`. Times are
RFC 3339 with zone, minutes are working minutes of the region's calendar. Lists are
paged by `cursor`. Things that change carry `version` and `ETag`; send `If-Match` to
act only on what you have read.
"""


def create_app(
    settings: Settings | None = None,
    *,
    parts: Parts | None = None,
    publishers: Publishers | None = None,
) -> FastAPI:
    """Wire the app; parts and publishers that are given are not closed here."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            connected(app, chosen, "triage", parts) as opened,
            _published(chosen, opened.work, publishers) as known,
        ):
            app.state.kit = Kit(Cursors(_cursor_key(chosen)), known)
            yield

    return service_app(
        "triage", router, lifespan, title="triage", description=DESCRIPTION
    )


@asynccontextmanager
async def _published(
    settings: Settings, work: Work, given: Publishers | None
) -> AsyncIterator[Publishers]:
    """Open the publishers unless they are given."""
    if given is not None:
        yield given
        return
    async with open_publishers(settings, work) as opened:
        yield opened


def _cursor_key(settings: Settings) -> bytes:
    """Sign with the installation's key; without one, cursors end with the process."""
    if settings.secret_key is None:
        return secrets.token_bytes(32)
    return b"cursor:" + settings.secret_key.get_secret_value().encode()
