"""What came while the queue was being looked at; the page asks every few seconds."""

from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import Member, MemberDep
from web.pages.asked import query_of
from web.pages.queue import FILTERS, api_params
from web.render import SEE_OTHER, render
from web.visit import parts_of

router = APIRouter()


@router.get("/queue/arrivals", name="arrivals")
async def show(request: Request, member: MemberDep) -> Response:
    """Tell how many came since the list was drawn; 204 when none more did."""
    query = query_of(request, FILTERS, "/queue")
    if not member.htmx.partial:
        return RedirectResponse(query.href, SEE_OTHER)
    since, seen = _since(request, member), request.query_params.get("seen", "0")
    params = {**api_params(request, query), "sort": "newest"}
    page = await member.api.triage.candidates(params)
    fresh = sum(1 for one in page.items if one.received_at > since)
    if str(fresh) == seen:
        return Response(status_code=204)
    return await render(
        request,
        "queue/_arrivals.html",
        fresh=fresh,
        is_more=fresh == len(page.items) and page.next_cursor is not None,
        since=since.isoformat(),
        query=query,
        poll=parts_of(request).settings.poll_seconds,
    )


def _since(request: Request, member: Member) -> datetime:
    try:
        since = datetime.fromisoformat(request.query_params.get("since", ""))
    except ValueError:
        return member.show.now
    return since if since.tzinfo else member.show.now
