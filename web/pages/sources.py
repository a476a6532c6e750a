"""The watched sources: their list, and the adding of systems that deliver."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.deps import FormDep, MemberDep
from web.languages import N_
from web.pages import source
from web.pages.asked import query_of, texts
from web.pages.sending import Refusal, sent
from web.pages.watching import TAKEN, new_page
from web.render import render
from web.views import sources as views
from web.views.notices import done

router = APIRouter()
_FIELDS = ("name", "kind", "municipality", "intake")
_NEEDED = {"name": N_("Give the source a name.")}


@router.get("/sources", name="sources")
async def index(request: Request, member: MemberDep) -> Response:
    """List the sources, the worst first, all or those asked for."""
    asked = query_of(request, ("state", "network"))
    every = await member.api.watching.all()
    return await render(
        request,
        "sources/index.html",
        "sources/_rows.html",
        rows=[
            views.source_row(each, member.show) for each in views.chosen(every, asked)
        ],
        states=views.state_tabs(every, asked, member.show),
        networks=views.network_tabs(every, asked, member.show),
        has_any=bool(every),
    )


@router.post("/sources")
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Let another system deliver; the secret it signs with is shown this once."""
    entered = texts(form)
    body = {key: entered.get(key) for key in _FIELDS}
    made = await sent(
        member, entered, _NEEDED, lambda: member.api.watching.add(body), TAKEN
    )
    if isinstance(made, Refusal):
        return await new_page(
            request, member, entered, notice=made.notice, status=made.status
        )
    notice = done(member.language, N_("The source is being watched"))
    told = source.Told(notice, secret=made.secret, status=201)
    return await source.page(request, member, str(made.id), told)
