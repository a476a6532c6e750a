"""What trying a query on past posts tells: counts a day, samples, work to expect."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

Position: TypeAlias = tuple[int, int]

DAYS: Final = 30
SAMPLES: Final = 20
_RANDOM: Final = (1 << 62) - 1


@dataclass(frozen=True, slots=True)
class Looked:
    """A post that was looked at.

    `positions` is None where the query does not catch it; `others` are the active
    rules that do; `is_offered` says that it is in the queue whatever rules say.
    """

    post_id: UUID
    day: date
    positions: tuple[Position, ...] | None = None
    others: tuple[UUID, ...] = ()
    is_offered: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A hit to show: the text itself is read when it is shown."""

    post_id: UUID
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known so far; `days` holds (posts, hits) of each day with posts."""

    seen: int = 0
    hits: int = 0
    alone: int = 0
    candidates: int = 0
    days: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    shared: Mapping[UUID, int] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()


def continued(trial: Trial, looked: Sequence[Looked]) -> Trial:
    """Add posts to what is known; in which portions they come changes nothing."""
    caught = [each for each in looked if each.positions is not None]
    alone = [each for each in caught if not each.others]
    shared = Counter(trial.shared)
    shared.update(rule for each in caught for rule in each.others)
    return Trial(
        seen=trial.seen + len(looked),
        hits=trial.hits + len(caught),
        alone=trial.alone + len(alone),
        candidates=trial.candidates + sum(not each.is_offered for each in alone),
        days=_days(trial.days, looked),
        shared=dict(shared),
        samples=_samples(trial.samples, caught),
    )


def _days(
    known: Mapping[date, tuple[int, int]], looked: Iterable[Looked]
) -> dict[date, tuple[int, int]]:
    days = dict(known)
    for each in looked:
        posts, hits = days.get(each.day, (0, 0))
        days[each.day] = (posts + 1, hits + (each.positions is not None))
    return days


def _samples(known: Iterable[Sample], caught: Iterable[Looked]) -> tuple[Sample, ...]:
    """Keep hits evenly from the whole time: those whose random bits are smallest."""
    fresh = (Sample(each.post_id, each.positions or ()) for each in caught)
    ordered = sorted((*known, *fresh), key=lambda one: one.post_id.int & _RANDOM)
    return tuple(ordered[:SAMPLES])


def covered_days(days: Iterable[date], today: date) -> int:
    """Count the days the archive reaches back, today included: from one to DAYS."""
    return min(DAYS, (today - min(days, default=today)).days + 1)
