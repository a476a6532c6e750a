"""OK's two ways to tell a time: milliseconds, and Moscow's clock without a zone."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from infra.sandbox.networks.context import skew

MOSCOW: Final = ZoneInfo("Europe/Moscow")
_FORM: Final = "%Y-%m-%d %H:%M:%S"


def unix_ms(moment: datetime, *, skewed: bool = True) -> int:
    """Give milliseconds on the network's clock, which a fault may put ahead."""
    ahead = skew.get().total_seconds() if skewed else 0
    return round((moment.timestamp() + ahead) * 1000)


def moscow(moment: datetime) -> str:
    return (moment + skew.get()).astimezone(MOSCOW).strftime(_FORM)


def from_moscow(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=MOSCOW)
    except ValueError:
        return None
