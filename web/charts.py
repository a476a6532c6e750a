"""Geometry of the server-drawn charts: numbers in, SVG coordinates out.

Charts are plain SVG elements with classes: they work without JavaScript, obey the
strict content policy, follow the theme and print.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 960, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 28
_TICKS = 4
_LABELS = 8
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: a wide bar of complaints and a narrow one of answers in front."""

    x: float
    width: float
    complaints_y: float
    complaints_height: float
    answered_y: float
    answered_height: float
    day: date
    complaints: int
    answered: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled line of the scale."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class DayLabel:
    """A date under the chart."""

    x: float
    day: date


@dataclass(frozen=True, slots=True)
class DaysChart:
    """Complaints and answers per day."""

    width: int
    height: int
    left: int
    right: int
    base: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    labels: tuple[DayLabel, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a whole on a bar of width 100."""

    x: float
    width: float
    key: str


def days_chart(days: Sequence[tuple[date, int, int]]) -> DaysChart:
    """Lay out (day, complaints, answered) as bars."""
    step = tick_step(max((max(c, a) for _, c, a in days), default=0))
    top = step * _TICKS
    room = HEIGHT - _TOP - _BOTTOM
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(days))
    base = HEIGHT - _BOTTOM

    def tall(value: int) -> float:
        return round(room * value / top, 1)

    bars = tuple(
        Bar(
            x=round(_LEFT + slot * index + slot * 0.14, 1),
            width=round(slot * 0.72, 1),
            complaints_y=base - tall(complaints),
            complaints_height=tall(complaints),
            answered_y=base - tall(answered),
            answered_height=tall(answered),
            day=day,
            complaints=complaints,
            answered=answered,
        )
        for index, (day, complaints, answered) in enumerate(days)
    )
    ticks = tuple(Tick(base - tall(step * n), step * n) for n in range(_TICKS + 1))
    every = max(1, -(-len(days) // _LABELS))
    labels = tuple(
        DayLabel(round(bar.x + bar.width / 2, 1), bar.day) for bar in bars[::every]
    )
    return DaysChart(WIDTH, HEIGHT, _LEFT, WIDTH - _RIGHT, base, bars, ticks, labels)


def tick_step(highest: int) -> int:
    """Find the round step (1, 2, 5, 10, 20, …) whose four ticks hold the highest."""
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale * _TICKS >= highest:
                return step * scale
        scale *= 10


def parts(values: Sequence[tuple[str, float]]) -> tuple[Segment, ...]:
    """Lay shares of a whole side by side on a bar of width 100."""
    whole = sum(value for _, value in values)
    placed: list[Segment] = []
    at = 0.0
    for key, value in values:
        width = 100 * value / whole if whole else 0.0
        placed.append(Segment(round(at, 2), round(width, 2), key))
        at += width
    return tuple(placed)


@dataclass(frozen=True, slots=True)
class Whisker:
    """A share with its interval: a dot on an upright line."""

    x: float
    y: float
    low_y: float
    high_y: float
    day: date


@dataclass(frozen=True, slots=True)
class ShareTick:
    """A labelled line of a scale from 0 to 1."""

    y: float
    value: float


@dataclass(frozen=True, slots=True)
class SharesChart:
    """Shares with intervals, one a week; `limit_y` is where the bound lies."""

    width: int
    height: int
    left: int
    right: int
    base: int
    limit_y: float
    whiskers: tuple[Whisker, ...]
    ticks: tuple[ShareTick, ...]


_SMALL_WIDTH, _SMALL_HEIGHT = 480, 160


def shares_chart(
    points: Sequence[tuple[date, float, float, float]], limit: float
) -> SharesChart:
    """Lay out (week, share, low, high) between 0 and 1, and a limit."""
    base = _SMALL_HEIGHT - _BOTTOM
    slot = (_SMALL_WIDTH - _LEFT - _RIGHT) / max(1, len(points))

    def at(share: float) -> float:
        return round(base - share * (base - _TOP), 1)

    whiskers = tuple(
        Whisker(round(_LEFT + slot * (n + 0.5), 1), at(share), at(low), at(high), day)
        for n, (day, share, low, high) in enumerate(points)
    )
    return SharesChart(
        width=_SMALL_WIDTH,
        height=_SMALL_HEIGHT,
        left=_LEFT,
        right=_SMALL_WIDTH - _RIGHT,
        base=base,
        limit_y=at(limit),
        whiskers=whiskers,
        ticks=tuple(ShareTick(at(n / 2), n / 2) for n in range(3)),
    )
