"""The watched sources: a table and a form to add one."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.pages.sending import Refusal, sent
from web.render import SEE_OTHER, render
from web.views import sources as views
from web.views.notices import Notice, done

router = APIRouter()
_FIELDS = ("name", "kind", "url", "municipality", "intake")
_NEEDED = {
    "name": N_("Give the source a name."),
    "url": N_("Paste the feed's address."),
}


@router.get("/sources", name="sources")
async def index(request: Request, member: MemberDep) -> Response:
    """List the sources."""
    added = request.query_params.get("done") == "add"
    notice = done(member.language, N_("The source is being watched")) if added else None
    return await _page(request, member, notice)


@router.post("/sources")
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Watch another feed."""
    entered = texts(form)
    body = {key: entered.get(key) for key in _FIELDS}
    added = await sent(
        member, entered, _NEEDED, lambda: member.api.ingest.add_source(body)
    )
    if isinstance(added, Refusal):
        return await _page(request, member, added.notice, entered, added.status)
    return RedirectResponse("/sources?done=add", SEE_OTHER)


async def _page(
    request: Request,
    member: Member,
    notice: Notice | None,
    entered: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    return await render(
        request,
        "sources/index.html",
        "sources/_rows.html",
        status=status,
        rows=[
            views.source_row(one, member.show)
            for one in await member.api.ingest.sources()
        ],
        reference=await member.reference(),
        notice=notice,
        entered=entered or {},
    )
