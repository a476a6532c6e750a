"""Column kinds every table uses the same way."""

from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def moment(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401 -- SQLModel's Field is untyped
    """Define an aware point in time, UTC in the database."""
    default: Any = None if nullable else ...
    return Field(
        default, sa_type=DateTime(timezone=True), nullable=nullable, index=index
    )


def json(default: Any) -> Any:  # noqa: ANN401 -- SQLModel's Field is untyped
    """Define a JSONB column with a default factory (`dict` or `list`)."""
    return Field(default_factory=default, sa_type=JSONB, nullable=False)
