"""HTTP shapes of the reports service."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.reports import domain
from services.reports.handlers import Answer

EXAMPLE_FIGURES: dict[str, JsonValue] = {
    "complaints": 41,
    "incidents": 18,
    "answered": 15,
    "due": 16,
    "answered_in_time": 14,
    "share_in_time": 0.875,
    "median_minutes": 212.5,
    "p90_minutes": 455.0,
    "overdue_now": 1,
    "withdrawn": 0,
    "low_volume": False,
}


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(examples=["urn:otklik:problem:invalid"])
    title: str = Field(examples=["Invalid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["to: a period has at most 366 days"])
    errors: list[dict[str, str]] | None = Field(
        default=None,
        examples=[[{"field": "to", "message": "a period has at most 366 days"}]],
    )


class Figures(BaseModel):
    """The figures; what each means stands in `/reports/definitions`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_FIGURES]})

    complaints: int = Field(description="Posts decided `open` or `join`.")
    incidents: int = Field(description="Incidents opened in the period.")
    answered: int = Field(description="Incidents first answered in the period.")
    due: int = Field(
        description="Incidents whose deadline was met or missed in the period."
    )
    answered_in_time: int = Field(description="Those of `due` that met it.")
    share_in_time: float | None = Field(
        description="`answered_in_time / due`, 0 to 1, 4 places; null without any."
    )
    median_minutes: float | None = Field(
        description="Median of working minutes to the first answer "
        "(`percentile_cont(0.5)` over the answers of the period), 2 places."
    )
    p90_minutes: float | None = Field(description="`percentile_cont(0.9)`, 2 places.")
    overdue_now: int = Field(
        description="Open, unanswered, past the deadline at `as_of`; any period."
    )
    withdrawn: int = Field(
        description="Incidents withdrawn in the period as opened by mistake; the "
        "other figures leave them out."
    )
    low_volume: bool = Field(
        description="Fewer than 5 answers: not fit for comparing or ranking."
    )


class Part(Figures):
    """The figures of one authority or municipality; `code` null means none is set."""

    code: str | None
    name: str | None


class Day(BaseModel):
    """One day; days without events are present with zeros."""

    day: date
    complaints: int
    incidents: int
    answered: int


class Kpi(BaseModel):
    """A report, reproducible from the facts as of `as_of`."""

    from_: date = Field(serialization_alias="from")
    to: date
    zone: str = Field(examples=["Europe/Moscow"])
    as_of: datetime
    definitions_version: int
    totals: Figures
    days: list[Day]
    authorities: list[Part] = Field(description="By name; never by rank.")
    municipalities: list[Part] = Field(description="By name; never by rank.")


class Definition(BaseModel):
    """What a figure, column or section means, in words."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(examples=["share_in_time"])
    version: int = Field(description="The dictionary that brought this meaning.")
    kind: str = Field(description="figure, column or section", examples=["figure"])
    name_ru: str = Field(examples=["Доля в срок"])
    name_en: str = Field(examples=["Share in time"])
    formula_ru: str
    formula_en: str
    unit: str = Field(examples=["share"])


class Dictionary(BaseModel):
    """The dictionary of figures in force."""

    version: int
    definitions: list[Definition]


class Status(BaseModel):
    """What the figures are made of, and what is still on its way or stuck."""

    incidents: int = Field(description="Incidents with a fact.")
    candidates: int = Field(description="Decided posts with a fact.")
    outbox: int = Field(description="Messages sent again and not yet taken in.")
    dead_letters: int = Field(description="Messages that could not be taken in.")


class Letter(BaseModel):
    """A message that could not be taken in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str = Field(examples=["incidents_changed"])
    error: str = Field(examples=["ValueError: …"])
    tries: int = Field(examples=[3])
    buried_at: datetime
    replayed_at: datetime | None


class Letters(BaseModel):
    """The newest 100 of them."""

    items: list[Letter]


class Replayed(BaseModel):
    """A message that is on its way again."""

    id: UUID


class Rebuilt(BaseModel):
    """The roll-up will be counted anew."""

    state: Literal["rung"] = "rung"


def kpi_out(answer: Answer) -> Kpi:
    """Shape a report for the wire."""
    kpi = answer.kpi
    return Kpi(
        from_=kpi.period.first,
        to=kpi.period.last,
        zone=answer.zone,
        as_of=answer.as_of,
        definitions_version=answer.definitions_version,
        totals=Figures(**_figures(kpi.totals)),
        days=[Day(**vars(day)) for day in kpi.days],
        authorities=[_part(row) for row in kpi.authorities],
        municipalities=[_part(row) for row in kpi.municipalities],
    )


def _part(row: domain.Row) -> Part:
    return Part(code=row.code, name=row.name, **_figures(row.figures))


def _figures(figures: domain.Figures) -> dict[str, Any]:
    answers = figures.answers
    return {
        "complaints": figures.complaints,
        "incidents": answers.incidents,
        "answered": answers.answered,
        "due": answers.due,
        "answered_in_time": answers.answered_in_time,
        "share_in_time": figures.share_in_time,
        "median_minutes": figures.median_minutes,
        "p90_minutes": figures.p90_minutes,
        "overdue_now": answers.overdue_now,
        "withdrawn": answers.withdrawn,
        "low_volume": figures.low_volume,
    }
