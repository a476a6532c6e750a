"""Rules as people write and read them."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from services.ingest.domain.quality import Tally, wilson
from services.ingest.handlers.rule_quality import Measured
from services.ingest.handlers.rules import Draft
from shared.models.rules import Rule

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""A short text on one line."""

QueryText = Annotated[str, Field(min_length=1, max_length=8000)]
State = Literal["active", "monitor", "suspended"]
MAY_BE_EMPTY: Final = frozenset({"topic_code", "authority_code", "municipality"})

WARNED_DAYS: Final = 30
"""So many days before its end a rule is said to expire soon."""

_EXAMPLE: dict[str, JsonValue] = {
    "name": "Ямы на дорогах",
    "query": "яма AND (дорога OR тротуар) NOT реклама",
    "topic_code": "roads.surface",
    "authority_code": None,
    "municipality": None,
    "purpose": "Разрушение покрытия улиц и дворов",
    "owner": "Отдел дорог",
    "expires_on": "2026-12-31",
}
_QUALITY: dict[str, JsonValue] = {
    "accepted": 31,
    "noise": 6,
    "opinion": 2,
    "other": 1,
    "decided": 40,
    "rejected": 9,
    "share": 0.225,
    "low": 0.1225,
    "high": 0.3751,
    "opinion_low": 0.0138,
}


class NewRule(BaseModel):
    """A rule to put into force; it expires, and somebody answers for it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [_EXAMPLE]}
    )

    name: Line
    query: QueryText
    topic_code: Line | None = None
    authority_code: Line | None = None
    municipality: Line | None = None
    purpose: Line
    owner: Line
    expires_on: date
    state: State = "active"
    reason: Annotated[str, Field(description="Why it is written.")] | None = None

    def draft(self) -> Draft:
        """Hand it to the handler."""
        said = self.model_dump()
        return Draft(**{**said, "reason": self.reason or ""})


class RuleChange(BaseModel):
    """Fields to change, and why; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"state": "suspended", "reason": "Ремонт теплосетей окончен"}]
        },
    )

    reason: Annotated[Line, Field(description="Kept with the version.")]
    name: Line | None = None
    query: QueryText | None = None
    topic_code: Line | None = None
    authority_code: Line | None = None
    municipality: Line | None = None
    purpose: Line | None = None
    owner: Line | None = None
    expires_on: date | None = None
    state: State | None = None

    def changes(self) -> dict[str, Any]:
        """Name what was sent; only what a rule suggests may be taken away."""
        sent = self.model_dump(exclude_unset=True, exclude={"reason"})
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name in MAY_BE_EMPTY
        }


class Quality(BaseModel):
    """What moderators made of a rule's hits.

    `share` of the decided hits were rejected, truly between `low` and `high` (the
    95 % score interval); at least `opinion_low` of them were opinions. None where
    nothing is decided.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_QUALITY]})

    accepted: int
    noise: int
    opinion: int
    other: int
    decided: int
    rejected: int
    share: float | None
    low: float | None
    high: float | None
    opinion_low: float | None

    @classmethod
    def of(cls, tally: Tally) -> Self:
        """Work the shares out."""
        rejected = wilson(tally.rejected, tally.decided)
        opinions = wilson(tally.opinion, tally.decided)
        return cls(
            accepted=tally.accepted,
            noise=tally.noise,
            opinion=tally.opinion,
            other=tally.other,
            decided=tally.decided,
            rejected=tally.rejected,
            share=round(rejected.share, 4) if rejected else None,
            low=round(rejected.low, 4) if rejected else None,
            high=round(rejected.high, 4) if rejected else None,
            opinion_low=round(opinions.low, 4) if opinions else None,
        )


class RuleAnswer(BaseModel):
    """A rule as it stands, with its figures.

    `hits` are posts of the last 30 days; `quality` is of the last 13 weeks and of
    the versions from `measured_from` on; `limit` is the share of rejected hits
    above which the region has a rule flagged. `state_reason` is `opinions` where
    Otklik suspended the rule because it caught mostly opinions.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "id": "01a2001e-5048-74c6-a70f-7907d867cf8d",
                    "version": 2,
                    "state": "active",
                    "state_reason": None,
                    "is_expired": False,
                    "expires_soon": False,
                    "hits": 412,
                    "quality": _QUALITY,
                    "limit": 0.6,
                    "flagged_at": None,
                    "measured_from": 1,
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
    authority_code: str | None
    municipality: str | None
    purpose: str
    owner: str
    expires_on: date
    state: str
    state_reason: str | None
    is_expired: bool
    expires_soon: bool
    hits: int
    quality: Quality
    limit: float
    flagged_at: datetime | None
    measured_from: int
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, measured: Measured) -> Self:
        """Tell a rule with its figures."""
        rule, days = measured.rule, (measured.rule.expires_on - measured.today).days
        return cls(
            **{name: getattr(rule, name) for name in _OF_RULE},
            is_expired=days < 0,
            expires_soon=0 <= days <= WARNED_DAYS,
            hits=measured.hits,
            quality=Quality.of(measured.tally),
            limit=measured.limit,
        )


_OF_RULE: Final = tuple(
    name for name in RuleAnswer.model_fields if name in Rule.model_fields
)


class RuleVersionAnswer(BaseModel):
    """A rule as it was after one change.

    `reason` is what the author wrote, or `opinions` where Otklik suspended it.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "version": 1,
                    "state": "monitor",
                    "reason": "",
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
    authority_code: str | None
    municipality: str | None
    purpose: str
    owner: str
    expires_on: date
    state: str
    reason: str
    changed_by: str
    changed_at: datetime


class RuleList(BaseModel):
    """All rules of the region, by name."""

    items: list[RuleAnswer]


class RuleVersionList(BaseModel):
    """Versions of one rule, oldest first."""

    items: list[RuleVersionAnswer]
