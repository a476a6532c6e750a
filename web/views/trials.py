"""Queries tried before they are rules, made ready for their pages."""

from dataclasses import dataclass

from web import words
from web.formats import Formats
from web.highlight import Piece, pieces
from web.shapes.rules import DryRun, Tried
from web.views.faults import slip
from web.views.rules import PostShown, posts


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the archive; `width` is for the bar, of 100."""

    day: str
    posts: str
    hits: str
    width: float


@dataclass(frozen=True, slots=True)
class SharedRow:
    """Another rule with the hits both have."""

    rule_id: str
    name: str
    hits: str


@dataclass(frozen=True, slots=True)
class Run:
    """A dry run as it stands."""

    id: str
    rule_id: str | None
    query: str
    slip: str | None
    label: words.Label | None
    is_running: bool
    error: str | None
    seen: int
    total: int
    progress: str
    hits: str
    alone: str
    shared: str
    candidates: str
    candidates_a_day: str
    covered_days: int
    days: tuple[DayRow, ...]
    others: tuple[SharedRow, ...]
    samples: tuple[PostShown, ...]


@dataclass(frozen=True, slots=True)
class TriedShown:
    """What a query does with a text."""

    is_caught: bool
    pieces: tuple[Piece, ...]
    others: tuple[tuple[str, str], ...]


def run(found: DryRun, show: Formats) -> Run:
    """Make a dry run ready."""
    most = max((day.hits for day in found.days), default=0)
    return Run(
        id=found.id,
        rule_id=found.rule_id,
        query=found.query,
        slip=slip(found.query, show.language),
        label=words.label(words.RUN_STATES, found.state, show.language),
        is_running=found.state == "running",
        error=found.error,
        seen=found.seen,
        total=max(1, found.total or 0),
        progress=f"{show.number(found.seen)} / {show.number(found.total or 0)}",
        hits=show.number(found.hits),
        alone=show.number(found.alone),
        shared=show.number(found.hits - found.alone),
        candidates=show.number(found.candidates),
        candidates_a_day=show.number(found.candidates_a_day, digits=1),
        covered_days=found.covered_days,
        days=tuple(
            DayRow(
                show.day(day.day),
                show.number(day.posts),
                show.number(day.hits),
                round(100 * day.hits / most, 1) if most else 0.0,
            )
            for day in found.days
        ),
        others=tuple(
            SharedRow(each.rule_id, each.name, show.number(each.hits))
            for each in found.shared
        ),
        samples=tuple(posts(found.samples, show)),
    )


def tried(found: Tried, text: str) -> TriedShown:
    """Mark the words in the text."""
    return TriedShown(
        found.is_caught,
        pieces(text, found.positions),
        tuple((each.rule_id, each.name) for each in found.others),
    )
