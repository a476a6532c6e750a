"""Rules as people write and read them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from services.ingest.handlers.rules import Draft

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""A short text on one line."""

QueryText = Annotated[str, Field(min_length=1, max_length=2000)]
State = Literal["active", "monitor", "suspended"]

_EXAMPLE: dict[str, JsonValue] = {
    "name": "Ямы на дорогах",
    "query": "яма AND (дорога OR тротуар) NOT реклама",
    "topic_code": "roads.surface",
    "purpose": "Разрушение покрытия улиц и дворов",
    "owner": "Отдел дорог",
    "expires_on": "2026-12-31",
}


class NewRule(BaseModel):
    """A rule to put into force; it expires, and somebody answers for it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [_EXAMPLE]}
    )

    name: Line
    query: QueryText
    topic_code: Line | None = None
    purpose: Line
    owner: Line
    expires_on: date
    state: State = "active"

    def draft(self) -> Draft:
        """Hand it to the handler."""
        return Draft(**self.model_dump())


class RuleChange(BaseModel):
    """Fields to change; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"state": "suspended"}]},
    )

    name: Line | None = None
    query: QueryText | None = None
    topic_code: Line | None = None
    purpose: Line | None = None
    owner: Line | None = None
    expires_on: date | None = None
    state: State | None = None

    def changes(self) -> dict[str, Any]:
        """Name what was sent; only the topic may be taken away."""
        sent = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name == "topic_code"
        }


class RuleAnswer(BaseModel):
    """A rule as it stands."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "id": "01a2001e-5048-74c6-a70f-7907d867cf8d",
                    "version": 2,
                    "state": "active",
                    "created_at": "2026-03-01T09:00:00Z",
                    "changed_at": "2026-03-11T09:00:00Z",
                }
            ]
        },
    )

    id: UUID
    name: str
    version: int
    query: str
    topic_code: str | None
    purpose: str
    owner: str
    expires_on: date
    state: str
    created_at: datetime
    changed_at: datetime


class RuleVersionAnswer(BaseModel):
    """A rule as it was after one change."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "version": 1,
                    "state": "monitor",
                    "changed_by": "Вера Тихонова",
                    "changed_at": "2026-03-01T09:00:00Z",
                }
            ]
        },
    )

    version: int
    name: str
    query: str
    topic_code: str | None
    purpose: str
    owner: str
    expires_on: date
    state: str
    changed_by: str
    changed_at: datetime


class RuleList(BaseModel):
    """All rules of the region, by name."""

    items: list[RuleAnswer]


class RuleVersionList(BaseModel):
    """Versions of one rule, oldest first."""

    items: list[RuleVersionAnswer]
