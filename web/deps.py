"""What routes ask for: the signed-in person with their API, and a guarded form."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request

from web import guard
from web.clients import Api
from web.errors import SignInNeeded, StaleForm, TooLarge
from web.formats import Formats
from web.identity import SignedIn
from web.languages import Language
from web.reference import Reference
from web.visit import Htmx, parts_of, visit_of

# Room for the other fields of an upload form.
_FORM_OVERHEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in person at work: who, what they may ask, how they read."""

    user: SignedIn
    api: Api
    language: Language
    show: Formats
    htmx: Htmx
    here: str
    request: Request

    async def reference(self) -> Reference:
        """The lists of the person's region, in their language."""
        cache = parts_of(self.request).reference
        found = await cache.of(self.user.region_code, self.api.triage)
        return found.said_in(self.language.code)


async def member(request: Request) -> Member:
    """Require a live session; the error page of 401 leads to sign-in and back."""
    visit = await visit_of(request)
    if visit.user is None or visit.token is None:
        raise SignInNeeded
    return Member(
        user=visit.user,
        api=Api.for_person(parts_of(request).http, visit.token),
        language=visit.language,
        show=visit.show,
        htmx=visit.htmx,
        here=visit.here,
        request=request,
    )


async def check_guard(request: Request) -> AsyncIterator[None]:
    """Refuse any change that did not come from a form of ours."""
    if request.method in guard.SAFE_METHODS:
        yield
        return
    try:
        await _check(request)
        yield
    finally:
        await request.close()


async def _check(request: Request) -> None:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise StaleForm
    length = request.headers.get("Content-Length", "")
    limit = parts_of(request).settings.upload_limit
    if not length.isdigit() or int(length) > limit + _FORM_OVERHEAD:
        raise TooLarge(limit)
    visit = await visit_of(request)
    form = await request.form()
    request.state.entered = {
        name: value for name, value in form.items() if isinstance(value, str)
    }
    sent = request.headers.get(guard.HEADER) or form.get(guard.FIELD)
    if not guard.holds(visit.guard, sent):
        raise StaleForm


async def form_of(request: Request) -> FormData:
    """Hand over the form; the guard has already read and checked it."""
    return await request.form()


MemberDep = Annotated[Member, Depends(member)]
FormDep = Annotated[FormData, Depends(form_of)]
