"""Figures as services/reports answers them."""

from datetime import date

from web.shapes.base import Shape


class Figures(Shape):
    """The figures of one period, of the region or of a part of it."""

    complaints: int = 0
    incidents: int = 0
    answered: int = 0
    due: int = 0
    answered_in_time: int = 0
    share_in_time: float | None = None
    median_minutes: float | None = None
    p90_minutes: float | None = None
    overdue_now: int = 0
    withdrawn: int = 0
    low_volume: bool = False


class Part(Figures):
    """The figures of one authority or municipality."""

    code: str | None = None
    name: str | None = None


class Day(Shape):
    """One day of the chart."""

    day: date
    complaints: int = 0
    incidents: int = 0
    answered: int = 0


class Kpi(Shape):
    """The report."""

    definitions_version: int | str | None = None
    totals: Figures = Figures()
    days: tuple[Day, ...] = ()
    authorities: tuple[Part, ...] = ()
    municipalities: tuple[Part, ...] = ()


class Definition(Shape):
    """What a figure means, in words, in both languages."""

    code: str
    formula_ru: str = ""
    formula_en: str = ""


class Dictionary(Shape):
    """The dictionary of figures in force."""

    version: int = 0
    definitions: tuple[Definition, ...] = ()
