"""The decision on a candidate; the next one appears at once."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web import words
from web.clients import ApiError
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.links import Query
from web.pages import desk
from web.pages.asked import texts
from web.pages.queue import FILTERS, api_params, case_context, following, render_case
from web.render import SEE_OTHER, part, remember
from web.shapes.triage import Decided
from web.views.notices import Notice, incomplete, refused
from web.visit import visit_of

router = APIRouter()
_SENT = ("topic", "municipality", "authority", "title", "note")
_MAX_CLIENT_ERROR = 499
_NEEDED = {
    "open": {"topic": N_("Choose a topic.")},
    "join": {"incident_id": N_("Choose the incident to join.")},
    "not_complaint": {},
    "noise": {},
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A recorded decision and where to go on."""

    decided: Decided
    query: Query
    next_id: str


@router.post("/queue/{candidate_id}/decision", name="decide")
async def decide(
    candidate_id: str, request: Request, member: MemberDep, form: FormDep
) -> Response:
    """Record the decision, then show the next candidate."""
    entered = texts(form)
    query = _query(entered, candidate_id)
    decision = entered.get("decision", "")
    needed = _NEEDED.get(decision, {"decision": N_("Choose a decision.")})
    lacking = {name: text for name, text in needed.items() if not entered.get(name)}
    if lacking:
        notice = incomplete(member.language, lacking)
        return await render_case(
            request, member, query, notice=notice, entered=entered, status=422
        )
    try:
        decided = await member.api.triage.decide(
            candidate_id, body(decision, entered), version_of(entered)
        )
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        notice = refused(error, member.language)
        return await render_case(
            request, member, query, notice=notice, entered=entered, status=error.status
        )
    return await _go_on(
        request, member, Outcome(decided, query, entered.get("next", ""))
    )


def body(decision: str, entered: dict[str, str]) -> dict[str, object]:
    """Say a decision in the API's words; a form's leftovers stay out of it."""
    sent: dict[str, object] = {"decision": decision, "note": entered.get("note")}
    if decision == "open":
        sent |= {name: entered.get(name) for name in _SENT}
    if decision == "join":
        sent["incident_id"] = entered.get("incident_id")
    if decision == "not_complaint":
        sent["tone"] = entered.get("tone")
    return sent


def version_of(entered: dict[str, str]) -> int | None:
    """Read the version the person saw."""
    version = entered.get("version", "")
    return int(version) if version.isdigit() else None


async def _go_on(request: Request, member: Member, outcome: Outcome) -> Response:
    bare = outcome.query.but(case=None)
    decision = outcome.decided.candidate.decision or ""
    incident = outcome.decided.incident
    if not member.htmx.partial:
        target = bare.but(
            case=outcome.next_id,
            done=decision,
            number=str(incident.number) if incident else None,
        )
        return RedirectResponse(target.href, SEE_OTHER)
    gone = outcome.query.params["case"]
    next_id = outcome.next_id if outcome.next_id != gone else ""
    page, waiting, context = await asyncio.gather(
        member.api.triage.candidates(api_params(request, bare)),
        desk.awaiting_approval(member),
        _next_case(member, bare, next_id),
    )
    ids = [one.id for one in page.items if one.id != gone]
    if context["case"] is None:
        next_id = ids[0] if ids else ""
        context = await _next_case(member, bare, next_id)
    visit = await visit_of(request)
    html = part(
        request,
        visit,
        "queue/_decided.html",
        gone=gone,
        notice=_said(member, decision, incident.number if incident else None),
        incident=incident,
        tabs=desk.tabs(member, bare.params["view"] or "new", page.counts, waiting),
        next_id=following(ids, next_id),
        query=bare,
        **context,
    )
    response = HTMLResponse(html)
    response.headers["HX-Replace-Url"] = bare.but(case=next_id).href
    return remember(request, visit, response)


async def _next_case(member: Member, query: Query, next_id: str) -> dict[str, Any]:
    """Load the next case; one that is gone makes room for the first of the list."""
    if not next_id:
        return {"case": None}
    try:
        return await case_context(member, query, next_id)
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        return {"case": None}


def _said(member: Member, decision: str, number: int | None) -> Notice:
    word = words.DECISIONS.get(decision, words.DECISIONS["open"])
    title = member.language.say(word.name)
    hue = word.hue if word.hue != "plain" else "info"
    return Notice(hue, word.icon or "check", f"{title}: №{number}" if number else title)


def _query(entered: dict[str, str], candidate_id: str) -> Query:
    asked = {name: entered.get(f"list_{name}", "") for name in FILTERS}
    return Query("/queue", {**asked, "cursor": "", "case": candidate_id})
