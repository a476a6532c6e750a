"""The queue: candidates on the left, the one being decided on the right."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web import words
from web.clients.base import Params
from web.deps import Member, MemberDep
from web.links import Query
from web.pages import desk
from web.pages.asked import chips, query_of
from web.render import render
from web.shapes.triage import CandidatePage
from web.views import candidates as views
from web.views.notices import Notice, done
from web.visit import parts_of

router = APIRouter()
FILTERS = ("view", "network", "topic", "municipality", "q", "sort")
VIEWS = ("new", "urgent", "overdue")
SORTS = ("urgent", "newest")


@router.get("/queue", name="queue")
async def show(request: Request, member: MemberDep) -> Response:
    """Show the queue; HTMX asks for one case, for more rows or for the whole desk."""
    query = query_of(request, (*FILTERS, "cursor", "case"), "/queue")
    if member.htmx.target == "case":
        return await render_case(request, member, query)
    if member.htmx.target == "more":
        page = await member.api.triage.candidates(api_params(request, query))
        return await render(
            request, "queue/_rows.html", picked="", **_list(member, query, page)
        )
    context = await _context(request, member, query)
    return await render(request, "queue/index.html", "queue/_desk.html", **context)


async def render_case(
    request: Request,
    member: Member,
    query: Query,
    *,
    notice: Notice | None = None,
    entered: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Show one case alone, or inside the whole queue when HTMX is not there."""
    if not member.htmx.partial:
        context = await _context(request, member, query, notice=notice, entered=entered)
        return await render(request, "queue/index.html", status=status, **context)
    context = await case_context(member, query, query.params["case"], entered)
    return await render(
        request,
        "queue/_case.html",
        status=status,
        query=query,
        notice=notice,
        next_id="",
        **context,
    )


async def case_context(
    member: Member, query: Query, case_id: str, entered: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Load one candidate with everything its form needs."""
    candidate, reference = await asyncio.gather(
        member.api.triage.candidate(case_id), member.reference()
    )
    case = views.case(candidate, member.show)
    suggested = {
        "topic": case.topic.code,
        "municipality": case.municipality.code,
        "authority": case.authority.code,
        "incident_id": case.similar[0].id if case.similar else "",
    }
    return {
        "case": case,
        "reference": reference,
        "tones": words.options(words.TONES, member.language)[:-1],
        "entered": {**suggested, **(entered or {})},
        "back": query.but(case=None, cursor=None),
    }


def api_params(request: Request, query: Query) -> Params:
    """Say in the API's words which candidates a view shows."""
    asked = query.params
    view = asked.get("view") if asked.get("view") in VIEWS else "new"
    return {
        "status": "new",
        "urgency": "high" if view == "urgent" else None,
        "overdue": "true" if view == "overdue" else None,
        "network": asked.get("network"),
        "topic": asked.get("topic"),
        "municipality": asked.get("municipality"),
        "q": asked.get("q"),
        "sort": asked.get("sort") if asked.get("sort") in SORTS else SORTS[0],
        "cursor": asked.get("cursor"),
        "limit": parts_of(request).settings.page_size,
    }


async def _context(
    request: Request,
    member: Member,
    query: Query,
    *,
    notice: Notice | None = None,
    entered: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Load the whole desk; what does not depend on each other is asked at once."""
    picked = query.params["case"]
    page, waiting, reference, case = await asyncio.gather(
        member.api.triage.candidates(api_params(request, query)),
        desk.awaiting_approval(member),
        member.reference(),
        _case(member, query, picked, entered),
    )
    ids = [candidate.id for candidate in page.items]
    if not picked and ids:
        picked = ids[0]
        case = await case_context(member, query, picked, entered)
    view = query.params["view"] if query.params["view"] in VIEWS else "new"
    bare = query.but(case=None, cursor=None)
    return {
        "tabs": desk.tabs(member, view, page.counts, waiting),
        "view": view,
        "sort": query.params["sort"] if query.params["sort"] in SORTS else SORTS[0],
        "chips": await chips(member, bare, _titles(member)),
        "networks": words.options(words.NETWORKS, member.language),
        "picked": picked,
        "is_picked": bool(query.params["case"]),
        "next_id": following(ids, picked),
        "notice": notice or _done(request, member),
        "since": member.show.now.isoformat(),
        "poll": parts_of(request).settings.poll_seconds,
        "reference": reference,
        **_list(member, query, page),
        **case,
    }


async def _case(
    member: Member, query: Query, picked: str, entered: Mapping[str, str] | None
) -> dict[str, Any]:
    if not picked:
        return {"case": None}
    return await case_context(member, query, picked, entered)


def _list(member: Member, query: Query, page: CandidatePage) -> dict[str, Any]:
    bare = query.but(case=None, cursor=None)
    return {
        "query": bare,
        "rows": [
            views.row(one, bare.but(case=one.id).href, member.show)
            for one in page.items
        ],
        "more": bare.but(cursor=page.next_cursor) if page.next_cursor else None,
    }


def following(ids: list[str], picked: str) -> str:
    """Find the candidate below the picked one; after the last comes the first."""
    rest = [one for one in ids if one != picked]
    if picked not in ids:
        return rest[0] if rest else ""
    below = ids[ids.index(picked) + 1 :]
    return (below or rest or [""])[0]


def _titles(member: Member) -> dict[str, str]:
    say = member.language.say
    return {
        "q": say("Search"),
        "network": say("Network"),
        "topic": say("Topic"),
        "municipality": say("Municipality"),
    }


def _done(request: Request, member: Member) -> Notice | None:
    word = words.DECISIONS.get(request.query_params.get("done", ""))
    if word is None:
        return None
    number = request.query_params.get("number", "")
    notice = done(member.language, word.name)
    if not number.isdigit():
        return notice
    return Notice(notice.hue, notice.icon, f"{notice.title}: №{number}")
