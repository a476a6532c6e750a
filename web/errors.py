"""Failures, and the pages that say what happened, what was kept, what to do."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.logs import log
from web.clients import ApiError
from web.languages import N_
from web.links import is_local
from web.render import SEE_OTHER, render
from web.visit import SESSION_COOKIE, stranger, visit_of


class SignInNeeded(Exception):
    """The session is missing or over."""


class StaleForm(Exception):
    """A form came without its guard."""


class TooLarge(Exception):
    """A body is larger than the page takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"over {limit} bytes")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The texts of an error page, as msgids."""

    status: int
    icon: str
    title: str
    happened: str
    kept: str
    next_step: str


NOT_FOUND = ErrorPage(
    404,
    "search",
    N_("Page not found"),
    N_("The address is mistyped, or what it led to belongs to another region."),
    N_("Nothing was changed."),
    N_("Check the address, or find what you need from the queue or the archive."),
)
FORBIDDEN = ErrorPage(
    403,
    "lock",
    N_("Your role does not allow this"),
    N_("Your account has no right to see or do this."),
    N_("Nothing was changed."),
    N_("If your work needs it, ask the regional administrator for the role."),
)
STALE = ErrorPage(
    403,
    "refresh",
    N_("This form is out of date"),
    N_("The page was opened before the last sign-in, or in another window."),
    N_("What you typed was not saved; it is still in the form, one step back."),
    N_("Go back, copy your text, reload the page and send it again."),
)
LARGE = ErrorPage(
    413,
    "file-text",
    N_("The file is too large"),
    N_("The file is larger than this installation accepts."),
    N_("Nothing was imported."),
    N_("Split the file into parts, or send the posts through the API."),
)
UNREADABLE = ErrorPage(
    422,
    "alert-triangle",
    N_("We cannot read this address"),
    N_("One of the filters in the address has a value that makes no sense here."),
    N_("Nothing was changed."),
    N_("Open the page anew and choose the filters again."),
)
UNAVAILABLE = ErrorPage(
    503,
    "wifi-off",
    N_("A service does not answer"),
    N_("The page is here, but the service that holds its data is not reachable."),
    N_("Everything saved before is safe; posts are still being taken in."),
    N_("Try again in a minute. If it lasts, tell the administrator."),
)
BROKEN = ErrorPage(
    500,
    "alert-triangle",
    N_("Something went wrong on our side"),
    N_("The page could not be built. The error is in the log."),
    N_("Everything saved before is safe."),
    N_("Try again. If it repeats, tell the administrator the time it happened."),
)
ENDED = ErrorPage(
    401,
    "lock",
    N_("Your session has ended"),
    N_("You signed out elsewhere, or were away for too long."),
    N_("What you typed was not saved; copy it from below or from the form."),
    N_("Sign in again, then send it once more."),
)
# What people write by hand and would not want to write twice.
_KEPT_FIELDS = {
    "text": N_("Reply"),
    "remark": N_("Remark"),
    "name": N_("Name"),
    "url": N_("Address"),
    "title": N_("Title"),
    "note": N_("Note"),
    "reason": N_("Reason"),
    "proof": N_("Proof"),
    "link": N_("Link"),
    "query": N_("Query"),
    "purpose": N_("Purpose"),
}
_BY_STATUS = {page.status: page for page in (NOT_FOUND, FORBIDDEN, LARGE, UNREADABLE)}


async def on_sign_in_needed(request: Request, _error: Exception) -> Response:
    """Lead to sign-in and back."""
    visit = await visit_of(request)
    if request.method != "GET":
        return await show(request, ENDED)
    target = visit.here
    query = urlencode({"next": target}) if is_local(target) and target != "/" else ""
    address = f"/sign-in?{query}" if query else "/sign-in"
    if visit.htmx.partial:
        return Response(status_code=401, headers={"HX-Redirect": address})
    response = RedirectResponse(address, SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE)
    return response


async def on_api_error(request: Request, error: Exception) -> Response:
    """Show what a service said, when the page itself did not."""
    status = error.status if isinstance(error, ApiError) else 500
    if status == 401:  # noqa: PLR2004 -- the status of an ended session
        return await on_sign_in_needed(request, error)
    log.warning("page.service_refused", path=request.url.path, status=status)
    return await show(request, _BY_STATUS.get(status, UNAVAILABLE))


async def on_unavailable(request: Request, _error: Exception) -> Response:
    """Explain that not even the person can be recognised now."""
    stranger(request)
    return await show(request, UNAVAILABLE)


async def on_stale_form(request: Request, _error: Exception) -> Response:
    """Explain a form without its guard."""
    return await show(request, STALE)


async def on_too_large(request: Request, _error: Exception) -> Response:
    """Explain an oversized upload."""
    return await show(request, LARGE)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Explain an address that leads nowhere."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return await show(request, _BY_STATUS.get(status, NOT_FOUND))


async def on_unreadable(request: Request, _error: Exception) -> Response:
    """Explain a filter that makes no sense."""
    return await show(request, UNREADABLE)


async def on_crash(request: Request, error: Exception) -> Response:
    """Explain our own failure; the server logs it with its traceback."""
    log.error("page.crashed", path=request.url.path, error=type(error).__name__)
    stranger(request)
    return await show(request, BROKEN)


async def show(request: Request, page: ErrorPage) -> Response:
    """Render an error: a page with the texts it would have lost, or a message.

    With HTMX the message goes beside the page, so that a half-written form stays.
    """
    visit = await visit_of(request)
    response = await render(
        request,
        "errors/show.html",
        "errors/_toast.html",
        status=page.status,
        error=page,
        kept=_kept(request),
    )
    if visit.htmx.partial:
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    return response


def _kept(request: Request) -> dict[str, str]:
    entered: dict[str, str] = getattr(request.state, "entered", {})
    return {
        title: entered[name]
        for name, title in _KEPT_FIELDS.items()
        if entered.get(name)
    }
