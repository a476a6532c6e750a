"""Official pages: registered by a link, given a token and an authority, withdrawn."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.clients import ApiError
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.pages.sending import Refusal, sent
from web.render import SEE_OTHER, render
from web.shapes.official import OfficialPage
from web.shapes.watching import Recognised, Tested
from web.troubles import explained
from web.views import official as views
from web.views import recognised
from web.views.notices import Notice, done, refused

router = APIRouter()
_HERE = "/official-pages"
_MAX_CLIENT_ERROR = 499
_LONGEST = 2000
_STEPS = {"pause", "resume", "retire", "restore"}
_DONE = {
    "add": N_("The page may speak for the region"),
    "change": N_("The change is in force"),
    "pause": N_("The page is paused: approved replies wait"),
    "resume": N_("The pause is over: what waited goes out"),
    "retire": N_("The page is withdrawn: nothing goes out from it"),
    "restore": N_("The page may speak again"),
}
_NEEDED = {"link": N_("Paste the link to the page.")}
_TAKEN = N_("This page is registered already")
_NO_NUMBER = N_(
    "The number of the page could not be found out. Add a token of the network, or "
    "paste a link with the number, such as vk.com/club1."
)


@router.get(_HERE, name="official_pages")
async def index(request: Request, member: MemberDep, link: str = "") -> Response:
    """List the pages; say what a pasted link leads to, before anything is added."""
    what = _DONE.get(request.query_params.get("done", ""))
    notice = done(member.language, what) if what else None
    return await _page(request, member, {"link": link.strip()[:_LONGEST]}, notice)


@router.post(_HERE)
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Let the page a link leads to speak; the network is asked for its number."""
    entered = texts(form)
    made = await sent(
        member, entered, _NEEDED, lambda: _registered(member, entered), _TAKEN
    )
    if isinstance(made, Refusal):
        return await _page(request, member, entered, made.notice, made.status)
    if isinstance(made, Notice):
        return await _page(request, member, entered, made, 422)
    return RedirectResponse(f"{_HERE}?done=add", SEE_OTHER)


async def _registered(member: Member, entered: dict[str, str]) -> OfficialPage | Notice:
    """Ask the network who the page is, then register it."""
    link = entered["link"]
    found = await member.api.watching.recognise(link)
    if why := views.refusal_of(found):
        return _refusal(member, why)
    tested = await member.api.watching.test_link({"link": link})
    native = (tested.native if tested.ok else None) or found.native
    if native.startswith("@"):
        return _refusal(member, _NO_NUMBER, _told(tested, member))
    body = {
        "network": found.network,
        "native_id": native,
        "name": entered.get("name") or tested.title or found.name or found.url,
        "url": found.url,
        "authority": entered.get("authority"),
        "credential": entered.get("credential"),
    }
    return await member.api.official.register(body)


def _told(tested: Tested, member: Member) -> str:
    error = tested.error
    said = explained(error.kind, error.code, member.language) if error else None
    return said or ""


def _refusal(member: Member, why: str, text: str = "") -> Notice:
    said = member.language.say(why)
    return Notice("danger", "alert-triangle", said, text, fields={"link": said})


@router.post(f"{_HERE}/{{page_id}}", name="official_page")
async def change(
    request: Request, page_id: str, member: MemberDep, form: FormDep
) -> Response:
    """Choose another authority or token, withdraw a page, or let it speak again."""
    entered = texts(form)
    action = entered.get("action", "change")
    if action in _STEPS:
        await member.api.official.step(page_id, action)
        return RedirectResponse(f"{_HERE}?done={action}", SEE_OTHER)
    body = {
        "authority": entered.get("authority") or None,
        "credential": entered.get("credential") or None,
    }
    if name := entered.get("name"):
        body["name"] = name
    changed = await sent(
        member, entered, {}, lambda: member.api.official.change(page_id, body)
    )
    if isinstance(changed, Refusal):
        return await _page(request, member, {}, changed.notice, changed.status)
    return RedirectResponse(f"{_HERE}?done=change", SEE_OTHER)


async def _page(
    request: Request,
    member: Member,
    entered: dict[str, str],
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    listed, held, reference = await asyncio.gather(
        member.api.official.all(), member.api.watching.credentials(), member.reference()
    )
    found: Recognised | Notice | None = None
    if link := entered.get("link"):
        found = await _recognised(member, link)
    if isinstance(found, Notice):
        notice, status, found = notice or found, 422, None
    return await render(
        request,
        "official/index.html",
        "official/_rows.html",
        status=status,
        rows=views.rows(listed, held.items, reference, member.show),
        found=recognised.found(found, member.show) if found else None,
        tokens=(
            views.tokens_for(found.network, held.items, member.show) if found else ()
        ),
        reference=reference,
        notice=notice,
        entered=entered,
    )


async def _recognised(member: Member, link: str) -> Recognised | Notice:
    try:
        found = await member.api.watching.recognise(link)
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        said = recognised.link_refused(error, member.language)
        return said or refused(error, member.language)
    why = views.refusal_of(found)
    return _refusal(member, why) if why else found
