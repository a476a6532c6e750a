"""When sources are asked: evenly in time, however they were added."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def next_turn(source: UUID, pause: timedelta, *, now: datetime) -> datetime:
    """Say when a source is asked after a poll: at its own moment of every pause.

    Sources that were asked together would else stay together, each round waiting for
    its slowest. A quarter of a pause passes at least, so that the first wait is one to
    five quarters. It is no longer, or else what is asked once more in between, for
    comments that had no turn, or was late by some seconds, would miss its next moment
    and wait for two pauses.
    """
    earliest = now + 0.25 * pause
    own = _EPOCH + (source.int % (pause // _MICROSECOND)) * _MICROSECOND
    return earliest + (own - earliest) % pause
