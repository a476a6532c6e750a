"""The smallest fake network: it echoes, so that what stands before it can be seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from infra.sandbox.networks import FakeNetwork, NetworkContext, Networks, ResponseLost
from infra.sandbox.networks.faulty import FaultyNetworks
from infra.sandbox.stage.plans import Fault, WriteMode

PAGE = "lj-vetlogorsk"


async def method_of(request: Request) -> str:
    return request.query_params.get("method", "none")


def limited(fault: Fault) -> Response:
    return JSONResponse({"error": fault.code})


def routes(network: NetworkContext) -> APIRouter:
    router = APIRouter()

    @router.post("/echo/say")
    async def say(request: Request) -> Response:
        heard = (await request.body()).decode()
        return JSONResponse({"heard": heard, "at": network.timestamp(), "ё": "Ямы"})

    @router.post("/echo/answer")
    async def answer(request: Request) -> Response:
        asked = await request.json()
        token = network.tokens.issue("group")
        went = network.publish(
            PAGE, asked["target"], asked["text"], token=token, guid=asked["guid"]
        )
        if went.mode is WriteMode.LOST:
            raise ResponseLost
        number = None if went.item is None else went.item.id
        return JSONResponse(
            {"mode": went.mode, "item": number, "repeated": went.repeated}
        )

    return router


FAKE = FakeNetwork("livejournal", ("/echo",), routes, method_of, limited)
PLAIN = FakeNetwork("livejournal", ("/echo",), routes)


@asynccontextmanager
async def running(
    networks: Networks, one: FakeNetwork = FAKE
) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a fake within this process."""
    app = FastAPI()
    app.include_router(one.routes(networks.context(one.code)))
    app.add_middleware(FaultyNetworks, networks=networks, fakes=(one,))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://echo.invalid"
    ) as client:
        yield client
