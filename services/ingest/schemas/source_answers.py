"""Sources as they are answered: what they are, how they are, what they brought."""

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue, field_validator

from services.ingest.domain.health import Condition, Health, health_of
from services.ingest.handlers.watching import Recognised, Tested
from services.ingest.schemas.source_options import OptionAnswer
from services.ingest.sources.base import SourceError
from services.ingest.sources.options import options_for
from services.ingest.sources.remarks import Remark
from shared.models.ingest import Source
from shared.networks.budget import Standing

_EXAMPLE: dict[str, JsonValue] = {
    "id": "01a2001e-5068-719e-8b9f-3d97deb2ca04",
    "kind": "page",
    "network": "vk",
    "name": "Подслушано в Клёновске",
    "url": "https://vk.com/klenovsk_overheard",
    "municipality": "klenovsk",
    "intake": "matched",
    "state": "active",
    "poll_every_s": 60,
    "next_poll_at": "2026-03-11T09:01:00Z",
    "last_ok_at": "2026-03-11T09:00:00Z",
    "last_error": None,
    "failures": 0,
    "created_at": "2026-03-01T09:00:00Z",
    "place_kind": "wall",
    "native": "klenovsk_overheard",
    "health": "ok",
    "stop_reason": None,
    "error_kind": None,
    "error_code": None,
    "failing_since": None,
    "lag_s": 41,
    "skew_s": None,
    "unknown": {"attachment:hologram": 2},
    "credential_id": None,
    "options": {},
    "accepted_by": None,
    "accepted_at": None,
    "remarks": [],
    "budget": {"stopped": False, "parked_until": None},
}


class BudgetAnswer(BaseModel):
    """How the tokens of a source stand: whether any of them may be used now."""

    model_config = ConfigDict(from_attributes=True)

    stopped: bool
    parked_until: datetime | None


class RemarkAnswer(BaseModel):
    """Something to know of a place: a code, its figures, and both said in English."""

    code: str
    figures: dict[str, int | str]
    text: str

    @classmethod
    def of(cls, remark: Remark) -> Self:
        """Describe a remark."""
        figures = dict(remark.figures)
        return cls(code=remark.code, figures=figures, text=str(remark))


class SourceAnswer(BaseModel):
    """A source and how it goes.

    `health` is one word for it, the other fields say why: the kind of the last error
    and the network's own code for it, since when it fails, how late the newest post
    was first seen, how far the network's clock differs, which shapes no parser knew.
    `remarks` are what the last poll told though it went well; `last_error` says them
    in English.
    """

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    id: UUID
    kind: str
    network: str
    name: str
    url: str | None
    municipality: str | None
    intake: str
    state: str
    poll_every_s: int | None
    next_poll_at: datetime | None
    last_ok_at: datetime | None
    last_error: str | None
    failures: int
    created_at: datetime
    place_kind: str | None
    native: str | None
    health: Health = Health.NEW
    stop_reason: str | None
    error_kind: str | None
    error_code: str | None
    failing_since: datetime | None
    lag_s: int | None
    skew_s: int | None
    unknown: dict[str, int]
    credential_id: UUID | None
    options: dict[str, JsonValue]
    accepted_by: str | None
    accepted_at: datetime | None
    remarks: list[RemarkAnswer] = []
    budget: BudgetAnswer | None = None

    @field_validator("remarks", mode="before")
    @classmethod
    def _said(cls, stored: list[dict[str, Any]]) -> list[RemarkAnswer]:
        return [RemarkAnswer.of(Remark.of(each)) for each in stored]

    @classmethod
    def of(cls, source: Source, standing: Standing | None = None) -> Self:
        """Describe a source with what is known of its tokens."""
        answer = cls.model_validate(source)
        answer.health = health_of(condition_of(source))
        if standing is not None:
            answer.budget = BudgetAnswer.model_validate(standing)
        return answer


def condition_of(source: Source) -> Condition:
    """Name what the health of a source is judged by."""
    return Condition(
        state=source.state,
        stopped=source.stop_reason,
        error=source.error_kind,
        failures=source.failures,
        last_ok_at=source.last_ok_at,
        lag=None if source.lag_s is None else timedelta(seconds=source.lag_s),
    )


class NewSourceAnswer(SourceAnswer):
    """A source that was just added; a signed webhook's secret is shown only here."""

    secret: str | None = None


class SourceList(BaseModel):
    """All sources of the region, by name."""

    items: list[SourceAnswer]


class RecognisedAnswer(BaseModel):
    """What a link leads to, and what watching it takes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "network": "vk",
                    "kind": "wall",
                    "native": "klenovsk_overheard",
                    "url": "https://vk.com/klenovsk_overheard",
                    "name": "",
                    "token_kinds": ["service", "community"],
                    "has_token": True,
                    "needs_notice": False,
                    "source_id": None,
                    "options": [],
                }
            ]
        }
    )

    network: str
    kind: str
    native: str
    url: str
    name: str
    token_kinds: list[str]
    has_token: bool
    needs_notice: bool
    source_id: UUID | None
    options: list[OptionAnswer]

    @classmethod
    def of(cls, found: Recognised) -> Self:
        """Describe what was recognised."""
        place = found.place
        return cls(
            network=place.network.value,
            kind=place.kind,
            native=place.native,
            url=place.url,
            name=place.name,
            token_kinds=list(found.token_kinds),
            has_token=found.has_token,
            needs_notice=found.needs_notice,
            source_id=found.known_as,
            options=[
                OptionAnswer.of(each) for each in options_for(place.network, place.kind)
            ],
        )


class TestError(BaseModel):
    """Why a test failed: what to do about it, the network's code, and its words."""

    __test__ = False

    kind: str
    code: str | None
    message: str
    retry_after_s: int | None


class TestAnswer(BaseModel):
    """What the network told about a place, or why it told nothing.

    `warnings` says in English what `remarks` names by codes with figures.
    """

    __test__ = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ok": True,
                    "title": "Подслушано в Клёновске",
                    "native": "-1",
                    "followers": 12400,
                    "can": ["read", "comments"],
                    "warnings": ["the network's clock and ours differ by 45 s"],
                    "remarks": [
                        {
                            "code": "clock",
                            "figures": {"seconds": 45},
                            "text": "the network's clock and ours differ by 45 s",
                        }
                    ],
                    "error": None,
                }
            ]
        }
    )

    ok: bool
    title: str | None = None
    native: str | None = None
    followers: int | None = None
    can: list[str] = []
    warnings: list[str] = []
    remarks: list[RemarkAnswer] = []
    error: TestError | None = None

    @classmethod
    def of(cls, tested: Tested) -> Self:
        """Describe how a test went."""
        error, checked = tested.error, tested.checked
        if error is not None or checked is None:
            return cls(ok=False, error=None if error is None else _told(error))
        return cls(
            ok=True,
            title=checked.title,
            native=checked.native,
            followers=checked.followers,
            can=list(checked.can),
            warnings=[str(each) for each in tested.warnings],
            remarks=[RemarkAnswer.of(each) for each in tested.warnings],
        )


def _told(error: SourceError) -> TestError:
    wait = error.retry_after
    return TestError(
        kind=error.kind.value,
        code=error.code,
        message=str(error),
        retry_after_s=None if wait is None else round(wait.total_seconds()),
    )
