"""A watched page: found by its link, tested, added, looked after."""

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
from web.views import watching as views
from web.views.notices import Notice, done, refused

router = APIRouter()
ResultT = TypeVar("ResultT")

_FIELDS = ("link", "name", "municipality", "intake")
_MAX_CLIENT_ERROR = 499
_LONGEST = 2000
_DONE = {
    "add": N_("The source is being watched"),
    "pause": N_("The source is paused"),
    "resume": N_("The source is asked again"),
}


@router.get("/sources/new", name="source_new")
async def new(request: Request, member: MemberDep, link: str = "") -> Response:
    """Say what a pasted link leads to, before anything is added."""
    return await _new(request, member, {"link": link.strip()[:_LONGEST]})


@router.post("/sources/new")
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Test the link, or watch what it leads to."""
    entered = texts(form)
    body: dict[str, object] = {name: entered.get(name) for name in _FIELDS}
    body["accept_notice"] = entered.get("accept_notice") == "yes"
    if entered.get("action") == "test":
        outcome = await _or_refusal(member, member.api.watching.test_link(body))
        if isinstance(outcome, Notice):
            return await _new(request, member, entered, notice=outcome, status=422)
        test = views.test_shown(outcome, member.show)
        return await _new(request, member, entered, test=test)
    made = await _or_refusal(member, member.api.watching.add(body))
    if isinstance(made, Notice):
        return await _new(request, member, entered, notice=made, status=422)
    return RedirectResponse(f"/sources/{made.id}?done=add", SEE_OTHER)


async def _new(
    request: Request,
    member: Member,
    entered: dict[str, str],
    *,
    notice: Notice | None = None,
    test: views.Test | None = None,
    status: int = 200,
) -> Response:
    found = None
    if link := entered.get("link"):
        known = await _or_refusal(member, member.api.watching.recognise(link))
        if isinstance(known, Notice):
            notice, status = notice or known, 422
        else:
            found = views.found(known, member.show)
    return await render(
        request,
        "sources/new.html",
        "sources/_new.html",
        status=status,
        entered=entered,
        found=found,
        test=test,
        notice=notice,
        reference=await member.reference(),
    )


async def _or_refusal(member: Member, asked: Awaitable[ResultT]) -> ResultT | Notice:
    """Wait for an answer; what the person can mend becomes a notice."""
    try:
        return await asked
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        return refused(error, member.language)


@router.get("/sources/{source_id}", name="source")
async def show(request: Request, source_id: str, member: MemberDep) -> Response:
    """Show a source and how it goes."""
    what = _DONE.get(request.query_params.get("done", ""))
    notice = done(member.language, what) if what else None
    return await _show(request, member, source_id, notice)


@router.post("/sources/{source_id}")
async def act(
    request: Request, source_id: str, member: MemberDep, form: FormDep
) -> Response:
    """Test, pause or resume a source."""
    action = texts(form).get("action", "")
    if action == "test":
        tested = await member.api.watching.test(source_id)
        test = views.test_shown(tested, member.show)
        return await _show(request, member, source_id, None, test)
    if action in {"pause", "resume"}:
        await member.api.watching.step(source_id, action)
    return RedirectResponse(f"/sources/{source_id}?done={action}", SEE_OTHER)


async def _show(
    request: Request,
    member: Member,
    source_id: str,
    notice: Notice | None,
    test: views.Test | None = None,
) -> Response:
    source = await member.api.watching.one(source_id)
    figures = (await member.api.watching.figures(source_id)).items
    return await render(
        request,
        "sources/show.html",
        "sources/_source.html",
        source=views.source_page(source, member.show),
        figures=[views.figure_row(each, member.show) for each in figures],
        notice=notice,
        test=test,
    )
