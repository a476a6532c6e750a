"""Composition root of the pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from shared.errors import Unavailable
from web import errors
from web.assets import Assets
from web.clients import ApiError
from web.deps import check_guard
from web.headers import SecurityHeaders
from web.identity import Identity
from web.languages import load_all
from web.pages import (
    approvals,
    archive,
    arrivals,
    auth,
    credentials,
    decisions,
    docs,
    imports,
    incidents,
    official,
    queue,
    report,
    rules,
    source,
    sources,
    transitions,
    trials,
    watching,
)
from web.reference import ReferenceCache
from web.render import environment
from web.settings import Settings
from web.visit import Parts, parts_of, utc_now

_PAGES = (
    auth,
    queue,
    arrivals,
    decisions,
    approvals,
    incidents,
    transitions,
    archive,
    report,
    imports,
    sources,
    trials,
    watching,
    source,
    credentials,
    official,
    rules,
    docs,
)


class Pages(FastAPI):
    """FastAPI whose every answer is dressed, the page of a crash included.

    Ordinary middleware stands inside the layer that answers for crashes.
    """

    def __init__(self, *, secure: bool, **options: Any) -> None:  # noqa: ANN401 -- FastAPI takes them
        super().__init__(**options)
        self.secure = secure

    def build_middleware_stack(self) -> ASGIApp:
        """Put the security headers outside of everything."""
        return SecurityHeaders(super().build_middleware_stack(), secure=self.secure)


def create_app(
    settings: Settings,
    *,
    http_client: httpx.AsyncClient,
    identity: Identity,
    now: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """Put the pages together; `http_client` reaches the services' `/api/v1`."""
    app = Pages(
        secure=settings.secure,
        title="Otklik pages",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(check_guard)],
    )
    languages, assets = load_all(), Assets.load()
    app.state.parts = Parts(
        settings=settings,
        http=http_client,
        identity=identity,
        languages=languages,
        assets=assets,
        environments={
            code: environment(language, assets, app.url_path_for, settings.stand_in)
            for code, language in languages.items()
        },
        reference=ReferenceCache(now),
        now=now,
    )
    _add_error_pages(app)
    app.add_api_route("/static/{digest}/{name:path}", static, name="static")
    app.add_api_route("/healthz", healthz, name="healthz")
    for page in _PAGES:
        app.include_router(page.router)
    return app


def _add_error_pages(app: FastAPI) -> None:
    handlers = (
        (errors.SignInNeeded, errors.on_sign_in_needed),
        (errors.StaleForm, errors.on_stale_form),
        (errors.TooLarge, errors.on_too_large),
        (ApiError, errors.on_api_error),
        (Unavailable, errors.on_unavailable),
        (HTTPException, errors.on_http_error),
        (RequestValidationError, errors.on_unreadable),
        (Exception, errors.on_crash),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


async def static(request: Request, digest: str, name: str) -> Response:
    """Serve a vendored or own static file."""
    answer = parts_of(request).assets.answer(request, digest, name)
    if answer is None:
        raise HTTPException(404)
    return answer


async def healthz() -> Response:
    """Tell that the pages run; services have their own probes."""
    return JSONResponse({"status": "ok"})
