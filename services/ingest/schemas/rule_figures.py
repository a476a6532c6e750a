"""How good a rule is: its weeks, what it caught last, what would make it better."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue
from sqlalchemy.engine import Row

from services.ingest.handlers.rule_figures import Advice
from services.ingest.schemas.rules import Quality
from services.ingest.store.verdicts import Week

Position = tuple[int, int]
"""Character offsets into a text."""


class QualityWeek(BaseModel):
    """What was decided in the week that began on a Monday."""

    week: date
    quality: Quality

    @classmethod
    def of(cls, week: Week) -> Self:
        """Tell a week."""
        return cls(week=week.week, quality=Quality.of(week.tally))


class AdviceAnswer(BaseModel):
    """A word to exclude, and what it would have done to the hits of ninety days.

    It would have spared `removed` of the `rejected` hits and lost none of the
    `accepted` ones; `query` is the rule's query with it.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "word": "розыгрыш",
                    "query": "(яма AND дорога) NOT розыгрыш",
                    "removed": 12,
                    "rejected": 19,
                    "accepted": 44,
                }
            ]
        },
    )

    word: str
    query: str
    removed: int
    rejected: int
    accepted: int


class QualityAnswer(BaseModel):
    """The weeks of a rule, oldest first, all its versions together, and advice."""

    weeks: list[QualityWeek]
    advice: AdviceAnswer | None

    @classmethod
    def of(cls, weeks: list[Week], advice: Advice | None) -> Self:
        """Tell both."""
        return cls(
            weeks=[QualityWeek.of(week) for week in weeks],
            advice=AdviceAnswer.model_validate(advice) if advice else None,
        )


_POST: dict[str, JsonValue] = {
    "post_id": "01a2001e-5048-74c6-a70f-7907d867cf8d",
    "network": "vk",
    "url": "https://pages.example/wall-1_2",
    "published_at": "2026-03-11T08:30:00Z",
    "text": "Яма на дороге у школы",
    "positions": [[0, 3], [7, 13]],
}


class PostShown(BaseModel):
    """A post a query catches; `positions` mark the words it looks for."""

    model_config = ConfigDict(json_schema_extra={"examples": [_POST]})

    post_id: UUID
    network: str
    url: str | None
    published_at: datetime
    text: str
    positions: list[Position]

    @classmethod
    def of(cls, post: Row[Any], positions: Any) -> Self:  # noqa: ANN401 -- pairs of numbers, of JSON or not
        """Tell a post."""
        return cls(
            post_id=post.id,
            network=post.network,
            url=post.url,
            published_at=post.published_at,
            text=post.text,
            positions=positions,
        )


class Hit(PostShown):
    """A post a rule has caught; `verdict` is what moderators made of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_POST, "rule_version": 2, "verdict": "accepted"}]
        }
    )

    rule_version: int
    verdict: str | None


class HitList(BaseModel):
    """Posts a rule caught last, the newest first."""

    items: list[Hit]

    @classmethod
    def of(cls, rows: Sequence[Row[Any]]) -> Self:
        """Tell them."""
        return cls(items=[_hit(row) for row in rows])


def _hit(row: Row[Any]) -> Hit:
    return Hit(**{name: getattr(row, name) for name in Hit.model_fields})
