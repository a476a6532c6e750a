"""Tokens of networks: added and removed, their secrets never shown."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.clients import ApiError
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.render import SEE_OTHER, render
from web.views import watching as views
from web.views.notices import Notice, done, incomplete, refused
from web.words import NETWORKS, Label, label

router = APIRouter()
_MAX_CLIENT_ERROR = 499
_DONE = {
    "add": N_("The token is sealed and will be used"),
    "remove": N_("The token is forgotten"),
}
_NEEDED = {
    "use": N_("Choose the network and the kind."),
    "label": N_("Give the token a name."),
    "secret": N_("Paste the token."),
}


@router.get("/credentials", name="credentials")
async def index(request: Request, member: MemberDep) -> Response:
    """List the credentials."""
    what = _DONE.get(request.query_params.get("done", ""))
    return await _page(request, member, done(member.language, what) if what else None)


@router.post("/credentials")
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Seal a token; what was pasted is never sent back to the page."""
    entered = texts(form)
    missing = {name: text for name, text in _NEEDED.items() if not entered.get(name)}
    if missing:
        notice = incomplete(member.language, missing)
        return await _page(request, member, notice, entered, 422)
    network, _, kind = entered["use"].partition("/")
    body = {
        "network": network,
        "kind": kind,
        "label": entered["label"],
        "secrets": secrets_of(entered["secret"]),
    }
    try:
        await member.api.watching.add_credential(body)
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        notice = refused(error, member.language)
        return await _page(request, member, notice, entered, error.status)
    return RedirectResponse("/credentials?done=add", SEE_OTHER)


@router.post("/credentials/{credential_id}/remove", name="credential_remove")
async def remove(credential_id: str, member: MemberDep) -> Response:
    """Forget a token."""
    await member.api.watching.remove_credential(credential_id)
    return RedirectResponse("/credentials?done=remove", SEE_OTHER)


def secrets_of(pasted: str) -> dict[str, str]:
    """Read `name=value` lines, or one bare token."""
    lines = [line.strip() for line in pasted.splitlines() if line.strip()]
    if len(lines) == 1 and "=" not in lines[0]:
        return {"token": lines[0]}
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


async def _page(
    request: Request,
    member: Member,
    notice: Notice | None,
    entered: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    listed = await member.api.watching.credentials()
    uses = [
        Label(f"{_name(each.network, member)}: {kind}", code=f"{each.network}/{kind}")
        for each in listed.networks
        for kind in each.token_kinds
    ]
    return await render(
        request,
        "credentials/index.html",
        "credentials/_rows.html",
        status=status,
        rows=[views.credential_row(each, member.show) for each in listed.items],
        uses=uses,
        notice=notice,
        entered={**(entered or {}), "secret": ""},
    )


def _name(network: str, member: Member) -> str:
    named = label(NETWORKS, network, member.language)
    return named.text if named else network
