"""A page to be watched: found by its link, tested, added."""

from collections.abc import Awaitable
from typing import TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.clients import ApiError
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.render import SEE_OTHER, render
from web.shapes.watching import Recognised
from web.views import recognised
from web.views import watching as views
from web.views.notices import Notice, refused, taken
from web.views.source_settings import OptionField, fields, set_by

router = APIRouter()
ResultT = TypeVar("ResultT")

_FIELDS = ("link", "name", "municipality", "intake")
_MAX_CLIENT_ERROR, _CONFLICT = 499, 409
TAKEN = N_("There is a source of this page or with this name already")
_LONGEST = 2000


@router.get("/sources/new", name="source_new")
async def new(request: Request, member: MemberDep, link: str = "") -> Response:
    """Say what a pasted link leads to, before anything is added."""
    return await new_page(request, member, {"link": link.strip()[:_LONGEST]})


@router.post("/sources/new")
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Test the link, or watch what it leads to."""
    entered = texts(form)
    body: dict[str, object] = {name: entered.get(name) for name in _FIELDS}
    body["accept_notice"] = entered.get("accept_notice") == "yes"
    known = await _or_refusal(member, _known(member, entered))
    if isinstance(known, Notice):
        return await new_page(request, member, entered, notice=known, status=422)
    if chosen := set_by(known.options, entered):
        body["options"] = chosen
    if entered.get("action") == "test":
        outcome = await _or_refusal(member, member.api.watching.test_link(body))
        if isinstance(outcome, Notice):
            return await new_page(request, member, entered, notice=outcome, status=422)
        test = views.test_shown(outcome, member.show)
        proposed = recognised.proposed_name(outcome, known, member.show)
        entered = {**entered, "name": entered.get("name") or proposed}
        return await new_page(request, member, entered, test=test)
    made = await _or_refusal(member, member.api.watching.add(body))
    if isinstance(made, Notice):
        return await new_page(request, member, entered, notice=made, status=422)
    return RedirectResponse(f"/sources/{made.id}?done=add", SEE_OTHER)


async def new_page(
    request: Request,
    member: Member,
    entered: dict[str, str],
    *,
    notice: Notice | None = None,
    test: views.Test | None = None,
    status: int = 200,
) -> Response:
    """Ask for a link, or show what it leads to with what was entered."""
    found = None
    options: tuple[OptionField, ...] = ()
    if entered.get("link"):
        known = await _or_refusal(member, _known(member, entered))
        if isinstance(known, Notice):
            notice, status = notice or known, 422
        else:
            found = recognised.found(known, member.show)
            options = fields(known.options, entered, member.language)
    return await render(
        request,
        "sources/new.html",
        "sources/_new.html",
        status=status,
        entered=entered,
        found=found,
        options=options,
        test=test,
        notice=notice,
        reference=await member.reference(),
    )


def _known(member: Member, entered: dict[str, str]) -> Awaitable[Recognised]:
    return member.api.watching.recognise(entered.get("link", ""))


async def _or_refusal(member: Member, asked: Awaitable[ResultT]) -> ResultT | Notice:
    """Wait for an answer; what the person can mend becomes a notice."""
    try:
        return await asked
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        if error.status == _CONFLICT:
            return taken(member.language, TAKEN)
        said = recognised.link_refused(error, member.language)
        return said or refused(error, member.language)
