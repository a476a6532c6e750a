"""Search in the archive: one box, facets, highlights, more on demand."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import Member, MemberDep
from web.links import outside
from web.pages.asked import chips, query_of
from web.render import render
from web.views import archive as views
from web.visit import parts_of

router = APIRouter()
FILTERS = ("q", "from", "to", "network", "topic", "status", "municipality")


@router.get("/archive", name="archive")
async def index(request: Request, member: MemberDep) -> Response:
    """Search; HTMX asks for more results or for all of them anew."""
    query = query_of(request, (*FILTERS, "cursor"), "/archive")
    limit = parts_of(request).settings.page_size
    page, reference = await asyncio.gather(
        member.api.ingest.search({**query.params, "limit": limit}), member.reference()
    )
    bare = query.but(cursor=None)
    fragment = (
        "archive/_rows.html"
        if member.htmx.target == "more"
        else "archive/_results.html"
    )
    return await render(
        request,
        "archive/index.html",
        fragment,
        query=bare,
        total=page.estimated_total,
        total_text=member.show.number(page.estimated_total),
        corrections=page.corrections,
        rows=[views.found(post, reference, member.show) for post in page.items],
        facets=views.facets(page.facets, bare, reference, member.show),
        chips=await chips(member, bare, _titles(member)),
        more=query.but(cursor=page.next_cursor) if page.next_cursor else None,
    )


@router.get("/posts/{post_id}/address", name="post-address")
async def address(request: Request, post_id: str, member: MemberDep) -> Response:
    """Lead to a post whose address no list shows; that it was opened is logged."""
    opened = await member.api.ingest.address(post_id)
    leads_to = outside(parts_of(request).settings.stand_in)
    return RedirectResponse(leads_to(opened.url), 303)


def _titles(member: Member) -> dict[str, str]:
    say = member.language.say
    return {
        "q": say("Search"),
        "from": say("From"),
        "to": say("To"),
        "status": say("State"),
        "network": say("Network"),
        "topic": say("Topic"),
        "municipality": say("Municipality"),
    }
