"""Replies waiting for approval: the draft beside the post, two buttons."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.deps import MemberDep
from web.pages import desk
from web.pages.asked import query_of
from web.pages.steps import STEPS
from web.render import render
from web.views import incidents as views
from web.views.notices import done
from web.visit import parts_of

router = APIRouter()


@router.get("/approvals", name="approvals")
async def show(request: Request, member: MemberDep) -> Response:
    """List the waiting replies; the first, or the picked one, is open for reading."""
    query = query_of(request, ("case", "cursor"), "/approvals")
    picked = query.params["case"]
    rows, more = [], None
    if member.htmx.target != "case":
        page = await member.api.triage.incidents(
            {
                "status": "awaiting_approval",
                "cursor": query.params["cursor"],
                "limit": parts_of(request).settings.page_size,
            }
        )
        rows = [
            views.incident_row(
                one, query.but(case=one.id, cursor=None).href, member.show
            )
            for one in page.items
        ]
        more = (
            query.but(cursor=page.next_cursor, case=None) if page.next_cursor else None
        )
        picked = picked or (rows[0].id if rows else "")
    incident = await member.api.triage.incident(picked) if picked else None
    step = STEPS.get(request.query_params.get("done", ""))
    fragment = (
        "approvals/_case.html"
        if member.htmx.target == "case"
        else "approvals/_desk.html"
    )
    return await render(
        request,
        "approvals/index.html",
        fragment,
        tabs=()
        if member.htmx.target == "case"
        else desk.tabs(member, "approval", *await desk.counts(member)),
        rows=rows,
        more=more,
        picked=picked,
        is_picked=bool(query.params["case"]),
        file=(
            views.case_file(incident, f"/incidents/{incident.id}", member.show)
            if incident
            else None
        ),
        notice=done(member.language, step.done) if step else None,
        entered={},
    )
