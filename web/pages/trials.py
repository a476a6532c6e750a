"""Trying a query before it is a rule: on the archive, or on a pasted text."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import FormDep, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.pages.rules import form_page
from web.pages.sending import Refusal, sent
from web.render import SEE_OTHER, go, render
from web.views import trials as views

# Before the pages of a rule: these names are no ids.
router = APIRouter()
_NEEDED = {"query": N_("Write the words to look for.")}
_NEEDED_TO_TRY = {**_NEEDED, "text": N_("Paste a text to try the words on.")}


@router.post("/rules/dry-runs", name="dry_runs")
async def start(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Begin to try a query on the archive."""
    entered = texts(form)
    rule_id = entered.get("rule_id", "")
    body = {"query": entered.get("query"), "rule_id": rule_id or None}
    run_id = await sent(
        member, entered, _NEEDED, lambda: member.api.rules.start_dry_run(body)
    )
    if isinstance(run_id, Refusal):
        return await form_page(
            request, member, entered, rule_id=rule_id, refusal=run_id
        )
    return await go(request, f"/rules/dry-runs/{run_id}")


@router.get("/rules/dry-runs", name="dry_run_reload")
@router.get("/rules/try")
async def after_reload() -> Response:
    """Lead a reloaded form's address to a new form."""
    return RedirectResponse("/rules/new", SEE_OTHER)


@router.get("/rules/dry-runs/{run_id}", name="dry_run")
async def show(run_id: str, request: Request, member: MemberDep) -> Response:
    """Show what a dry run has found; the fragment asks again while it goes on."""
    found = await member.api.rules.dry_run(run_id)
    return await render(
        request,
        "rules/dry_run.html",
        "rules/_dry_run.html",
        run=views.run(found, member.show),
    )


@router.post("/rules/try", name="rule_try")
async def try_text(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Try a query on a text; the form keeps all that was entered."""
    entered = texts(form)
    rule_id, text = entered.get("rule_id", ""), entered.get("text", "")
    body = {"query": entered.get("query"), "text": text, "rule_id": rule_id or None}
    found = await sent(
        member, entered, _NEEDED_TO_TRY, lambda: member.api.rules.try_text(body)
    )
    if isinstance(found, Refusal):
        return await form_page(request, member, entered, rule_id=rule_id, refusal=found)
    tried = views.tried(found, text)
    return await form_page(request, member, entered, rule_id=rule_id, tried=tried)
