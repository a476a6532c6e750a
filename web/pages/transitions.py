"""One step of an incident: check the form, ask the service, show the case anew."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.clients import ApiError
from web.deps import FormDep, Member, MemberDep
from web.pages.asked import texts
from web.pages.decisions import version_of
from web.pages.incidents import render_incident
from web.pages.steps import STEPS, body, lacking
from web.render import SEE_OTHER
from web.views.notices import Notice, done, incomplete, refused

router = APIRouter()
_MAX_CLIENT_ERROR = 499


@router.post("/incidents/{incident_id}/{step}", name="step")
async def take(
    incident_id: str, step: str, request: Request, member: MemberDep, form: FormDep
) -> Response:
    """Take one step."""
    if step not in STEPS:
        raise HTTPException(404)
    entered = {**texts(form), "step": step}
    asked = STEPS[step]
    missing = lacking(asked, entered)
    if missing:
        notice = incomplete(member.language, missing)
        return await _again(request, member, incident_id, notice, entered, 422)
    try:
        incident = await member.api.triage.advance(
            incident_id,
            asked.path or step,
            body(step, asked, entered),
            version_of(entered),
        )
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        notice = refused(error, member.language)
        return await _again(request, member, incident_id, notice, entered, error.status)
    if entered.get("desk") == "approvals":
        return RedirectResponse(f"/approvals?done={step}", SEE_OTHER)
    if member.htmx.partial:
        notice = done(member.language, asked.done)
        return await render_incident(request, member, incident, notice=notice)
    return RedirectResponse(f"/incidents/{incident.id}?done={step}", SEE_OTHER)


async def _again(
    request: Request,
    member: Member,
    incident_id: str,
    notice: Notice,
    entered: dict[str, str],
    status: int,
) -> Response:
    incident = await member.api.triage.incident(incident_id)
    return await render_incident(
        request, member, incident, notice=notice, entered=entered, status=status
    )
