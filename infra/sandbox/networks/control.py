"""The control API of the stages: what happens, what goes wrong, what was counted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.networks import Networks
from infra.sandbox.networks.orders import (
    Approval,
    Banning,
    Bulk,
    Closing,
    Editing,
    Issue,
    OnItem,
    Pinning,
    Publishing,
    Revocation,
)
from infra.sandbox.networks.views import item_line, page_line, token_line
from infra.sandbox.stage import AuthorKind, Counters, Item, Writer
from infra.sandbox.stage.plans import Delivery, Fault, Planned, Write


def routes(networks: Networks, guarded: list[Any]) -> tuple[APIRouter, APIRouter]:
    """Everybody on this machine may look; `guarded` stands before every change.

    Two routers, not one in the other: FastAPI reads every route anew at each level.
    """
    looking = APIRouter(prefix="/control")
    _looking(looking, networks)
    changing = APIRouter(prefix="/control", dependencies=guarded)
    _acting(changing, networks)
    _marking(changing, networks)
    _issuing(changing, networks)
    for kind in (("faults", Fault), ("deliveries", Delivery), ("writes", Write)):
        _planning(looking, changing, networks, kind)
    return looking, changing


def _finder(networks: Networks) -> Callable[[str], NetworkContext]:
    """Give the dependency that finds a network and brings its stage up to date."""

    def found(network: str) -> NetworkContext:
        networks.catch_up()
        return networks.context(network)

    return found


def _looking(router: APIRouter, networks: Networks) -> None:
    found = _finder(networks)

    @router.get("/counters")
    async def counters() -> dict[str, Any]:
        return {
            code: context.meter.report() for code, context in networks.contexts.items()
        }

    @router.get("/ledger")
    async def ledger() -> list[dict[str, Any]]:
        return networks.ledger.lines()

    @router.get("/{network}/items")
    async def items(network: str, page: str | None = None) -> list[dict[str, Any]]:
        context = found(network)
        return [item_line(item) for item in context.stage.items(page)]

    @router.get("/{network}/log")
    async def happenings(network: str, after: int = 0) -> list[dict[str, Any]]:
        context = found(network)
        return [
            {
                "seq": line.seq,
                "at": line.at.isoformat(),
                "action": line.action.value,
                "page": line.page,
                "item": None if line.item is None else line.item.id,
            }
            for line in context.stage.happenings(max(0, after))
        ]

    @router.get("/{network}/tokens")
    async def tokens(network: str) -> list[dict[str, Any]]:
        context = found(network)
        now = context.clock()
        return [token_line(context.tokens, one, now) for one in context.tokens.all]


def _acting(router: APIRouter, networks: Networks) -> None:
    """One route for each action of the stage."""
    found = _finder(networks)

    @router.post("/{network}/publish", status_code=201)
    async def publish(network: str, order: Publishing) -> dict[str, Any]:
        context = found(network)
        return item_line(_publish(context, order))

    @router.post("/{network}/edit")
    async def edit(network: str, order: Editing) -> dict[str, Any]:
        context = found(network)
        now = context.clock()
        stage = context.stage
        return item_line(stage.edit(order.page, order.item, order.text, at=now))

    @router.post("/{network}/delete")
    async def delete(network: str, order: OnItem) -> dict[str, Any]:
        context = found(network)
        now = context.clock()
        return item_line(context.stage.delete(order.page, order.item, at=now))

    @router.post("/{network}/restore")
    async def restore(network: str, order: OnItem) -> dict[str, Any]:
        context = found(network)
        now = context.clock()
        return item_line(context.stage.restore(order.page, order.item, at=now))

    @router.post("/{network}/bulk", status_code=201)
    async def bulk(network: str, order: Bulk) -> dict[str, Any]:
        context = found(network)
        made = networks.bulk(context.code, order.page, order.number)
        return {"number": len(made), "first": made[0].id, "last": made[-1].id}

    @router.post("/{network}/deliver")
    async def deliver(network: str) -> dict[str, int]:
        context = found(network)
        return {"done": await networks.tick(context.code)}


def _marking(router: APIRouter, networks: Networks) -> None:
    """Pin, ban, close."""
    found = _finder(networks)

    @router.post("/{network}/pin")
    async def pin(network: str, order: Pinning) -> dict[str, Any]:
        context = found(network)
        now = context.clock()
        return page_line(context.stage.pin(order.page, order.item, at=now))

    @router.post("/{network}/ban-page")
    async def ban_page(network: str, order: Banning) -> dict[str, Any]:
        context = found(network)
        stage, now = context.stage, context.clock()
        return page_line(stage.ban(order.page, at=now, is_banned=order.is_banned))

    @router.post("/{network}/close-comments")
    async def close_comments(network: str, order: Closing) -> dict[str, Any]:
        context = found(network)
        closed = context.stage.close_comments(
            order.page, order.item, at=context.clock(), is_closed=order.is_closed
        )
        return item_line(closed)


def _issuing(router: APIRouter, networks: Networks) -> None:
    """Tokens and approvals."""

    @router.post("/{network}/tokens", status_code=201)
    async def issue(network: str, order: Issue) -> dict[str, Any]:
        context = networks.context(network)
        now, seconds = context.clock(), order.lifetime_seconds
        token = context.tokens.issue(
            order.kind,
            owner=order.owner,
            now=now,
            lifetime=None if seconds is None else timedelta(seconds=seconds),
            value=order.value,
        )
        return token_line(context.tokens, token, now)

    @router.post("/{network}/tokens/revoke")
    async def revoke(network: str, order: Revocation) -> dict[str, Any]:
        context = networks.context(network)
        token = context.tokens.revoke(order.token, is_revoked=order.is_revoked)
        if not order.is_revoked:
            context.meter.revived(order.token)
        return token_line(context.tokens, token, context.clock())

    @router.post("/approvals", status_code=204)
    async def approve(order: Approval) -> None:
        networks.ledger.approve(order.text)


def _planning(
    looking: APIRouter,
    changing: APIRouter,
    networks: Networks,
    kind: tuple[str, type[Planned]],
) -> None:
    """Look at, add to and clear one kind of plan."""
    attribute, model = kind

    def waiting(network: str) -> list[dict[str, Any]]:
        plan = getattr(networks.context(network), attribute)
        return [one.model_dump(mode="json") for one in plan.waiting]

    def add(network: str, order: Planned) -> list[dict[str, Any]]:
        getattr(networks.context(network), attribute).add(order)
        return waiting(network)

    # One function serves three shapes: FastAPI reads the shape from here.
    add.__annotations__["order"] = model

    def clear(network: str) -> None:
        getattr(networks.context(network), attribute).clear()

    address = f"/{{network}}/{attribute}"
    looking.add_api_route(address, waiting, methods=["GET"])
    changing.add_api_route(address, add, methods=["POST"], status_code=201)
    changing.add_api_route(address, clear, methods=["DELETE"], status_code=204)


def _publish(context: NetworkContext, order: Publishing) -> Item:
    writer = (
        None
        if order.author is None
        else Writer(AuthorKind.USER, order.author, order.author_name)
    )
    return context.stage.publish(
        order.page,
        order.text,
        at=context.clock() - timedelta(seconds=order.ago_seconds),
        writer=writer,
        parent=order.parent,
        counters=Counters(order.likes, order.reposts, 0, order.views),
        extra=order.extra,
    )
