"""Candidates as rows of the queue and as the case beside it."""

from dataclasses import dataclass
from datetime import timedelta

from web import reasons, words
from web.formats import Formats, Moment
from web.highlight import Piece, excerpt, pieces
from web.links import original
from web.shapes.base import Suggested
from web.shapes.triage import Candidate, Match, Similar

_SOON_MINUTES = 60
_SURE = 0.8


@dataclass(frozen=True, slots=True)
class Left:
    """Working time left: in words, with its hue, exact on demand."""

    text: str
    full: str
    hue: str
    icon: str
    exact: str


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate in the list."""

    id: str
    href: str
    network: str
    place: str | None
    time: Moment
    clock: str
    left: Left | None
    snippet: tuple[Piece, ...]
    topic: str | None
    authority: str | None
    confidence: str | None
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A prefilled answer with its confidence and reason."""

    code: str
    confidence: str | None
    is_sure: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Why:
    """The rule that caught the post."""

    rule: str
    version: int


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """An incident the post may belong to."""

    id: str
    number: int
    title: str
    likeness: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate in full."""

    id: str
    version: int | None
    network: str
    kind: str
    source: str | None
    url: str | None
    published: Moment
    received: Moment
    left: Left | None
    text: tuple[Piece, ...]
    why: tuple[Why, ...]
    topic: Suggestion
    municipality: Suggestion
    authority: Suggestion
    similar: tuple[SimilarCase, ...]
    is_urgent: bool
    signs: tuple[str, ...]
    decided: words.Label | None
    incident_id: str | None


def left(minutes: int | None, exact: str, show: Formats) -> Left | None:
    """Put the remaining working time into words; the last hour is a warning."""
    if minutes is None:
        return None
    hue, icon = "plain", "clock"
    if minutes < 0:
        hue, icon = "danger", "clock-exclamation"
    elif minutes < _SOON_MINUTES:
        hue, icon = "warn", "hourglass"
    return Left(
        show.remaining_briefly(minutes), show.remaining(minutes), hue, icon, exact
    )


def row(candidate: Candidate, href: str, show: Formats) -> Row:
    """Make a candidate ready for the list."""
    topic = candidate.topic and candidate.topic.said_in(show.language.code)
    return Row(
        id=candidate.id,
        href=href,
        network=_named(words.NETWORKS, candidate.network, show),
        place=candidate.municipality.name if candidate.municipality else None,
        time=show.moment(candidate.published_at),
        clock=_clock(candidate, show),
        left=_left(candidate, show),
        snippet=excerpt(candidate.text, _spans(candidate.matches)),
        topic=topic_path(topic),
        authority=candidate.authority.name if candidate.authority else None,
        confidence=_confidence(topic, show),
        is_urgent=candidate.urgency == "high",
    )


def case(candidate: Candidate, show: Formats) -> Case:
    """Make a candidate ready for deciding."""
    decided = candidate.decision or (
        candidate.status if candidate.status != "new" else None
    )
    return Case(
        id=candidate.id,
        version=candidate.version,
        network=_named(words.NETWORKS, candidate.network, show),
        kind=candidate.kind,
        source=words.source_name(candidate.source_name, show.language),
        url=original(candidate.network, candidate.url, candidate.post_id),
        published=show.moment(candidate.published_at),
        received=show.moment(candidate.received_at),
        left=_left(candidate, show),
        text=pieces(candidate.text, _spans(candidate.matches)),
        why=tuple(Why(m.rule_name, m.rule_version) for m in candidate.matches),
        topic=_suggestion(candidate.topic, show),
        municipality=_suggestion(candidate.municipality, show),
        authority=_suggestion(candidate.authority, show),
        similar=tuple(_similar(one, show) for one in candidate.similar_incidents),
        is_urgent=candidate.urgency == "high",
        signs=tuple(
            reasons.sign(one.kind, one.words, show.language)
            for one in candidate.urgency_signs
        ),
        decided=words.label(words.DECISIONS, decided, show.language),
        incident_id=candidate.incident_id,
    )


def topic_path(topic: Suggested | None) -> str | None:
    """Name a topic with its group: ЖКХ › Горячая вода."""
    if topic is None:
        return None
    return f"{topic.group_name} › {topic.name}" if topic.group_name else topic.name


def web_address(url: str | None) -> str | None:
    """Let only http and https addresses become links."""
    return url if url and url.lower().startswith(("http://", "https://")) else None


def _similar(one: Similar, show: Formats) -> SimilarCase:
    return SimilarCase(
        id=one.id,
        number=one.number,
        title=one.title,
        likeness=show.share(one.score) if one.score else None,
        why=reasons.alike(one.reasons, show.language),
    )


def _suggestion(found: Suggested | None, show: Formats) -> Suggestion:
    if found is None:
        return Suggestion("", None, is_sure=False, reason=None)
    sure = found.confidence is not None and found.confidence >= _SURE
    why = reasons.reason(found.reason, found.reason_params, show.language)
    return Suggestion(found.code, _confidence(found, show), sure, why)


def _confidence(found: Suggested | None, show: Formats) -> str | None:
    if found is None or found.confidence is None:
        return None
    return show.share(found.confidence)


def _left(candidate: Candidate, show: Formats) -> Left | None:
    exact = show.exact(candidate.deadline_at) if candidate.deadline_at else ""
    return left(candidate.remaining_minutes, exact, show)


def _clock(candidate: Candidate, show: Formats) -> str:
    when = candidate.published_at.astimezone(show.zone)
    if when.date() == show.today():
        return show.clock(when)
    if show.today() - when.date() < timedelta(days=300):
        return show.day_briefly(when.date())
    return show.day(when.date())


def _spans(matches: tuple[Match, ...]) -> list[tuple[int, int]]:
    return [span for match in matches for span in match.positions]


def _named(among: words.Words, code: str, show: Formats) -> str:
    found = words.label(among, code, show.language)
    return found.text if found else ""
