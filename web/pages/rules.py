"""The rules that catch posts: a table and a form to add one."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.clients import ApiError
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.render import SEE_OTHER, render
from web.views import registers as views
from web.views.notices import Notice, done, incomplete, refused

router = APIRouter()
_FIELDS = ("name", "query", "topic_code", "purpose", "expires_on", "owner")
_MAX_CLIENT_ERROR = 499
_NEEDED = {
    "name": N_("Give the rule a name."),
    "query": N_("Write the words to look for."),
    "purpose": N_("Say what the rule is for."),
    "expires_on": N_("Give the day the rule ends."),
}
_HALF_A_YEAR = timedelta(days=182)


@router.get("/rules", name="rules")
async def index(request: Request, member: MemberDep) -> Response:
    """List the rules."""
    added = request.query_params.get("done") == "add"
    notice = done(member.language, N_("The rule is active")) if added else None
    return await _page(request, member, notice)


@router.post("/rules")
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Add a rule; the person who adds it owns it."""
    entered = {"owner": member.user.user_name, **texts(form)}
    missing = {name: text for name, text in _NEEDED.items() if not entered.get(name)}
    if missing:
        notice = incomplete(member.language, missing)
        return await _page(request, member, notice, entered, 422)
    try:
        await member.api.ingest.add_rule({key: entered.get(key) for key in _FIELDS})
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        notice = refused(error, member.language)
        return await _page(request, member, notice, entered, error.status)
    return RedirectResponse("/rules?done=add", SEE_OTHER)


async def _page(
    request: Request,
    member: Member,
    notice: Notice | None,
    entered: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    reference = await member.reference()
    in_half_a_year = (member.show.today() + _HALF_A_YEAR).isoformat()
    return await render(
        request,
        "rules/index.html",
        "rules/_rows.html",
        status=status,
        rows=[
            views.rule_row(one, reference, member.show)
            for one in await member.api.ingest.rules()
        ],
        reference=reference,
        notice=notice,
        entered={"expires_on": in_half_a_year, **(entered or {})},
    )
