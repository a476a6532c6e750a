"""Reference lists, the state of the service and its dead letters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.triage.schemas.candidates import QueueCounts
from services.triage.schemas.common import Answer, Named


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
