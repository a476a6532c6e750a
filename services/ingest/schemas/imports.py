"""Files as they are uploaded, looked at and taken in."""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.handlers.imports import Looked
from services.ingest.schemas.posts import RejectedLine
from shared.models.ingest import ImportRun

UPLOAD_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV, NDJSON or XLSX, at most 50 MB.",
                        },
                        "profile": {
                            "type": "string",
                            "enum": ["auto", "im47"],
                            "default": "auto",
                        },
                        "dry_run": {
                            "type": "boolean",
                            "default": False,
                            "description": "Only look: nothing is kept, `id` is null.",
                        },
                        "source": {
                            "type": "string",
                            "maxLength": 255,
                            "default": "file-import",
                            "description": "Source of rows that name none.",
                        },
                        "network": {"type": "string", "default": "file"},
                    },
                }
            }
        },
    }
}


class ColumnAnswer(BaseModel):
    """A column and what is done with it; a dropped one is never read."""

    header: str = Field(examples=["Дата публикации"])
    field: str | None = Field(examples=["published_at"])
    dropped: bool
    reason: str | None


class PreviewAnswer(BaseModel):
    """What a file holds; its rows are shown redacted."""

    id: UUID | None = Field(description="Commit the import under it; null if dry.")
    state: str
    profile: str
    format: str
    encoding: str | None
    delimiter: str | None
    columns: list[ColumnAnswer]
    missing: list[str] = Field(description="Fields that no column holds: map them.")
    preview: list[dict[str, str]]
    total: int
    valid: int
    rejected: list[RejectedLine] = Field(description="The first thousand.")
    rejected_total: int

    @classmethod
    def of(cls, looked: Looked, *, kept: bool) -> Self:
        """Show what was found."""
        fields = looked.run.model_dump(include=set(cls.model_fields))
        return cls(
            **fields | {"id": looked.run.id if kept else None},
            missing=list(looked.missing),
        )


class Commit(BaseModel):
    """What other fields the columns hold: header → field, or null to leave it out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"mapping": {"Что случилось": "text"}}]},
    )

    mapping: dict[str, str | None] = {}


class ImportAnswer(BaseModel):
    """How far an import got."""

    id: UUID
    state: str = Field(examples=["previewed", "running", "done", "failed"])
    profile: str
    format: str
    total: int = Field(examples=[1200])
    taken: int = Field(description="Rows dealt with so far.", examples=[500])
    accepted: int = Field(examples=[480])
    duplicates: int = Field(examples=[15])
    rejected: list[RejectedLine] = Field(description="The first thousand.")
    rejected_total: int
    error: str | None
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, run: ImportRun) -> Self:
        """Show an import."""
        return cls(**run.model_dump(include=set(cls.model_fields)))
