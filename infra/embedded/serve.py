"""The one HTTP process of the embedded shape: `python -m infra.embedded.serve`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.embedded.asgi import Gateway, client_for, running
from infra.embedded.layout import UpSettings
from services.ingest import app as ingest
from services.reports import app as reports
from services.triage import app as triage
from shared.logs import configure
from shared.process import open_parts, settle
from shared.settings import Base
from web.accounts import Accounts
from web.app import create_app as create_pages
from web.settings import Settings as WebSettings


def create_app() -> Gateway:
    """Wire pages and services; the pages reach the services over HTTP all the same."""
    services = {
        "ingest": ingest.create_app(),
        "triage": triage.create_app(),
        "reports": reports.create_app(),
    }
    settings = Base()
    client = client_for(Gateway(services))
    accounts = Accounts()
    pages = create_pages(WebSettings(), http_client=client, identity=accounts)
    gateway = Gateway(services, pages)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        parts = await open_parts(settings, "web")
        accounts.connect(parts.work)
        async with client, running(services):
            settle()
            yield
        await parts.close()

    pages.router.lifespan_context = lifespan
    pages.add_api_route("/readyz", _ready(gateway), name="readyz")
    return gateway


def _ready(gateway: Gateway) -> Callable[[Request], Awaitable[Response]]:
    async def readyz(_: Request) -> Response:
        """Ask every service whether its parts answer."""
        parts: dict[str, str] = {}
        for name, app in gateway.services.items():
            async with client_for(app) as client:
                answer = (await client.get("/readyz")).json()
            parts |= {f"{name}.{part}": s for part, s in answer["parts"].items()}
        ready = all(state == "ok" for state in parts.values())
        body = {"status": "ok" if ready else "not ready", "parts": parts}
        return JSONResponse(body, 200 if ready else 503)

    return readyz


def main() -> None:
    """Serve until SIGTERM; open requests get a few seconds to end."""
    settings = UpSettings()
    configure(settings.log_level, process="web")
    uvicorn.run(
        create_app(),
        host=settings.host,
        port=settings.port,
        lifespan="on",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
        ws="none",  # nothing here speaks it
    )


if __name__ == "__main__":
    main()
