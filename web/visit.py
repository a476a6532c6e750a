"""One request as the pages see it: who, in which language, when, page or fragment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from jinja2 import Environment
from starlette.requests import Request

from web import guard
from web.assets import Assets
from web.formats import Formats
from web.identity import Identity, SessionToken, SignedIn
from web.languages import DEFAULT, Language
from web.reference import ReferenceCache
from web.settings import Settings

SESSION_COOKIE = "otklik_session"
NONCE_COOKIE = "otklik_guard"
LANGUAGE_COOKIE = "otklik_lang"
THEME_COOKIE = "otklik_theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Parts:
    """What `create_app` put together once for all requests."""

    settings: Settings
    http: httpx.AsyncClient
    identity: Identity
    languages: dict[str, Language]
    assets: Assets
    environments: dict[str, Environment]
    reference: ReferenceCache
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Htmx:
    """Whether a part of a page is asked for, and for which element."""

    partial: bool
    target: str


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything a template may need to know about the request."""

    user: SignedIn | None
    token: SessionToken | None
    language: Language
    theme: str
    show: Formats
    htmx: Htmx
    nonce: str
    guard: str
    here: str


def parts_of(request: Request) -> Parts:
    """Reach what `create_app` put together."""
    return cast("Parts", request.app.state.parts)


async def visit_of(request: Request) -> Visit:
    """Read a request once; error pages see the same visit as the page did."""
    known = getattr(request.state, "visit", None)
    if known is None:
        known = request.state.visit = await _read(request)
    return cast("Visit", known)


async def _read(request: Request) -> Visit:
    raw = request.cookies.get(SESSION_COOKIE)
    token = SessionToken(raw) if raw else None
    user = await parts_of(request).identity.who(token) if token else None
    return _visit(request, token, user)


def stranger(request: Request) -> Visit:
    """See a request without asking who it is, when even that has failed."""
    known = getattr(request.state, "visit", None)
    request.state.visit = known or _visit(request, None, None)
    return cast("Visit", request.state.visit)


def _visit(
    request: Request, token: SessionToken | None, user: SignedIn | None
) -> Visit:
    parts = parts_of(request)
    language = parts.languages[
        chosen(request, "lang", LANGUAGE_COOKIE, parts.languages)
    ]
    nonce = request.cookies.get(NONCE_COOKIE) or guard.new_nonce()
    return Visit(
        user=user,
        token=token if user else None,
        language=language,
        theme=chosen(request, "theme", THEME_COOKIE, THEMES),
        show=Formats(language, _zone(user), parts.now()),
        htmx=_htmx(request),
        nonce=nonce,
        guard=guard.sign(parts.settings.secret, nonce, token if user else None),
        here=_here(request),
    )


def chosen(
    request: Request,
    param: str,
    cookie: str,
    allowed: dict[str, Language] | tuple[str, ...],
) -> str:
    """Read a preference from the address, else the cookie, else the default."""
    for value in (request.query_params.get(param), request.cookies.get(cookie)):
        if value is not None and value in allowed:
            return value
    return DEFAULT if cookie == LANGUAGE_COOKIE else THEMES[0]


def _htmx(request: Request) -> Htmx:
    headers = request.headers
    restores = headers.get("HX-History-Restore-Request") == "true"
    partial = headers.get("HX-Request") == "true" and not restores
    return Htmx(partial, headers.get("HX-Target", "") if partial else "")


def _here(request: Request) -> str:
    rest: list[tuple[str, str | int | float | bool | None]] = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in {"lang", "theme"}
    ]
    query = str(httpx.QueryParams(rest))
    return f"{request.url.path}?{query}" if query else request.url.path


def _zone(user: SignedIn | None) -> ZoneInfo:
    try:
        return ZoneInfo(user.zone if user else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def utc_now() -> datetime:
    """Tell the time; tests pass their own."""
    return datetime.now(UTC)
