"""OK's times: milliseconds where it tells them, else Moscow's clock without a zone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

MOSCOW: Final = ZoneInfo("Europe/Moscow")
_WRITTEN: Final = "%Y-%m-%d %H:%M:%S"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def milliseconds_of(data: Mapping[str, Any]) -> int:
    """Read when something was written, in Unix milliseconds; 0 when OK does not say.

    `date_ms` and `created_ms` are at times missing or null; `date` and `created` are
    Moscow's time, whose distance from UTC has changed over the years.
    """
    for name in ("date_ms", "created_ms"):
        told = data.get(name)
        if isinstance(told, int) and not isinstance(told, bool) and told > 0:
            return told
    for name in ("date", "created"):
        if (written := _written(data.get(name))) is not None:
            return written
    return 0


def milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def moment_of(told: int) -> datetime:
    """Turn milliseconds into UTC; raises OverflowError for what no clock meant."""
    return _EPOCH + told * _MILLISECOND


def in_moscow(moment: datetime) -> str:
    """Write a moment as OK's filters want it."""
    return moment.astimezone(MOSCOW).strftime(_WRITTEN)


def _written(value: object) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.strptime(value, _WRITTEN).replace(tzinfo=MOSCOW)
    except ValueError:
        return None
    return milliseconds(moment.astimezone(UTC))
