"""Meta's times: `2025-11-11T09:00:00+0000` in objects, Unix seconds in webhooks."""

from datetime import UTC, datetime


def unix_of(value: object) -> int:
    """Read a time as Unix seconds; 0 when it is missing or can not be read."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(value, 0)
    if not isinstance(value, str):
        return 0
    try:
        moment = datetime.fromisoformat(value)
        told = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(int(told.timestamp()), 0)
    except (ValueError, OverflowError):
        return 0


def moment_of(unix: int) -> datetime:
    """Turn Unix seconds into UTC; raises `OverflowError` for what no clock meant."""
    try:
        return datetime.fromtimestamp(unix, UTC)
    except (ValueError, OSError) as error:
        raise OverflowError(str(error)) from error
