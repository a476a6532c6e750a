"""The list of incidents and the page of one."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web import words
from web.deps import Member, MemberDep
from web.links import Query
from web.pages.asked import chips, query_of
from web.pages.steps import STEPS
from web.render import render
from web.shapes.triage import Incident
from web.views import incidents as views
from web.views.notices import Notice, done
from web.visit import parts_of

router = APIRouter()
FILTERS = (
    "status",
    "authority",
    "municipality",
    "topic",
    "overdue",
    "mine",
    "q",
    "from",
    "to",
    "sort",
)
SORTS = ("newest", "deadline")
_STATUSES = (
    "new",
    "assigned",
    "drafting",
    "awaiting_approval",
    "returned",
    "approved",
    "publishing",
    "published",
    "closed",
    "withdrawn",
)


@router.get("/incidents", name="incidents")
async def index(request: Request, member: MemberDep) -> Response:
    """List incidents; HTMX asks for more rows or for the whole list."""
    query = query_of(request, (*FILTERS, "cursor"), "/incidents")
    limit = parts_of(request).settings.page_size
    sort = query.params["sort"] if query.params["sort"] in SORTS else SORTS[0]
    page = await member.api.triage.incidents(
        {**query.params, "sort": sort, "limit": limit}
    )
    fragment = (
        "incidents/_rows.html"
        if member.htmx.target == "more"
        else "incidents/_list.html"
    )
    bare = query.but(cursor=None)
    return await render(
        request,
        "incidents/index.html",
        fragment,
        query=bare,
        sort=sort,
        views=_views(member, bare, page.counts),
        chips=await chips(member, bare, _titles(member)),
        reference=await member.reference(),
        rows=[
            views.incident_row(one, f"/incidents/{one.id}", member.show)
            for one in page.items
        ],
        more=query.but(cursor=page.next_cursor) if page.next_cursor else None,
    )


@router.get("/incidents/{incident_id}", name="incident")
async def show(incident_id: str, request: Request, member: MemberDep) -> Response:
    """Show one case."""
    incident = await member.api.triage.incident(incident_id)
    step = STEPS.get(request.query_params.get("done", ""))
    notice = done(member.language, step.done) if step else None
    return await render_incident(request, member, incident, notice=notice)


async def render_incident(
    request: Request,
    member: Member,
    incident: Incident,
    *,
    notice: Notice | None = None,
    entered: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Show a case, with the message and the input of the last action if any."""
    language = member.language
    return await render(
        request,
        "incidents/show.html",
        "incidents/_case.html",
        status=status,
        file=views.case_file(incident, f"/incidents/{incident.id}", member.show),
        reference=await member.reference(),
        outcomes=words.options(words.OUTCOMES, language),
        closing_reasons=words.options(words.CLOSING_REASONS, language),
        kinds=words.options(words.KINDS, language),
        mistakes=words.options(words.MISTAKES, language),
        notice=notice,
        entered=dict(entered or {}),
    )


def _views(
    member: Member, query: Query, counts: Mapping[str, int]
) -> list[tuple[words.Label, str, str, bool]]:
    say, number = member.language.say, member.show.number
    bare = query.but(status=None, overdue=None)
    current = query.params.get("status", "")
    overdue = bool(query.params.get("overdue"))
    total = sum(counts.get(name, 0) for name in _STATUSES)
    shown = [
        (
            words.Label(say("All")),
            number(total),
            bare.href,
            not current and not overdue,
        ),
        (
            words.Label(say("Overdue"), "clock-exclamation", "danger"),
            number(counts.get("overdue", 0)),
            bare.but(overdue="true").href,
            overdue,
        ),
    ]
    for name in _STATUSES:
        label = words.label(words.STATUSES, name, member.language) or words.Label(name)
        figure = number(counts.get(name, 0))
        shown.append((label, figure, bare.but(status=name).href, current == name))
    return shown


def _titles(member: Member) -> dict[str, str]:
    say = member.language.say
    return {
        "q": say("Search"),
        "authority": say("Authority"),
        "municipality": say("Municipality"),
        "topic": say("Topic"),
        "from": say("From"),
        "to": say("To"),
    }
