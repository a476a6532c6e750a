"""What a report asks of the facts, as conditions of a query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Row,
    Select,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.domain import PLACES, Period

Column = ColumnElement[Any]
Condition = ColumnElement[bool]
Query = Select[*tuple[Any, ...]]
Rows = list[Row[*tuple[Any, ...]]]


@dataclass(frozen=True)
class Question:
    """The region, period and filters of a report, and the moment it is asked."""

    region: int
    period: Period
    zone: str
    now: datetime
    authority: str | None = None
    municipality: str | None = None
    topic: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Tell whether only a part of the region is asked about."""
        return any(self._asked())

    def within(self, moment: Column) -> Condition:
        """Tell whether a moment lies in the period."""
        bounds = self.period.bounds(self.zone)
        return and_(moment >= bounds[0], moment < bounds[-1])

    def day_number(self, moment: Column) -> ColumnElement[int]:
        """Number the day of a moment in the period, from 1.

        Python alone knows the zones' rules: the database's copy of the zone tables
        would disagree with ours one day.
        """
        bounds = bindparam(
            "bounds",
            self.period.bounds(self.zone),
            type_=ARRAY(DateTime(timezone=True)),
            unique=True,
        )
        return func.width_bucket(moment, bounds)

    def days(self) -> dict[int, date]:
        """Return the days by their numbers."""
        return dict(enumerate(self.period.days(), start=1))

    def filters(self, places: Mapping[str, Column]) -> list[Condition]:
        """Keep the asked authority, municipality and topic."""
        return [
            places[name] == code
            for name, code in zip(PLACES, self._asked(), strict=True)
            if code is not None
        ]

    def _asked(self) -> tuple[str | None, ...]:
        return (self.authority, self.municipality, self.topic)


async def plan_for_this_question(session: AsyncSession) -> None:
    """Make PostgreSQL plan with the very period asked about, in this transaction.

    A plan kept for any period serves a day well and takes five times as long for a
    year.
    """
    await session.execute(
        select(func.set_config("plan_cache_mode", "force_custom_plan", True))
    )
