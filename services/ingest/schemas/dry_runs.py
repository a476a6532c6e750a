"""Queries tried on the archive or on a pasted text."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.handlers.dry_runs import Found, Tried
from services.ingest.schemas.rule_figures import Position, PostShown
from services.ingest.schemas.rules import QueryText

_QUERY = "яма AND (дорога OR тротуар) NOT реклама"


class DryRunRequest(BaseModel):
    """A query to try; `rule_id` names the rule whose place it would take."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"query": _QUERY}]}
    )

    query: QueryText
    rule_id: UUID | None = None


class DryRunDay(BaseModel):
    """Posts and hits published on a day."""

    day: date
    posts: int
    hits: int


class SharedWith(BaseModel):
    """How many of the hits another active rule catches too."""

    rule_id: UUID
    name: str
    hits: int


class DryRunAnswer(BaseModel):
    """What a query finds among the posts of the last 30 days, so far.

    `seen` of `total` posts are looked at (`total` is null before the work begins).
    `alone` hits are caught by no other active rule; `candidates` of them would be
    new in the queue, `candidates_a_day` by the `covered_days` the archive reaches
    back. `samples` are at most 20 hits from the whole time.
    """

    id: UUID
    rule_id: UUID | None
    query: str
    state: str
    error: str | None
    total: int | None
    seen: int
    hits: int
    alone: int
    candidates: int
    covered_days: int
    candidates_a_day: float
    days: list[DryRunDay]
    shared: list[SharedWith]
    samples: list[PostShown]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, found: Found) -> Self:
        """Tell a run."""
        run, trial = found.run, found.trial
        return cls(
            id=run.id,
            rule_id=run.rule_id,
            query=run.query,
            state=run.state,
            error=run.error,
            total=run.total,
            seen=trial.seen,
            hits=trial.hits,
            alone=trial.alone,
            candidates=trial.candidates,
            covered_days=found.covered_days,
            candidates_a_day=round(trial.candidates / found.covered_days, 1),
            days=[
                DryRunDay(day=day, posts=posts, hits=hits)
                for day, (posts, hits) in sorted(trial.days.items())
            ],
            shared=[
                SharedWith(rule_id=rule_id, name=name, hits=hits)
                for rule_id, name, hits in found.shared
            ],
            samples=[PostShown.of(post, at) for post, at in found.samples],
            created_by=run.created_by,
            created_at=run.created_at,
        )


class DryRunStarted(BaseModel):
    """A run that has begun; ask for it by its id."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {"id": "01a2001e-5048-74c6-a70f-7907d867cf8d", "state": "running"}
            ]
        },
    )

    id: UUID
    state: str


class TryRequest(BaseModel):
    """A query and a text to try it on; the text is not kept."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"query": _QUERY, "text": "Яма на дороге"}]},
    )

    query: QueryText
    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    rule_id: UUID | None = None


class RuleName(BaseModel):
    """Another rule."""

    rule_id: UUID
    name: str


class TryAnswer(BaseModel):
    """Whether the query catches the text, by which words, and which rules do too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"is_caught": True, "positions": [[0, 3], [7, 13]], "others": []}
            ]
        }
    )

    is_caught: bool
    positions: list[Position]
    others: list[RuleName]

    @classmethod
    def of(cls, tried: Tried) -> Self:
        """Tell it."""
        return cls(
            is_caught=tried.positions is not None,
            positions=list(tried.positions or ()),
            others=[RuleName(rule_id=key, name=name) for key, name in tried.others],
        )
