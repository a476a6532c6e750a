"""Official pages: where they stand, whether they can answer, and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from web import words
from web.formats import Formats, Moment
from web.languages import N_
from web.reference import Reference
from web.shapes.official import OfficialPage, OfficialPageList
from web.shapes.watching import Credential, Recognised
from web.tokens import SPEAKS, kind_name
from web.troubles import explained
from web.views.candidates import web_address
from web.words import Label, Word, Words

PLACES: Mapping[str, frozenset[str]] = {
    "vk": frozenset({"wall"}),
    "ok": frozenset({"group"}),
    "telegram": frozenset({"bot"}),
}
"""Kinds of places that can be official pages; elsewhere people answer by hand."""

REFUSALS: Mapping[str, str] = {
    "person": N_("This is a person's profile. Only pages of organisations speak here."),
    "telegram": N_(
        "In Telegram a bot answers: it is made in @BotFather and is an administrator "
        "of the channel and its group. Paste the link to the bot."
    ),
    "": N_(
        "This is not a page that can answer. Paste the link to a community, a group "
        "or a bot of the organisation."
    ),
}
_STATES: Words = {
    "api": Word(N_("Answers by itself"), "circle-check", "ok"),
    "found": Word(N_("Token by number"), "search", "info"),
    "hand": Word(N_("People publish by hand"), "user-circle", "info"),
    "none": Word(N_("No token: people publish by hand"), "user-circle", "warn"),
    "missing": Word(N_("Its token is not there any more"), "alert-circle", "danger"),
    "refused": Word(N_("Its token was refused"), "lock", "danger"),
    "expired": Word(N_("Its token has expired"), "clock-exclamation", "danger"),
    "paused": Word(N_("Paused for now"), "player-pause", "warn"),
    "retired": Word(N_("Withdrawn from use"), "corner-up-left"),
}
_SAID: Mapping[str, str] = {
    "hand": N_(
        "Otklik does not publish in this network. The reply is copied, and the link to "
        "it noted."
    ),
    "found": N_("Choose the token to be sure which one it is."),
    "none": N_("Add a token of the page and choose it here."),
    "missing": N_("Replies wait until another token is chosen."),
    "expired": N_("Replace it on the page of tokens."),
    "paused": N_(
        "Approved replies wait and go out when the pause ends. What residents write "
        "under the page is still taken in."
    ),
    "retired": N_("Nothing goes out from it."),
}
_SANDBOX: Words = {"sandbox": Word(N_("Sandbox"))}
_BAD = frozenset({"missing", "refused", "expired"})


@dataclass(frozen=True, slots=True)
class PageRow:
    """An official page in its table."""

    id: str
    name: str
    network: Label | None
    url: str | None
    authority: str | None
    authority_code: str
    credential: str
    state: Label | None
    said: str
    tokens: tuple[Label, ...]
    registered: Moment
    by: str
    is_retired: bool
    is_paused: bool


def rows(
    listed: OfficialPageList,
    credentials: Iterable[Credential],
    reference: Reference,
    show: Formats,
) -> tuple[PageRow, ...]:
    """Make the pages ready: those that cannot answer first, withdrawn ones last."""
    every = tuple(credentials)
    made = [(_state(page, listed.networks, every), page) for page in listed.items]
    made.sort(key=lambda pair: (_rank(pair[0]), pair[1].name.casefold()))
    return tuple(_row(page, state, every, reference, show) for state, page in made)


def _rank(state: str) -> int:
    return 0 if state in _BAD else 2 if state == "retired" else 1


def _row(
    page: OfficialPage,
    state: str,
    credentials: tuple[Credential, ...],
    reference: Reference,
    show: Formats,
) -> PageRow:
    names = {each.code: each.name for each in reference.authorities}
    named = words.NETWORKS | _SANDBOX
    return PageRow(
        id=page.id,
        name=page.name,
        network=words.label(named, page.network, show.language),
        url=web_address(page.url),
        authority=names.get(page.authority or "", page.authority),
        authority_code=page.authority or "",
        credential=page.credential or "",
        state=words.label(_STATES, state, show.language),
        said=_said(page, state, credentials, show),
        tokens=tokens_for(page.network, credentials, show),
        registered=show.moment(page.registered_at),
        by=page.registered_by,
        is_retired=page.retired_at is not None,
        is_paused=page.paused_at is not None,
    )


def _state(
    page: OfficialPage, networks: Iterable[str], credentials: Iterable[Credential]
) -> str:
    """Say how a page stands, in this order.

    1. It was withdrawn, or is paused.
    2. Otklik does not publish in its network, or publishes there without tokens.
    3. It names a token: that is there, and good, or it is not.
    4. It names none: one may be found by the page's number, if there is any.
    """
    if page.retired_at is not None or page.paused_at is not None:
        return "paused" if page.retired_at is None else "retired"
    kind = SPEAKS.get(page.network)
    if page.network not in networks:
        return "hand"
    if kind is None:
        return "api"
    fitting = [
        each
        for each in credentials
        if (each.network, each.kind) == (page.network, kind)
    ]
    if page.credential is None:
        return "found" if any(each.state == "ok" for each in fitting) else "none"
    named = next((each for each in fitting if each.label == page.credential), None)
    if named is None:
        return "missing"
    return "api" if named.state == "ok" else named.state


def _said(
    page: OfficialPage,
    state: str,
    credentials: Iterable[Credential],
    show: Formats,
) -> str:
    if state != "refused":
        return show.language.say(_SAID[state]) if state in _SAID else ""
    named = (e for e in credentials if e.label == page.credential)
    code = next((each.error_code for each in named), None)
    return explained("reauth", code, show.language) or ""


def tokens_for(
    network: str, credentials: Iterable[Credential], show: Formats
) -> tuple[Label, ...]:
    """List the tokens a page of a network may speak with; a page names the label."""
    return tuple(
        Label(
            f"{each.label}: {kind_name(network, each.kind, show.language)}",
            code=each.label,
        )
        for each in credentials
        if each.network == network and each.kind == SPEAKS.get(network)
    )


def refusal_of(found: Recognised) -> str | None:
    """Say why what a link leads to cannot be an official page; None when it can."""
    if found.kind in PLACES.get(found.network, ()):
        return None
    is_person = found.kind == "person"
    return REFUSALS.get("person" if is_person else found.network, REFUSALS[""])
