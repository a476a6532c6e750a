"""Turns a template and its ready values into a response: whole page or fragment."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.assets import Assets
from web.languages import Language
from web.links import outside
from web.visit import (
    LANGUAGE_COOKIE,
    NONCE_COOKIE,
    THEME_COOKIE,
    THEMES,
    Visit,
    parts_of,
    visit_of,
)

TEMPLATES = Path(__file__).parent / "templates"
_YEAR = 365 * 24 * 3600
SEE_OTHER = 303


def environment(
    language: Language, assets: Assets, url_for: object, stand_in: str | None = None
) -> Environment:
    """Make the template environment of one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(  # type: ignore[attr-defined]
        language.translations, newstyle=True
    )
    made.globals.update(asset=assets.url, url_for=url_for)
    made.filters["outside"] = outside(stand_in)
    return made


async def render(
    request: Request,
    page: str,
    fragment: str | None = None,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 -- whatever the template shows
) -> Response:
    """Answer with the page, or with its fragment when HTMX asks for one."""
    visit = await visit_of(request)
    template = fragment if visit.htmx.partial and fragment else page
    body = part(request, visit, template, **context)
    return remember(request, visit, HTMLResponse(body, status))


def part(
    request: Request,
    visit: Visit,
    template: str,
    **context: Any,  # noqa: ANN401 -- whatever the template shows
) -> str:
    """Render one template to text, for answers made of several fragments."""
    made = parts_of(request).environments[visit.language.code]
    return made.get_template(template).render(visit=visit, **context)


async def go(request: Request, target: str) -> Response:
    """Send the browser on after a success, with HTMX or without."""
    visit = await visit_of(request)
    if visit.htmx.partial:
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, SEE_OTHER)


def remember(request: Request, visit: Visit, response: Response) -> Response:
    """Set the guard cookie when it is new, and preferences chosen in the address."""
    if request.cookies.get(NONCE_COOKIE) != visit.nonce:
        set_cookie(request, response, NONCE_COOKIE, visit.nonce)
    asked = request.query_params
    if asked.get("lang") == visit.language.code:
        set_cookie(request, response, LANGUAGE_COOKIE, visit.language.code, age=_YEAR)
    if asked.get("theme") in THEMES:
        set_cookie(request, response, THEME_COOKIE, visit.theme, age=_YEAR)
    return response


def set_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    *,
    age: int | None = None,
) -> None:
    """Set a cookie no script can read and no other site can use."""
    response.set_cookie(
        name,
        value,
        max_age=age,
        httponly=True,
        samesite="lax",
        secure=parts_of(request).settings.secure,
    )
