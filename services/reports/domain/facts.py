"""What is derived from facts: when deadlines are settled, complaints by day."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

COMPLAINT_DECISIONS = ("open", "join")
"""The decisions that make a post a complaint."""

PLACES = ("authority", "municipality", "topic")
"""What a fact is filed under, and a report can be narrowed to."""

Fact = TypeVar("Fact")


def settled_at(
    *,
    deadline_at: datetime | None,
    answered_at: datetime | None,
    in_time: bool | None,
) -> datetime | None:
    """Tell when it was or will be settled whether an incident was answered in time.

    - answered in time: at the answer;
    - answered late: at the deadline;
    - not answered: at the deadline, closed or not;
    - without a deadline, or when nobody knows whether it was kept: never.
    """
    if answered_at is None:
        return deadline_at
    if in_time is None:
        return None
    if in_time or deadline_at is None:
        return answered_at
    return min(deadline_at, answered_at)


def newest(
    facts: Iterable[Fact],
    *,
    key: Callable[[Fact], Hashable],
    version: Callable[[Fact], int],
) -> list[Fact]:
    """Keep the highest version of each thing; of equal ones the first."""
    kept: dict[Hashable, Fact] = {}
    for fact in facts:
        known = kept.get(key(fact))
        if known is None or version(fact) > version(known):
            kept[key(fact)] = fact
    return list(kept.values())


@dataclass(frozen=True)
class Complaint:
    """A post that counts: when it was taken in and where it stands now."""

    received_at: datetime
    authority: str | None
    municipality: str | None


class DayKey(NamedTuple):
    """A cell of the daily roll-up; no code means that none is set."""

    day: date
    dimension: str
    code: str | None


ALL = "all"
"""The dimension of the roll-up that holds every complaint of a day once."""


def by_day(complaints: Iterable[Complaint], zone: str) -> Counter[DayKey]:
    """Count complaints in all and by each dimension, by days of the region."""
    counts: Counter[DayKey] = Counter()
    local = ZoneInfo(zone)
    for complaint in complaints:
        day = complaint.received_at.astimezone(local).date()
        counts[DayKey(day, ALL, None)] += 1
        counts[DayKey(day, "authority", complaint.authority)] += 1
        counts[DayKey(day, "municipality", complaint.municipality)] += 1
    return counts


def changes(
    before: Iterable[Complaint], after: Iterable[Complaint], zone: str
) -> dict[DayKey, int]:
    """Tell by how much the roll-up changes when some complaints change."""
    difference = by_day(after, zone)
    difference.subtract(by_day(before, zone))
    return {key: count for key, count in sorted(difference.items(), key=str) if count}
