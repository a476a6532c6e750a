"""One source: how it goes, its settings, where its network delivers."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deliveries import WEBHOOK, guide_of
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.pages.sending import Refusal, sent
from web.render import SEE_OTHER, render
from web.shapes.watching import OptionList, Watched
from web.views import source_settings as forms
from web.views import watching as views
from web.views.health import ASKED
from web.views.notices import Notice, done

router = APIRouter()

_NEEDED = {"name": N_("Give the source a name.")}
_TAKEN = N_("There is a source with this name already")
_DONE = {
    "add": N_("The source is being watched"),
    "pause": N_("The source is paused"),
    "resume": N_("The source is asked again"),
    "change": N_("The settings are in force"),
    "hook": N_("The address is another one now. Give it to who delivers"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says besides how the source stands."""

    notice: Notice | None = None
    test: views.Test | None = None
    secret: str | None = None
    entered: dict[str, str] | None = None
    status: int = 200


@router.get("/sources/{source_id}", name="source")
async def show(request: Request, source_id: str, member: MemberDep) -> Response:
    """Show a source and how it goes."""
    what = _DONE.get(request.query_params.get("done", ""))
    notice = done(member.language, what) if what else None
    return await page(request, member, source_id, Told(notice))


@router.post("/sources/{source_id}")
async def act(
    request: Request, source_id: str, member: MemberDep, form: FormDep
) -> Response:
    """Test, pause or resume a source."""
    action = texts(form).get("action", "")
    if action == "test":
        tested = await member.api.watching.test(source_id)
        test = views.test_shown(tested, member.show)
        return await page(request, member, source_id, Told(test=test))
    if action in {"pause", "resume"}:
        await member.api.watching.step(source_id, action)
    return _to(source_id, action)


@router.post("/sources/{source_id}/settings", name="source_settings")
async def change(
    request: Request, source_id: str, member: MemberDep, form: FormDep
) -> Response:
    """Put settings of a source in force."""
    entered = texts(form)
    watching = member.api.watching
    source, options = await asyncio.gather(
        watching.one(source_id), watching.options(source_id)
    )
    body = _changes(source, options, entered)
    needed = _NEEDED if "name" in entered else {}
    changed = await sent(
        member, entered, needed, lambda: watching.change(source_id, body), _TAKEN
    )
    if isinstance(changed, Refusal):
        told = Told(changed.notice, entered=entered, status=changed.status)
        return await page(request, member, source_id, told)
    return _to(source_id, "change")


def _changes(
    source: Watched, options: OptionList, entered: dict[str, str]
) -> dict[str, Any]:
    """Read the form; what a kind of source has no field for is not sent."""
    body: dict[str, Any] = {
        "municipality": entered.get("municipality") or None,
        "intake": entered.get("intake", source.intake),
    }
    name = entered.get("name", source.name)
    if forms.has_name(source) and name != source.name:
        body["name"] = name
    if source.kind in ASKED:
        body["poll_every_s"] = entered.get("poll_every_s") or None
    if source.kind == "feed":
        body["url"] = entered.get("url")
    if source.kind == "page":
        body["credential_id"] = entered.get("credential_id") or None
        body["options"] = forms.set_by(options.items, entered)
    return body


@router.post("/sources/{source_id}/hook", name="source_hook")
async def renew_hook(source_id: str, member: MemberDep) -> Response:
    """Make another address; the one before it leads nowhere from now on."""
    await member.api.watching.renew_hook(source_id)
    return _to(source_id, "hook")


@router.post("/sources/{source_id}/secret", name="source_secret")
async def renew_secret(request: Request, source_id: str, member: MemberDep) -> Response:
    """Make another secret and show it, this once."""
    renewed = await member.api.watching.renew_secret(source_id)
    return await page(request, member, source_id, Told(secret=renewed.secret))


def _to(source_id: str, what: str) -> Response:
    return RedirectResponse(f"/sources/{source_id}?done={what}", SEE_OTHER)


async def page(
    request: Request, member: Member, source_id: str, told: Told
) -> Response:
    """Show a source with what was just done to it."""
    watching = member.api.watching
    source, figures = await asyncio.gather(
        watching.one(source_id), watching.figures(source_id)
    )
    return await render(
        request,
        "sources/show.html",
        "sources/_source.html",
        status=told.status,
        source=views.source_page(source, member.show),
        figures=[views.figure_row(each, member.show) for each in figures.items],
        notice=told.notice,
        test=told.test,
        secret=told.secret,
        **(await _for_administrators(request, member, source, told)),
    )


async def _for_administrators(
    request: Request, member: Member, source: Watched, told: Told
) -> dict[str, Any]:
    """Put the settings and the address of the hook together; both are theirs alone."""
    if not member.user.works_as("admin"):
        return {"settings": None, "delivery": None}
    watching, source_id = member.api.watching, str(source.id)
    options, listed, reference = await asyncio.gather(
        watching.options(source_id), watching.credentials(), member.reference()
    )
    usable = [each for each in listed.items if each.network == source.network]
    delivery = None
    if guide_of(forms.slug_of(source), source.place_kind):
        hook = await watching.hook(source_id)
        base = str(request.base_url)
        delivery = forms.delivery_of(source, hook.path, base, member.language)
    return {
        "settings": forms.settings_of(
            source,
            options.items,
            [each for each in usable if each.kind != WEBHOOK],
            member.show,
            told.entered,
        ),
        "delivery": delivery,
        "reference": reference,
    }
