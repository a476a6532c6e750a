"""Figures of official pages as they are answered."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.models.networks import PageStat


class FigureAnswer(BaseModel):
    """A figure of an official page on a day of the region."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "name": "followers",
                    "day": "2026-03-11",
                    "value": 12400,
                    "as_of": "2026-03-11T09:00:00Z",
                    "method": "groups.getById",
                    "precision": "exact",
                }
            ]
        },
    )

    name: str
    day: date
    value: int
    as_of: datetime
    method: str
    precision: str


class FigureList(BaseModel):
    """Figures of a page, the newest day first; a day without one is absent, not 0."""

    items: list[FigureAnswer]

    @classmethod
    def of(cls, rows: Iterable[PageStat]) -> Self:
        """Describe stored figures."""
        return cls(items=[FigureAnswer.model_validate(each) for each in rows])
