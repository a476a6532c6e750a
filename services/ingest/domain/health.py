"""How a watched source is, and how long it is left alone after a failure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LONGEST_PAUSE: Final = timedelta(hours=24)
LATE: Final = timedelta(minutes=10)
"""Posts first seen so long after they were published are seen late."""

_MOST_DOUBLINGS: Final = 10
_JITTER: Final = 0.25


class Health(StrEnum):
    """One word for how a source is."""

    OK = "ok"
    NEW = "new"  # not asked yet
    LATE = "late"  # works, but posts are seen long after they were published
    WAITING = "waiting"  # works, but has to wait for its turn or its network
    FAILING = "failing"  # fails and is tried again
    PAUSED = "paused"  # by a person
    TOKEN = "token"  # noqa: S105 -- a word: its token was refused
    PERSON = "person"  # somebody must do something at the network
    BROKEN = "broken"  # what we ask is wrong
    GONE = "gone"  # there is nothing to be asked any more
    OFF = "off"  # disabled by a person


@dataclass(frozen=True, slots=True)
class Condition:
    """What is known of a source; `stopped` is the kind of error that stopped it."""

    state: str
    stopped: str | None
    error: str | None
    failures: int
    last_ok_at: datetime | None
    lag: timedelta | None


_STOPPED: Final = {
    "reauth": Health.TOKEN,
    "human": Health.PERSON,
    "bug": Health.BROKEN,
    "disable": Health.GONE,
}


def health_of(condition: Condition) -> Health:
    """Say how a source is, in this order.

    1. An error stopped it: what has to be done about that.
    2. A person stopped it.
    3. It fails, or has to wait.
    4. It was never asked, its posts are seen late, or all is well.
    """
    if condition.state != "active":
        by_person = Health.OFF if condition.state == "disabled" else Health.PAUSED
        return _STOPPED.get(condition.stopped or "", by_person)
    if condition.error == "wait":
        return Health.WAITING
    if condition.failures:
        return Health.FAILING
    if condition.last_ok_at is None:
        return Health.NEW
    is_late = condition.lag is not None and condition.lag > LATE
    return Health.LATE if is_late else Health.OK


def pause_after_failures(pause: timedelta, failures: int, dice: float) -> timedelta:
    """Twice as long after each failure, up to a day; `dice` is in [0, 1).

    A quarter is left to chance, so that sources that failed together do not come
    back together.
    """
    doubled = min(pause * (1 << min(failures, _MOST_DOUBLINGS)), LONGEST_PAUSE)
    return min(doubled * (1 - _JITTER + _JITTER * dice), LONGEST_PAUSE)


def lag_at_first_sight(
    published: datetime | None, seen_at: datetime
) -> timedelta | None:
    """How late the newest new post was seen; a network's clock may be ahead of ours."""
    return None if published is None else max(seen_at - published, timedelta())
