"""The pages in a process of their own: `uvicorn --factory infra.pages:create_app`.

`make up` mounts them beside the services instead (infra/embedded/serve.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import httpx
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from shared.process import Parts, parts_of
from shared.settings import Base
from web.accounts import Accounts
from web.app import create_app as create_pages
from web.settings import Settings as WebSettings


class Settings(Base):
    """What the pages' own process may be told."""

    api_url: str = "http://127.0.0.1:8080"


def create_app(
    settings: Settings | None = None,
    *,
    parts: Parts | None = None,
    client: httpx.AsyncClient | None = None,
) -> FastAPI:
    """Wire the pages to the API over the network and to the accounts' database."""
    chosen = settings or Settings()
    services = client or httpx.AsyncClient(
        base_url=chosen.api_url, timeout=30, trust_env=False
    )
    accounts = Accounts()
    pages = create_pages(WebSettings(), http_client=services, identity=accounts)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with parts_of(chosen, "web", parts) as opened, services:
            app.state.database = opened.work.database
            accounts.connect(opened.work)
            yield

    async def readyz() -> Response:
        """Tell whether the accounts' database answers; services have their own."""
        try:
            await pages.state.database.check()
        except Exception as error:  # noqa: BLE001 -- a probe reports whatever is wrong
            state = f"{type(error).__name__}: {error}"[:300]
            body = {"status": "not ready", "parts": {"database": state}}
            return JSONResponse(body, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "ok", "parts": {"database": "ok"}})

    pages.router.lifespan_context = lifespan
    pages.add_api_route("/readyz", readyz, name="readyz")
    return pages
