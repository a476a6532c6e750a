"""What everybody may read, and the answers that officials publish."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from infra.sandbox import feeds
from infra.sandbox.faults import BrokenResponse, Fault, Mode, Route
from infra.sandbox.network import Network

_Filled = StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)
_Mark = StringConstraints(min_length=1, max_length=200)

Authorization = Annotated[str | None, Header()]


class ReplyIn(BaseModel):
    """An official answer; the same `guid` under a post is published once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, _Filled]
    guid: Annotated[str, _Mark]


class ReplyOut(BaseModel):
    """Where the answer stands."""

    id: str
    link: str


class OldReply(ReplyOut):
    """An answer as everybody may read it."""

    text: str
    published_at: datetime


class ThreadOut(BaseModel):
    """What an official page must know of a post before it answers."""

    edited_at: datetime | None
    replies: list[OldReply]


def routes(network: Network) -> APIRouter:
    """Feeds and replies."""
    router = APIRouter()
    _feeds(router, network)
    _replies(router, network)
    return router


def _feeds(router: APIRouter, network: Network) -> None:
    @router.api_route("/feeds/{page}.xml", methods=["GET", "HEAD"])
    async def feed(request: Request, page: str) -> Response:
        found = network.page(page)
        fault = network.faults.take(Route.FEEDS)
        if refusal := await _struck(fault):
            return refusal
        now = network.clock()
        answer = feeds.render(
            found,
            network.world.recent(found, now, feeds.ENTRIES),
            base_url=_base_url(request),
            start=network.world.start,
        )
        asked = request.headers
        if answer.is_known(asked.get("if-none-match"), asked.get("if-modified-since")):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=answer.headers)
        if fault and fault.mode is Mode.LOSE:
            return BrokenResponse()
        return Response(answer.body, headers=answer.headers)


def _replies(router: APIRouter, network: Network) -> None:
    @router.get("/pages/{page}/posts/{post_id}/replies")
    async def thread(request: Request, page: str, post_id: str) -> ThreadOut:
        post = network.post(network.page(page), post_id)
        return ThreadOut(
            edited_at=post.edited_at,
            replies=[
                OldReply(
                    id=one.id,
                    link=_link(request, page, post_id, one.id),
                    text=one.text,
                    published_at=one.published_at,
                )
                for one in network.replies.under(page, post.id)
            ],
        )

    async def authorized(authorization: Authorization = None) -> None:
        network.check_token(authorization)

    @router.post(
        "/pages/{page}/posts/{post_id}/replies",
        dependencies=[Depends(authorized)],
        response_model=ReplyOut,
    )
    async def reply(
        request: Request, page: str, post_id: str, body: ReplyIn
    ) -> Response:
        found = network.page(page)
        post = network.post(found, post_id)
        fault = network.faults.take(Route.REPLIES)
        if refusal := await _struck(fault):
            return refusal
        made, is_new = network.replies.publish(
            page, post.id, guid=body.guid, text=body.text, now=network.clock()
        )
        if fault and fault.mode is Mode.LOSE:
            return BrokenResponse()
        link = _link(request, page, post.id, made.id)
        return JSONResponse(
            ReplyOut(id=made.id, link=link).model_dump(),
            HTTPStatus.CREATED if is_new else HTTPStatus.OK,
        )


async def _struck(fault: Fault | None) -> Response | None:
    """Refuse or wait, as the fault says."""
    if fault is None or fault.mode is Mode.LOSE:
        return None
    if fault.mode is Mode.SLOW:
        await asyncio.sleep(fault.seconds)
        return None
    wait = fault.retry_after
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return JSONResponse(
        {"title": "Planned fault", "status": fault.status},
        fault.status,
        headers,
        media_type="application/problem+json",
    )


def _link(request: Request, page: str, post_id: str, reply_id: str) -> str:
    return f"{_base_url(request)}/pages/{page}/posts/{post_id}#reply-{reply_id}"


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")
