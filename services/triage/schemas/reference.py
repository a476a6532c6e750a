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
    """An official page to be registered; no token has a place in here."""

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


class OfficialPage(Answer):
    """A page that speaks for the region, until it is retired."""

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

    @classmethod
    def of(cls, row: Row) -> Self:
        """Present a page."""
        return cls(
            **row.model_dump(include=set(cls.model_fields) - {"registered_by"}),
            registered_by=row.registered_by_name,
        )


class PageList(Answer):
    """The official pages, the oldest first."""

    items: list[OfficialPage]
