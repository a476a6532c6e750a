"""Tokens of networks: added, replaced, removed; their secrets never shown."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.pages.sending import Refusal, sent
from web.render import SEE_OTHER, render
from web.tokens import kind_name, lines_of
from web.views import watching as views
from web.views.notices import Notice, done
from web.words import NETWORKS, Label, label

router = APIRouter()
_DONE = {
    "add": N_("The token is kept and will be used"),
    "replace": N_("The new token is kept; sources that waited for it go on"),
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
    network, _, kind = entered.get("use", "").partition("/")
    body = {
        "network": network,
        "kind": kind,
        "label": entered.get("label"),
        "secrets": secrets_of(entered.get("secret", "")),
    }
    made = await sent(
        member,
        entered,
        _NEEDED,
        lambda: member.api.watching.add_credential(body),
        N_("There is a token with this name already"),
    )
    if isinstance(made, Refusal):
        return await _page(request, member, made.notice, entered, made.status)
    return RedirectResponse("/credentials?done=add", SEE_OTHER)


@router.post("/credentials/{credential_id}/replace", name="credential_replace")
async def replace(
    request: Request, credential_id: str, member: MemberDep, form: FormDep
) -> Response:
    """Put another secret in; the one there was is neither asked for nor shown."""
    entered = texts(form)
    body = {"secrets": secrets_of(entered.get("secret", ""))}
    needed = {"secret": _NEEDED["secret"]}
    changed = await sent(
        member,
        entered,
        needed,
        lambda: member.api.watching.replace_credential(credential_id, body),
    )
    if isinstance(changed, Refusal):
        about = {"replaced": credential_id}
        return await _page(request, member, changed.notice, about, changed.status)
    return RedirectResponse("/credentials?done=replace", SEE_OTHER)


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
        Label(_use(each.network, kind, member), code=f"{each.network}/{kind}")
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
        lines=[(use.text, named) for use in uses if (named := lines_of(*_code(use)))],
        notice=notice,
        entered={**(entered or {}), "secret": ""},
    )


def _code(use: Label) -> tuple[str, str]:
    network, _, kind = use.code.partition("/")
    return network, kind


def _use(network: str, kind: str, member: Member) -> str:
    named = label(NETWORKS, network, member.language)
    name = named.text if named else network
    return f"{name}: {kind_name(network, kind, member.language)}"
