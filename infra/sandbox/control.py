"""The control API: what the world holds, its time, faults, the ledger of answers."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field

from infra.sandbox.faults import Fault
from infra.sandbox.network import Network
from infra.sandbox.networks import control as networks_control
from infra.sandbox.networks.views import networks_summary
from infra.sandbox.world import Page


class Advance(BaseModel):
    """A jump of the virtual clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = Field(gt=0, le=366 * 24 * 3600)


class Time(BaseModel):
    """The world's time."""

    now: datetime
    start: datetime
    ahead_seconds: float


def routes(network: Network) -> tuple[APIRouter, ...]:
    """Everybody on this machine may look; to change something takes the token."""

    async def authorized(
        authorization: Annotated[str | None, Header()] = None,
    ) -> None:
        network.check_token(authorization)

    guarded = [Depends(authorized)]
    router = APIRouter(prefix="/control")
    _looking(router, network)
    _changing(router, network, guarded)
    return router, *networks_control.routes(network.networks, guarded)


def _looking(router: APIRouter, network: Network) -> None:
    @router.get("/world")
    async def world() -> dict[str, Any]:
        network.networks.catch_up()
        networks = networks_summary(network.networks, network.clock())
        return _summary(network) | {"networks": networks}

    @router.get("/time")
    async def time() -> Time:
        return _time(network)

    @router.get("/faults")
    async def faults() -> list[Fault]:
        return network.faults.waiting

    @router.get("/replies")
    async def replies() -> list[dict[str, Any]]:
        return [
            {
                "id": reply.id,
                "page": reply.page,
                "post_id": reply.post_id,
                "guid": reply.guid,
                "text": reply.text,
                "published_at": reply.published_at.isoformat(),
            }
            for reply in network.replies.all
        ]


def _changing(router: APIRouter, network: Network, guarded: list[Any]) -> None:
    @router.post("/time", dependencies=guarded)
    async def advance(body: Advance) -> Time:
        network.clock.advance(timedelta(seconds=body.seconds))
        return _time(network)

    @router.post("/faults", dependencies=guarded, status_code=201)
    async def plan(body: Fault) -> list[Fault]:
        network.faults.add(body)
        return network.faults.waiting

    @router.delete("/faults", dependencies=guarded, status_code=204)
    async def clear() -> None:
        network.faults.clear()


def _time(network: Network) -> Time:
    return Time(
        now=network.clock(),
        start=network.world.start,
        ahead_seconds=network.clock.ahead.total_seconds(),
    )


def _summary(network: Network) -> dict[str, Any]:
    world = network.world
    return {
        "seed": world.seed,
        "start": world.start.isoformat(),
        "days": world.pace.days,
        "per_day": world.pace.per_day,
        "interval_seconds": world.pace.interval.total_seconds(),
        "region": {"code": world.region.code, "name": world.region.name},
        "municipalities": [
            {"code": one.code, "name": one.name} for one in world.region.municipalities
        ],
        "pages": [
            {
                "code": page.code,
                "name": page.name,
                "network": page.network,
                "delivery": page.delivery,
                "municipality": page.municipality,
                **_native(network, page),
            }
            for page in world.region.pages
        ],
        "replies": len(network.replies.all),
    }


def _native(network: Network, page: Page) -> dict[str, Any]:
    """Say what the page is called in its network, if that has a stage."""
    context = network.networks.contexts.get(page.network)
    if context is None:
        return {}
    native = context.stage.page(page.code)
    return {"number": native.number, "screen_name": native.screen_name}
