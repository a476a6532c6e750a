"""How the service stands."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class StatusAnswer(BaseModel):
    """What is stored in the region and what is still to be done for it."""

    posts: int = Field(examples=[50_000])
    batches_waiting: int = Field(examples=[3])
    index_queue: int = Field(examples=[412])
    outbox: int = Field(examples=[2])
    dead_letters: int = Field(examples=[0])
    imports_running: int = Field(examples=[0])


class DeadLetter(BaseModel):
    """Work that failed for good; `kind` is `post`, `document` or a contract."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str = Field(examples=["post"])
    error: str = Field(examples=["ValueError: this text cannot be matched"])
    tries: int = Field(examples=[3])
    buried_at: datetime


class DeadLetterList(BaseModel):
    """Dead letters that were not replayed, the latest first."""

    items: list[DeadLetter]


class Replayed(BaseModel):
    """What was tried again."""

    id: UUID
    kind: str = Field(examples=["post"])
