"""Where networks and signed webhooks deliver, and where to find that address."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.ingest.deps import (
    Administrator,
    DeliveriesDep,
    VaultDep,
    capped,
)
from services.ingest.handlers import hooks, watching, webhooks
from services.ingest.handlers.deliveries import Call
from services.ingest.schemas.hooks import HookAnswer, SecretAnswer
from services.ingest.schemas.problems import answers
from services.ingest.sources.connector import Delivery
from shared.models.ingest import Source

router = APIRouter(prefix="/ingest", tags=["hooks"])

Slug = Annotated[str, Path(pattern=r"^[a-z]{1,20}$")]
Key = Annotated[str, Path(max_length=100)]

_DELIVERED = {
    **answers(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.TOO_MANY_REQUESTS),
    HTTPStatus.OK: {
        "description": "Taken; the body is what the network wants to hear.",
        "content": {"text/plain": {"example": "ok"}},
    },
}


@router.post(
    "/hooks/{network}/{hook_key}",
    summary="Deliver events of a network",
    responses=_DELIVERED,
    response_class=Response,
)
async def deliver(
    network: Slug, hook_key: Key, request: Request, deliveries: DeliveriesDep
) -> Response:
    """Take a delivery in; no bearer: the address itself is the key.

    Signed webhooks are answered 202 with a receipt of each line.
    """
    key = await deliveries.enter(hook_key)
    body = await capped(request, hooks.LARGEST_BODY).body()
    delivery = Delivery(
        request.method,
        {name.lower(): value for name, value in request.headers.items()},
        dict(request.query_params),
        body,
    )
    told = await deliveries.take(Call(network, key, delivery))
    answer = Response(told.body, told.status, media_type=told.content_type)
    if told.retry_after is not None:
        answer.headers["Retry-After"] = str(told.retry_after)
    return answer


@router.get(
    "/hooks/{network}/{hook_key}",
    summary="Let a network check the address",
    responses=_DELIVERED,
    response_class=Response,
)
async def confirm(
    network: Slug, hook_key: Key, request: Request, deliveries: DeliveriesDep
) -> Response:
    """Answer the challenge some networks ask before they deliver."""
    return await deliver(network, hook_key, request, deliveries)


@router.get(
    "/sources/{source_id}/hook",
    summary="Where a source is delivered to",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def hook_of(source_id: UUID, uow: Administrator, vault: VaultDep) -> HookAnswer:
    """Show the address to give to the network; whoever knows it may deliver."""
    return _address(await watching.get(uow, source_id), vault)


@router.post(
    "/sources/{source_id}/hook",
    summary="Make another address",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def renew_hook(
    source_id: UUID, uow: Administrator, vault: VaultDep
) -> HookAnswer:
    """Make another address; the one before it leads nowhere from now on."""
    source = await watching.get(uow, source_id)
    await hooks.renew_key(uow, source)
    return _address(source, vault)


@router.post(
    "/sources/{source_id}/secret",
    summary="Make another secret of a signed webhook",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
)
async def renew_secret(
    source_id: UUID, uow: Administrator, vault: VaultDep
) -> SecretAnswer:
    """Make another secret; the one before it stays good until the next time."""
    return SecretAnswer(secret=await webhooks.renew_secret(uow, vault, source_id))


def _address(source: Source, vault: VaultDep) -> HookAnswer:
    slug, key = hooks.slug_of(source), hooks.key_for(vault, source)
    return HookAnswer(path=f"/api/v1/ingest/hooks/{slug}/{key}")
