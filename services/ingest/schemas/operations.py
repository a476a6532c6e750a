"""How the service stands."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class StatusAnswer(BaseModel):
    """What is stored in the region and what is still to be done for it."""

    posts: int
    batches_waiting: int
    index_queue: int
    outbox: int
    dead_letters: int
    imports_running: int


class DeadLetter(BaseModel):
    """Work that failed for good; `kind` is `post`, `document` or a contract."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    error: str
    tries: int
    buried_at: datetime


class DeadLetterList(BaseModel):
    """Dead letters that were not replayed, the latest first."""

    items: list[DeadLetter]


class Replayed(BaseModel):
    """What was tried again."""

    id: UUID
    kind: str
