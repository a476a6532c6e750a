"""Watched pages, tests and credentials, ready to be shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from web import words
from web.deliveries import WEBHOOK
from web.formats import Formats, Moment
from web.languages import N_, Language
from web.links import shown
from web.remarks import CAN, remark_said, span_said
from web.shapes.watching import Budget, Credential, Figure, Tested, Watched
from web.tokens import kind_name, lines_of
from web.troubles import CREDENTIAL_STATES, HEALTH, KEYLESS, explained
from web.views.candidates import web_address
from web.views.health import ASKED, health_of

_FIGURES = {
    "followers": N_("Followers"),
    "members": N_("Followers"),
    "reach": N_("Reach"),
    "views": N_("Views"),
    "likes": N_("Likes"),
    "comments": N_("Comments"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a list of facts."""

    name: str
    text: str = ""
    when: Moment | None = None


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A source on its own page."""

    id: str
    name: str
    url: str | None
    address: str
    network: words.Label | None
    health: words.Label | None
    trouble: str | None
    remarks: tuple[str, ...]
    told: str | None
    facts: tuple[Fact, ...]
    unknown: tuple[Fact, ...]
    can_resume: bool
    is_asked: bool
    wants_token: bool
    is_keyless: bool


@dataclass(frozen=True, slots=True)
class Test:
    """How a test went, in words."""

    __test__ = False

    hue: str
    icon: str
    title: str
    text: str
    told: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """A credential in its table."""

    id: str
    label: str
    network: words.Label | None
    kind: str
    lines: str
    state: words.Label | None
    trouble: str | None
    expires: Moment | None
    used: Moment | None
    is_of_a_webhook: bool


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of a day in its table."""

    name: str
    day: str
    value: str


def source_page(source: Watched, show: Formats) -> SourcePage:
    """Make a source ready for its own page."""
    language = show.language
    return SourcePage(
        id=str(source.id),
        name=words.source_name(source.name, language),
        url=web_address(source.url),
        address=shown(source.url),
        network=words.label(words.NETWORKS, source.network, language),
        health=words.label(HEALTH, health_of(source), language),
        trouble=_trouble(source, language),
        remarks=tuple(remark_said(each, show) for each in source.remarks),
        told=source.last_error,
        facts=tuple(_facts(source, show)),
        unknown=tuple(
            Fact(name, show.number(count))
            for name, count in sorted(source.unknown.items())
        ),
        can_resume=source.state != "active",
        is_asked=source.kind in ASKED,
        wants_token=health_of(source) in {"token", KEYLESS},
        is_keyless=health_of(source) == KEYLESS,
    )


def _trouble(source: Watched, language: Language) -> str | None:
    """Explain a failure; of a poll that went well its remarks say what there is."""
    if source.remarks and source.error_kind is None:
        return None
    return explained(source.error_kind, source.error_code, language)


def _facts(source: Watched, show: Formats) -> Iterable[Fact]:
    say, moment = show.language.say, show.moment
    if source.last_ok_at:
        yield Fact(say("Last read"), when=moment(source.last_ok_at))
    if source.failing_since:
        yield Fact(say("Failing since"), when=moment(source.failing_since))
    if source.next_poll_at and source.state == "active":
        yield Fact(say("Asked next"), when=show.coming(source.next_poll_at))
    if source.lag_s is not None:
        yield Fact(say("The newest post was seen"), _seen(source.lag_s, show))
    if source.skew_s is not None:
        yield Fact(
            say("The network's clock differs by"), span_said(source.skew_s, show)
        )
    if source.budget is not None:
        standing = budget_said(source.budget, show) or say("may be used")
        yield Fact(say("Token"), standing)
    if source.accepted_at:
        text = say("by %(name)s", name=source.accepted_by or "—")
        yield Fact(say("Notice accepted"), text, moment(source.accepted_at))


def _seen(lag_s: int, show: Formats) -> str:
    say = show.language.say
    if not lag_s:
        return say("at once")
    return say("%(time)s after it was published", time=lag_said(lag_s, show))


def lag_said(seconds: int | None, show: Formats) -> str:
    """Say how late the newest post was seen; a dash where that is not known."""
    return "—" if seconds is None else span_said(seconds, show)


def budget_said(budget: Budget | None, show: Formats) -> str:
    """Say how the tokens of a source stand; empty where all is well or none needed."""
    say = show.language.say
    if budget is not None and budget.stopped:
        return say("not used any more")
    if budget is not None and budget.parked_until:
        return say("waits until %(time)s", time=show.clock(budget.parked_until))
    return ""


def test_shown(tested: Tested, show: Formats) -> Test:
    """Make the outcome of a test ready."""
    say = show.language.say
    if not tested.ok:
        error = tested.error
        why = explained(error.kind, error.code, show.language) if error else None
        told = error.message if error else ""
        return Test("danger", "alert-circle", say("It cannot be read"), why or "", told)
    can = ", ".join(say(CAN.get(each, each)) for each in tested.can)
    text = say("Can be had: %(what)s.", what=can) if can else ""
    if tested.followers is not None:
        followers = show.number(tested.followers)
        # Apart from the string: texts inside of f-strings are not extracted.
        counted = say("Followers: %(n)s.", n=followers)
        text = f"{text} {counted}".strip()
    title = tested.title or tested.native or ""
    warnings = tuple(remark_said(each, show) for each in tested.remarks)
    return Test("ok", "circle-check", title, text, "", warnings)


def credential_row(credential: Credential, show: Formats) -> CredentialRow:
    """Make a credential ready; one that was refused says why."""
    language, used = show.language, credential.last_used_at
    is_refused = credential.state == "refused"
    return CredentialRow(
        id=credential.id,
        label=credential.label,
        network=words.label(words.NETWORKS, credential.network, language),
        kind=kind_name(credential.network, credential.kind, language),
        lines=lines_of(credential.network, credential.kind),
        state=words.label(CREDENTIAL_STATES, credential.state, language),
        trouble=explained("reauth", credential.error_code, language)
        if is_refused
        else None,
        expires=show.moment(credential.expires_at) if credential.expires_at else None,
        used=show.moment(used) if used else None,
        is_of_a_webhook=credential.kind == WEBHOOK,
    )


def figure_row(figure: Figure, show: Formats) -> FigureRow:
    """Make a figure ready; a rounded one says so."""
    value = show.number(figure.value)
    name = show.language.say(_FIGURES.get(figure.name, figure.name))
    return FigureRow(
        name,
        show.day(figure.day),
        value if figure.precision == "exact" else f"≈ {value}",
    )
