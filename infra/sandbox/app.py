"""create_app(): the invented network as one small web application."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan

from infra.sandbox import browsing, control, public
from infra.sandbox.network import Network
from infra.sandbox.networks import FakeNetwork, fakes
from infra.sandbox.networks.faulty import FaultyNetworks
from infra.sandbox.staged import Staged
from shared import http


def create_app(
    network: Network,
    lifespan: Lifespan[FastAPI] | None = None,
    *,
    only: tuple[FakeNetwork, ...] | None = None,
) -> FastAPI:
    """Wire the network's routes; `lifespan` may run the pusher beside them.

    All fake networks there are come with it, or `only` some.
    """
    chosen = fakes() if only is None else only
    app = FastAPI(
        title="Otklik sandbox",
        summary="An invented network whose residents write posts.",
        # The usual documentation pages load scripts from outside.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    http.install(app, checks={})
    for router in control.routes(network):
        app.include_router(router)
    for fake in chosen:
        app.include_router(fake.routes(network.networks.context(fake.code)))
    app.add_middleware(FaultyNetworks, networks=network.networks, fakes=chosen)
    app.include_router(public.routes(network))
    app.include_router(browsing.routes(network, Staged(network, chosen)))
    static = Path(str(files("infra.sandbox.pages").joinpath("static")))
    app.mount("/static", StaticFiles(directory=static), name="static")
    return app
