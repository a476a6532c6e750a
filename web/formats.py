"""Numbers, durations and times as people read them, in their language and zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time

from web.languages import Language

THIN = "\N{NARROW NO-BREAK SPACE}"
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A time for a page: short to read, exact on demand, plain for machines."""

    near: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True)
class Formats:
    """How this reader sees figures: language, zone and the present moment."""

    language: Language
    zone: ZoneInfo
    now: datetime

    def number(self, value: float, *, digits: int = 0) -> str:
        """Write a number with a thin space between thousands: 11 500."""
        whole, _, rest = f"{value:,.{digits}f}".partition(".")
        grouped = whole.replace(",", THIN).replace("-", "\N{MINUS SIGN}")
        mark = self.language.locale.number_symbols["latn"]["decimal"]
        return f"{grouped}{mark}{rest}" if rest else grouped

    def share(self, value: float | None) -> str:
        """Write a share of one as whole per cents."""
        return "—" if value is None else f"{round(value * 100)}{THIN}%"

    def duration(self, minutes: float | None) -> str:
        """Write minutes as hours and minutes; a dash where there is nothing."""
        if minutes is None:
            return "—"
        hours, rest = divmod(round(abs(minutes)), _HOUR)
        if not hours:
            return self.language.say("%(m)s min", m=rest)
        if not rest:
            return self.language.say("%(h)s h", h=self.number(hours))
        return self.language.say("%(h)s h %(m)s min", h=self.number(hours), m=rest)

    def remaining(self, minutes: int) -> str:
        """Say in full how much working time is left or overdue."""
        text = self.duration(minutes)
        if minutes < 0:
            return self.language.say("overdue by %(time)s of working time", time=text)
        return self.language.say("%(time)s of working time left", time=text)

    def remaining_briefly(self, minutes: int) -> str:
        """Say the same in a list, where the column already says what is counted."""
        text = self.duration(minutes)
        if minutes < 0:
            return self.language.say("overdue by %(time)s", time=text)
        return self.language.say("%(time)s left", time=text)

    def moment(self, when: datetime) -> Moment:
        """Show a past or coming time."""
        local = when.astimezone(self.zone)
        return Moment(self._near(local), self.exact(when), when.isoformat())

    def coming(self, when: datetime) -> Moment:
        """Show when something is due; what is due already comes any moment."""
        if when > self.now:
            return self.moment(when)
        return Moment(
            self.language.say("any moment"), self.exact(when), when.isoformat()
        )

    def exact(self, when: datetime) -> str:
        """Write date, time and zone in full."""
        local = when.astimezone(self.zone)
        text = format_datetime(local, "d MMMM y, HH:mm", locale=self.language.locale)
        return f"{text} ({_offset(local)})"

    def day(self, when: date) -> str:
        """Write a date without its time."""
        return format_date(when, "d MMMM y", locale=self.language.locale)

    def day_briefly(self, when: date) -> str:
        """Write a date where the year is plain from around it."""
        return format_date(when, "d MMM", locale=self.language.locale).rstrip(".")

    def clock(self, when: datetime) -> str:
        """Write the time of day."""
        local = when.astimezone(self.zone)
        return str(format_time(local, "HH:mm", locale=self.language.locale))

    def today(self) -> date:
        """Name the present day where the reader is."""
        return self.now.astimezone(self.zone).date()

    def _near(self, local: datetime) -> str:
        minutes = (self.now - local) / timedelta(minutes=1)
        say = self.language.say
        if 0 <= minutes < 1:
            return say("just now")
        if 0 < minutes < _HOUR:
            return say("%(m)s min ago", m=int(minutes))
        today = self.today()
        time = self.clock(local)
        if local.date() == today:
            return say("today, %(time)s", time=time)
        if local.date() == today - timedelta(days=1):
            return say("yesterday, %(time)s", time=time)
        if local.date().year == today.year:
            return f"{self.day_briefly(local.date())}, {time}"
        return self.day(local.date())


def _offset(local: datetime) -> str:
    minutes = round((local.utcoffset() or timedelta()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), _HOUR)
    sign = "+" if minutes >= 0 else "\N{MINUS SIGN}"
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"
