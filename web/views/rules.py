"""Rules made ready for their pages: rows, one rule, its form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from web import words
from web.charts import SharesChart, shares_chart
from web.formats import Formats, Moment
from web.highlight import Piece, excerpt
from web.languages import N_, Language
from web.reference import Reference
from web.shapes.base import Named
from web.shapes.rules import (
    Advice,
    CaughtPost,
    Hit,
    Quality,
    QualityWeek,
    Rule,
    RuleVersion,
)
from web.views.candidates import web_address

SHOWN: Mapping[str, str] = {
    "": N_("All"),
    "flagged": N_("Flagged"),
    "expiring": N_("Expire soon or have expired"),
    "suspended": N_("Paused"),
}
_REASONS: Mapping[str, str] = {
    "": N_("Written"),
    "opinions": N_("It caught mostly opinions, and Otklik paused it"),
}
_SYSTEM = "otklik"


@dataclass(frozen=True, slots=True)
class Figures:
    """A rule's quality in words; `share` is empty where nothing is decided."""

    share: str
    interval: str
    decided: str
    rejected: str
    opinions: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in its table."""

    id: str
    name: str
    version: int
    owner: str
    topic: str | None
    hits: str
    figures: Figures
    expires: str
    expires_soon: bool
    state: words.Label | None
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class RuleShown:
    """All that is said about one rule."""

    row: RuleRow
    query: str
    purpose: str
    authority: str | None
    place: str | None
    limit: str
    is_suspended_for_opinions: bool
    measured_from: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a rule."""

    number: int
    who: str
    when: Moment
    reason: str
    query: str
    state: words.Label | None


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week of decisions under its chart."""

    week: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class AdviceShown:
    """The word to exclude, in words."""

    word: str
    query: str
    removed: str
    rejected: str
    accepted: str


@dataclass(frozen=True, slots=True)
class PostShown:
    """A post with the words a query looks for."""

    pieces: tuple[Piece, ...]
    network: words.Label | None
    url: str | None
    when: Moment
    verdict: words.Label | None = None


def rows(rules: Iterable[Rule], reference: Reference, show: Formats) -> list[RuleRow]:
    """Make the table."""
    return [row(rule, reference, show) for rule in rules]


def row(rule: Rule, reference: Reference, show: Formats) -> RuleRow:
    """Make one line; an expired rule is marked, unless it was paused before."""
    state = "expired" if rule.is_expired and rule.state != "suspended" else rule.state
    return RuleRow(
        id=rule.id,
        name=rule.name,
        version=rule.version,
        owner=rule.owner,
        topic=_named(reference.topics, rule.topic_code),
        hits=show.number(rule.hits),
        figures=figures(rule.quality, show, rule.limit),
        expires=show.day(rule.expires_on),
        expires_soon=rule.expires_soon,
        state=words.label(words.RULE_STATES, state, show.language),
        is_flagged=rule.flagged_at is not None,
    )


def chosen(rules: Iterable[Rule], which: str) -> list[Rule]:
    """Choose the rules of one of the lists of SHOWN."""
    match which:
        case "flagged":
            return [rule for rule in rules if rule.flagged_at]
        case "expiring":
            return [rule for rule in rules if rule.expires_soon or rule.is_expired]
        case "suspended":
            return [rule for rule in rules if rule.state == "suspended"]
        case _:
            return list(rules)


def found(rules: Iterable[Rule], asked: str, reference: Reference) -> list[Rule]:
    """Keep the rules that have all the words somewhere people look for them."""
    wanted = asked.casefold().split()

    def has_all(rule: Rule) -> bool:
        topic = _named(reference.topics, rule.topic_code) or ""
        text = f"{rule.name} {topic} {rule.owner} {rule.query}".casefold()
        return all(word in text for word in wanted)

    return [rule for rule in rules if has_all(rule)]


def figures(quality: Quality, show: Formats, limit: float = 1) -> Figures:
    """Say how many of the decided hits were rejected."""
    low, high = quality.low or 0, quality.high or 0
    is_known = quality.share is not None
    return Figures(
        share=show.share(quality.share) if is_known else "",
        interval=f"{round(low * 100)}–{show.share(high)}" if is_known else "",
        decided=show.number(quality.decided),
        rejected=show.number(quality.rejected),
        opinions=show.number(quality.opinion),
        is_over=is_known and low > limit,
    )


def shown(rule: Rule, reference: Reference, show: Formats) -> RuleShown:
    """Make a rule's own page."""
    return RuleShown(
        row=row(rule, reference, show),
        query=rule.query,
        purpose=rule.purpose,
        authority=_named(reference.authorities, rule.authority_code),
        place=_named(reference.municipalities, rule.municipality),
        limit=show.share(rule.limit),
        is_suspended_for_opinions=rule.state_reason == "opinions",
        measured_from=rule.measured_from,
    )


def versions(found: Sequence[RuleVersion], show: Formats) -> list[VersionRow]:
    """List versions, the newest first."""
    return [
        VersionRow(
            number=each.version,
            who=each.changed_by,
            when=show.moment(each.changed_at),
            reason=_reason(each, show.language),
            query=each.query,
            state=words.label(words.RULE_STATES, each.state, show.language),
        )
        for each in reversed(found)
    ]


def _reason(version: RuleVersion, language: Language) -> str:
    """Say why a version was made; Otklik itself writes a code."""
    is_code = version.changed_by == _SYSTEM or not version.reason
    said = _REASONS.get(version.reason) if is_code else None
    return language.say(said) if said else version.reason


def chart(weeks: Sequence[QualityWeek], limit: float) -> SharesChart | None:
    """Lay the weeks out; None where nothing is decided."""
    points = [
        (each.week, each.quality.share, each.quality.low or 0, each.quality.high or 0)
        for each in weeks
        if each.quality.share is not None
    ]
    return shares_chart(points, limit) if points else None


def weeks(found: Sequence[QualityWeek], show: Formats) -> list[WeekRow]:
    """Say the weeks in words."""
    return [
        WeekRow(show.day(each.week), figures(each.quality, show))
        for each in found
        if each.quality.share is not None
    ]


def advice(found: Advice | None, show: Formats) -> AdviceShown | None:
    """Say what would make a rule better."""
    if found is None:
        return None
    return AdviceShown(
        word=found.word,
        query=found.query,
        removed=show.number(found.removed),
        rejected=show.number(found.rejected),
        accepted=show.number(found.accepted),
    )


def posts(found: Iterable[CaughtPost], show: Formats) -> list[PostShown]:
    """Cut posts around the words that were found."""
    return [_post(each, show) for each in found]


def _post(post: CaughtPost, show: Formats) -> PostShown:
    verdict = post.verdict if isinstance(post, Hit) else None
    return PostShown(
        pieces=excerpt(post.text, post.positions),
        network=words.label(words.NETWORKS, post.network, show.language),
        url=web_address(post.url),
        when=show.moment(post.published_at),
        verdict=words.label(words.VERDICTS, verdict, show.language),
    )


def _named(things: Iterable[Named], code: str | None) -> str | None:
    names = {thing.code: thing.name for thing in things}
    return names.get(code, code) if code else None
