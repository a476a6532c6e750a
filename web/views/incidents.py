"""Incidents as rows, and the whole case with its clock and history."""

from collections.abc import Sequence
from dataclasses import dataclass

from web import words
from web.charts import Segment, parts
from web.formats import Formats, Moment
from web.highlight import Piece, pieces
from web.links import original
from web.shapes.triage import (
    ClockSpan,
    Entry,
    Incident,
    IncidentPost,
    IncidentSummary,
)
from web.views.candidates import Left, left, web_address
from web.views.conversation import Round, rounds, unfinished_text
from web.views.postings import Posting, last_posting

# The name under which the services act by themselves.
_SYSTEM = "otklik"
_FIRST = {"approved": ("publish",), "published": ("close",)}
# Which step is offered first; the rest wait folded below it.
_PANELS = {
    "approval": ("approve", "return"),
    "settle": ("found", "send_again", "take_back"),
    "publish": ("publish", "mark_published"),
    "editor": ("draft", "submit"),
    "assign": ("assign",),
    "close": ("close",),
    "reopen": ("reopen",),
    "withdraw": ("withdraw",),
}


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in a list."""

    id: str
    number: int
    title: str
    href: str
    status: words.Label | None
    left: Left | None
    answered: words.Label | None
    topic: str | None
    authority: str | None
    place: str | None
    opened: Moment
    post_count: int | None


@dataclass(frozen=True, slots=True)
class Post:
    """A resident's post inside the case."""

    id: str
    network: str
    source: str | None
    url: str | None
    published: Moment
    text: tuple[Piece, ...]
    deleted: Moment | None
    edited: Moment | None


@dataclass(frozen=True, slots=True)
class Held:
    """How long one holder had the case."""

    holder: words.Label
    working: str
    wall: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Who held the case and for how long, as a bar and as words."""

    segments: tuple[Segment, ...]
    held: tuple[Held, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Who did what, when."""

    when: Moment
    who: str
    what: words.Label
    detail: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything the incident page shows."""

    row: IncidentRow
    version: int | None
    kind: words.Label | None
    outcome: words.Label | None
    closing_reason: words.Label | None
    promised_on: str | None
    proof: str | None
    deadline: Moment | None
    authority_code: str
    posts: tuple[Post, ...]
    rounds: tuple[Round, ...]
    clock: Clock | None
    history: tuple[HistoryLine, ...]
    panels: tuple[str, ...]
    allowed: frozenset[str]
    editor_text: str
    posting: Posting | None
    is_answered: bool


def incident_row(incident: IncidentSummary, href: str, show: Formats) -> IncidentRow:
    """Make an incident ready for a list."""
    running = incident.answered_at is None and incident.closed_at is None
    exact = show.exact(incident.deadline_at) if incident.deadline_at else ""
    topic = incident.topic and incident.topic.said_in(show.language.code)
    return IncidentRow(
        id=incident.id,
        number=incident.number,
        title=incident.title,
        href=href,
        status=words.label(words.STATUSES, incident.status, show.language),
        left=left(incident.remaining_minutes, exact, show) if running else None,
        answered=_answered(incident, show),
        topic=topic.name if topic else None,
        authority=incident.authority.name if incident.authority else None,
        place=_place(incident),
        opened=show.moment(incident.opened_at),
        post_count=incident.post_count,
    )


def case_file(incident: Incident, href: str, show: Formats) -> CaseFile:
    """Make the whole case ready for its page."""
    language = show.language
    return CaseFile(
        row=incident_row(incident, href, show),
        version=incident.version,
        kind=words.label(words.KINDS, incident.kind, language),
        outcome=words.label(words.OUTCOMES, incident.outcome, language),
        closing_reason=words.label(
            words.CLOSING_REASONS | words.MISTAKES, incident.closing_reason, language
        ),
        promised_on=show.day(incident.promised_on) if incident.promised_on else None,
        proof=incident.proof,
        deadline=show.moment(incident.deadline_at) if incident.deadline_at else None,
        authority_code=incident.authority.code if incident.authority else "",
        posts=tuple(_post(post, show) for post in incident.posts),
        rounds=rounds(incident.replies, show),
        clock=_clock(incident.clock, show),
        history=tuple(_line(entry, show) for entry in reversed(incident.history)),
        panels=panels(incident),
        allowed=frozenset(incident.allowed),
        editor_text=unfinished_text(incident.replies),
        posting=last_posting(incident, show),
        is_answered=incident.is_answered,
    )


def panels(incident: Incident) -> tuple[str, ...]:
    """Order the steps open to this person, the likeliest first."""
    first = list(_FIRST.get(incident.status, ()))
    if incident.authority is None:
        first.append("assign")
    order = first + [name for name in _PANELS if name not in first]
    allowed = set(incident.allowed)
    return tuple(name for name in order if allowed.intersection(_PANELS[name]))


def _answered(incident: IncidentSummary, show: Formats) -> words.Label | None:
    if incident.answered_at is None:
        return None
    say = show.language.say
    if incident.answered_in_time is False:
        return words.Label(say("answered late"), "clock-exclamation", "danger")
    return words.Label(say("answered in time"), "circle-check", "ok")


def _place(incident: IncidentSummary) -> str | None:
    town = incident.municipality.name if incident.municipality else None
    return ", ".join(part for part in (town, incident.place) if part) or None


def _post(post: IncidentPost, show: Formats) -> Post:
    network = words.label(words.NETWORKS, post.network, show.language)
    spans = [span for match in post.matches for span in match.positions]
    return Post(
        id=post.id,
        network=network.text if network else "",
        source=words.source_name(post.source_name, show.language),
        url=None if post.deleted_at else original(post.network, post.url, post.id),
        published=show.moment(post.published_at),
        text=pieces(post.text, spans),
        deleted=show.moment(post.deleted_at) if post.deleted_at else None,
        edited=show.moment(post.edited_at) if post.edited_at else None,
    )


def _clock(spans: Sequence[ClockSpan], show: Formats) -> Clock | None:
    if not spans:
        return None
    working: dict[str, float] = {}
    wall: dict[str, float] = {}
    for span in spans:
        working[span.holder] = working.get(span.holder, 0) + span.working_minutes
        wall[span.holder] = wall.get(span.holder, 0) + span.wall_minutes
    held = tuple(
        Held(
            words.label(words.HOLDERS, holder, show.language) or words.Label(holder),
            show.duration(minutes),
            show.duration(wall[holder]),
        )
        for holder, minutes in working.items()
    )
    segments = parts([(span.holder, span.working_minutes) for span in spans])
    summary = "; ".join(f"{one.holder.text}: {one.working}" for one in held)
    return Clock(segments, held, summary)


def _line(entry: Entry, show: Formats) -> HistoryLine:
    return HistoryLine(
        when=show.moment(entry.at),
        who=_actor(entry.actor_name, show),
        what=_what(entry, show) or words.Label(entry.action),
        detail=entry.detail,
        link=web_address(entry.detail),
    )


def _what(entry: Entry, show: Formats) -> words.Label | None:
    if entry.action == "import" and entry.status in words.IMPORTED:
        return words.label(words.IMPORTED, entry.status, show.language)
    return words.label(words.ACTIONS, entry.action, show.language)


def _actor(name: str | None, show: Formats) -> str:
    return show.language.say("Otklik") if name in {None, _SYSTEM} else str(name)
