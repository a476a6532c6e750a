"""Sources as people describe and see them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from services.ingest.domain.checks import Refused, identifier, web_address
from services.ingest.domain.posts import Network
from services.ingest.handlers.sources import Draft

SHORTEST_PAUSE = 60
LONGEST_PAUSE = 24 * 3600


def _name(value: object) -> str:
    try:
        return identifier(value, "name")
    except Refused as error:
        raise ValueError(error.reason) from error


def _address(value: object) -> str | None:
    try:
        return None if value is None else web_address(value)
    except Refused as error:
        raise ValueError(error.reason) from error


Name = Annotated[str, BeforeValidator(_name)]
Address = Annotated[str | None, BeforeValidator(_address)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
Pause = Annotated[int, Field(ge=SHORTEST_PAUSE, le=LONGEST_PAUSE)]
Intake = Literal["all", "matched"]

_EXAMPLE: dict[str, JsonValue] = {
    "kind": "feed",
    "name": "Новости Клёновска",
    "url": "https://news.example/rss",
    "municipality": "klenovsk",
    "poll_every_s": 900,
}


class NewSource(BaseModel):
    """A feed to be asked, or a system that will push.

    A feed offers to triage what a rule catches, a pushing system everything, unless
    `intake` says otherwise.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [_EXAMPLE]}
    )

    kind: Literal["feed", "push"]
    name: Name
    network: Network | None = None
    url: Address = None
    municipality: Code | None = None
    intake: Intake | None = None
    poll_every_s: Pause | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "feed" and self.url is None:
            raise ValueError("a feed needs a url")
        if self.kind == "push" and self.poll_every_s is not None:
            raise ValueError("poll_every_s is for feeds only")
        return self

    def draft(self) -> Draft:
        """Hand it to the handler."""
        is_feed = self.kind == "feed"
        return Draft(
            kind=self.kind,
            network=self.network or (Network.RSS if is_feed else Network.PORTAL),
            name=self.name,
            url=self.url,
            municipality=self.municipality,
            intake=self.intake or ("matched" if is_feed else "all"),
            poll_every_s=self.poll_every_s,
        )


class SourceChange(BaseModel):
    """Fields to change; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"state": "paused"}]}
    )

    state: Literal["active", "paused", "disabled"] | None = None
    intake: Intake | None = None
    url: Address = None
    municipality: Code | None = None
    poll_every_s: Pause | None = None

    def changes(self) -> dict[str, Any]:
        """Name what was sent; a municipality may be taken away."""
        sent = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name == "municipality"
        }


class SourceAnswer(BaseModel):
    """A source and how it goes."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "id": "01a2001e-5068-719e-8b9f-3d97deb2ca04",
                    "network": "rss",
                    "intake": "matched",
                    "state": "active",
                    "next_poll_at": "2026-03-11T09:15:00Z",
                    "last_ok_at": "2026-03-11T09:00:00Z",
                    "last_error": None,
                    "failures": 0,
                    "created_at": "2026-03-01T09:00:00Z",
                }
            ]
        },
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


class SourceList(BaseModel):
    """All sources of the region, by name."""

    items: list[SourceAnswer]
