"""What every HTTP app has alike: errors as problem+json, request ids, probes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import errors
from shared.ids import new_id
from shared.logs import log

STATUS: dict[type[errors.OtklikError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NamedPersonRequired: HTTPStatus.FORBIDDEN,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UnsupportedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
}

_UNSTORABLE = {"22021", "22P05"}
"""What PostgreSQL says of a NUL: in a text, and as an escape in JSON."""

BODY_PATIENCE: Final = 120.0
"""Seconds: the largest file there may be comes in time at 4 Mbit/s."""

_TOO_SLOW: Final = "The body did not come within {:.0f} s."

Check = Callable[[], Awaitable[None]]


def problem(
    status: HTTPStatus, slug: str, detail: str, **extra: object
) -> JSONResponse:
    """Build an RFC 9457 answer; `slug` is stable, `detail` is for people."""
    body = {
        "type": f"urn:otklik:problem:{slug}",
        "title": slug.replace("-", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        **extra,
    }
    return JSONResponse(
        body, status_code=int(status), media_type="application/problem+json"
    )


def install(app: FastAPI, *, checks: dict[str, Check]) -> None:
    """Give an app the common error answers, request ids and probes."""
    app.add_exception_handler(errors.OtklikError, _expected)
    app.add_exception_handler(RequestValidationError, _shape)
    app.add_exception_handler(HTTPException, _http)
    for kind in (OperationalError, InterfaceError, PoolTimeout, ConnectionError):
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(UnicodeEncodeError, _encoding)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(PromptBody)
    app.add_middleware(RequestId)
    _probes(app, checks)


def _probes(app: FastAPI, checks: dict[str, Check]) -> None:
    @app.get("/healthz", tags=["probes"], summary="Is the process alive?")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", tags=["probes"], summary="Do its parts answer?")
    async def readyz(response: Response) -> dict[str, Any]:
        parts = {name: await _outcome(check) for name, check in checks.items()}
        ready = all(answer == "ok" for answer in parts.values())
        if not ready:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return {"status": "ok" if ready else "not ready", "parts": parts}


async def _outcome(check: Check) -> str:
    try:
        await check()
    except Exception as error:  # noqa: BLE001 -- a probe reports whatever is wrong
        return f"{type(error).__name__}: {error}"[:300]
    return "ok"


async def _expected(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.OtklikError):
        raise error
    status = STATUS[type(error)]
    extra: dict[str, object] = {}
    if isinstance(error, errors.Invalid) and error.fields:
        extra["errors"] = [
            {name: value for name, value in asdict(field).items() if value is not None}
            for field in error.fields
        ]
    if isinstance(error, errors.Conflict) and error.allowed:
        extra["allowed"] = list(error.allowed)
    answer = problem(status, error.slug, error.message, **extra)
    if isinstance(error, errors.TooManyRequests):
        answer.headers["Retry-After"] = str(error.retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="otklik"'
    log.info("request.refused", path=request.url.path, slug=error.slug)
    return answer


async def _shape(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        {
            "field": ".".join(str(part) for part in item["loc"] if part != "body"),
            "message": item["msg"],
        }
        for item in error.errors()
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        "The request does not have the documented shape.",
        errors=fields,
    )


async def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    slug = status.phrase.lower().replace(" ", "-")
    answer = problem(status, slug, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _unavailable(request: Request, error: Exception) -> Response:
    log.error("request.unavailable", path=request.url.path, error=str(error)[:300])
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "A part we depend on does not answer; nothing was changed. Try again.",
    )


async def _unstorable(request: Request) -> Response:
    """Refuse text no database can keep, in whatever field it came.

    JSON may spell a NUL or half a surrogate pair; both end up here.
    """
    log.info("request.refused", path=request.url.path, slug="invalid")
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        "A text contains a NUL character or a lone surrogate.",
    )


async def _encoding(request: Request, error: Exception) -> Response:
    if isinstance(error, UnicodeEncodeError) and "surrogates" in error.reason:
        return await _unstorable(request)
    return await _unexpected(request, error)


async def _database(request: Request, error: Exception) -> Response:
    if getattr(getattr(error, "orig", None), "sqlstate", None) in _UNSTORABLE:
        return await _unstorable(request)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return await _unavailable(request, error)
    return await _unexpected(request, error)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request.failed", path=request.url.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong on our side; nothing was changed.",
    )


class PromptBody:
    """Give a body BODY_PATIENCE seconds to come whole: one that drips is let go.

    Nobody may keep a connection, and what the request holds, busy for ever.
    """

    def __init__(self, app: ASGIApp, patience: float = BODY_PATIENCE) -> None:
        self.app = app
        self.patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request; the time begins when the app begins to read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        end: float | None = None
        is_whole = False

        async def receive_in_time() -> Message:
            nonlocal end, is_whole
            if is_whole:
                return await receive()
            now = asyncio.get_running_loop().time()
            end = now + self.patience if end is None else end
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError:
                raise errors.TooSlow(_TOO_SLOW.format(self.patience)) from None
            is_whole = not message.get("more_body", False)
            return message

        await self.app(scope, receive_in_time, send)


class RequestId:
    """Bind one id to all log lines of a request and answer it to the caller."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(new_id())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).append(
                    (b"x-request-id", request_id.encode())
                )
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, send_with_id)
