"""Posts as they are pushed and shown."""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.ingest.handlers.archive import PostView
from services.ingest.handlers.push import Receipt

_POST: Final = {
    "schema": "ingest.v1",
    "source": "city-portal",
    "external_id": "A-1",
    "kind": "post",
    "url": "https://portal.example/a/1",
    "text": "Яма на Садовой, 5",
    "published_at": "2026-03-11T12:00:00+03:00",
    "edited_at": None,
    "deleted": False,
    "parent_id": None,
    "metrics": {"views": None, "likes": 3},
}

PUSH_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A JSON array, one object, or NDJSON with one object a line; "
        "at most 5,000,000 bytes and 10,000 posts. `author` is dropped unread.",
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [_POST],
            },
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"source": "city-portal", "external_id": "A-1", '
                '"text": "Яма на Садовой, 5", '
                '"published_at": "2026-03-11T12:00:00+03:00"}\n',
            },
        },
    }
}


class RejectedLine(BaseModel):
    """A line that was not taken; the first line or array element is 1."""

    line: int
    reason: str


class PushAnswer(BaseModel):
    """Every line of the call is counted in exactly one of the three."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accepted": 2,
                    "duplicates": 1,
                    "rejected": [
                        {"line": 4, "reason": "line: is not valid JSON: Expecting ','"}
                    ],
                }
            ]
        }
    )

    accepted: int = Field(description="New posts, edits and deletions.")
    duplicates: int = Field(description="The same again, or older than what is known.")
    rejected: list[RejectedLine]

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """Write a receipt as the answer."""
        return cls(
            accepted=receipt.accepted,
            duplicates=receipt.duplicates,
            rejected=[
                RejectedLine(line=each.line, reason=each.reason)
                for each in receipt.rejected
            ],
        )


class RevisionAnswer(BaseModel):
    """An earlier version; its text is empty once the post has been deleted."""

    model_config = ConfigDict(from_attributes=True)

    revision: int = Field(examples=[1])
    text: str = Field(examples=["Яма на Садовой"])
    url: str | None
    edited_at: datetime | None
    replaced_at: datetime


class MatchAnswer(BaseModel):
    """Why a rule caught the post: character offsets into its text."""

    model_config = ConfigDict(from_attributes=True)

    rule_id: UUID
    rule_version: int
    monitor: bool
    positions: list[tuple[int, int]]


class PostAnswer(BaseModel):
    """A post as it stands, redacted, without its author."""

    id: UUID
    network: str
    kind: str
    source_id: UUID
    source_name: str
    external_id: str
    parent_id: str | None
    url: str | None
    text: str
    revision: int
    published_at: AwareDatetime
    edited_at: AwareDatetime | None
    received_at: AwareDatetime
    deleted_at: AwareDatetime | None
    metrics: dict[str, Any]
    status: str
    topic: str | None
    topic_name: str | None
    municipality: str | None
    municipality_name: str | None
    incident_id: UUID | None
    incident_number: int | None
    has_original: bool = Field(description="Whether a sealed original is kept.")
    matches: list[MatchAnswer]
    revisions: list[RevisionAnswer]

    @classmethod
    def of(cls, view: PostView) -> Self:
        """Show a post with what is kept beside it."""
        return cls(
            **view.post.model_dump(
                exclude={"region_id", "batch_id", "fingerprint", "parent_key", "extra"}
            ),
            parent_id=view.post.parent_key,
            source_name=view.source.name,
            has_original=view.has_original,
            matches=[MatchAnswer.model_validate(each) for each in view.matches],
            revisions=[RevisionAnswer.model_validate(each) for each in view.revisions],
        )


class OpenOriginal(BaseModel):
    """Why a sealed original is opened; the reason is kept in the audit log."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "Запрос прокуратуры № 12-3"}]},
    )

    reason: str = Field(min_length=5, max_length=500)


class OriginalAnswer(BaseModel):
    """The text as it was before redaction."""

    revision: int = Field(examples=[1])
    text: str = Field(examples=["Яма на Садовой, 5; звоните +7 900 000-00-00"])


class AddressAnswer(BaseModel):
    """Where a post stands whose address names a person."""

    url: str = Field(examples=["https://vk.com/wall1_2"])
