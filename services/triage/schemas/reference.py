"""Reference lists, the state of the service and its dead letters."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from services.triage.handlers import NewPage
from services.triage.handlers.pages import SPEAKERS
from services.triage.schemas.candidates import QueueCounts
from services.triage.schemas.common import Answer, Asked, Code, Link, Named, Title
from shared.identity.principal import Role
from shared.models.posting import OfficialPage as Row


class Topic(Named):
    """A public service of the classifier."""

    name_en: str
    group_code: str
    group_name: str
    group_name_en: str
    is_urgent: bool


class TopicList(Answer):
    """The classifier, in its order."""

    items: list[Topic]


class NamedList(Answer):
    """A reference list, in its order."""

    items: list[Named]


class Status(Answer):
    """What waits: in the queue, by incident status, on the way, given up."""

    candidates: QueueCounts
    incidents: dict[str, int]
    outbox: int
    dead_letters: int


class DeadLetter(Answer):
    """A message that could not be handled, with the last error."""

    id: UUID
    kind: str
    body: dict[str, Any]
    error: str
    tries: int
    buried_at: datetime
    replayed_at: datetime | None


class DeadLetterList(Answer):
    """The dead letters of the region, the latest first."""

    items: list[DeadLetter]


class Replayed(Answer):
    """The letter that is on its way again."""

    id: UUID


class PageIn(Asked):
    """An official page to be registered; `credential` names one, and is none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "network": "vk",
                    "native_id": "-100500",
                    "name": "Правительство Ветлогорской области",
                }
            ]
        }
    )

    network: Code
    native_id: Title = Field(
        description="The number it goes by: of the VK community, of the OK group, of "
        "the Telegram bot."
    )
    name: Title
    url: Link | None = None
    credential: Title | None = Field(
        default=None,
        description="The label of the credential it speaks with; none: the one that "
        "says it is this page's.",
    )
    speakers: list[Role] = Field(
        default=[*SPEAKERS],
        min_length=1,
        description="The roles whose people may publish from it.",
    )
    authority: Code | None = Field(
        default=None, description="Only incidents of this authority are answered."
    )

    def asked(self) -> NewPage:
        """Say it to the use case."""
        given = self.model_dump(exclude={"speakers"})
        return NewPage(**given, speakers=tuple(self.speakers))


class PageChange(Asked):
    """What is to be changed of an official page; what is left out stays.

    `authority` and `credential` may be null: any authority's incidents, no token.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"authority": "roads"}]})

    name: Title | None = None
    authority: Code | None = None
    credential: Title | None = None

    def changes(self) -> dict[str, str | None]:
        """Name what was sent; a page keeps some name."""
        sent: dict[str, str | None] = self.model_dump(exclude_unset=True)
        return {k: v for k, v in sent.items() if v is not None or k != "name"}


class OfficialPage(Answer):
    """A page that speaks for the region: not while paused, nor once retired."""

    id: UUID
    network: str
    native_id: str
    name: str
    url: str | None
    credential: str | None
    speakers: list[str]
    authority: str | None
    registered_at: datetime
    registered_by: str
    retired_at: datetime | None
    paused_at: datetime | None

    @classmethod
    def of(cls, row: Row) -> Self:
        """Present a page."""
        return cls(
            **row.model_dump(include=set(cls.model_fields) - {"registered_by"}),
            registered_by=row.registered_by_name,
        )


class PageList(Answer):
    """The official pages, the oldest first.

    `networks` are those Otklik can publish in by itself; elsewhere people publish.
    """

    items: list[OfficialPage]
    networks: list[str]
