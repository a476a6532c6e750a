"""When sources are asked: evenly in time, however they were added."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def next_turn(
    source: UUID, pause: timedelta, *, began: datetime, now: datetime
) -> datetime:
    """Say when a source is asked after a poll: at its own moment of every pause.

    Sources that were asked together would else stay together, each round waiting for
    its slowest. The first wait is three to seven quarters of a pause, all others one.
    A poll that took long is followed by a quarter of a pause at least.
    """
    earliest = max(began + 0.75 * pause, now + 0.25 * pause)
    own = _EPOCH + (source.int % (pause // _MICROSECOND)) * _MICROSECOND
    return earliest + (own - earliest) % pause
