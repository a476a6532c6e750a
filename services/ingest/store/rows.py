"""Rows that travel to the database by the hundred, as arrays."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

Key = tuple[UUID, str]
"""Scope and external id: what makes two posts of a region the same post.

The scope is the network where the id is the network's own, else the source.
"""


class PostRow(NamedTuple):
    """A post as it will stand; `metrics` and `extra` are JSON."""

    id: UUID
    source_id: UUID
    batch_id: UUID | None
    revision: int
    fingerprint: bytes
    network: str
    kind: str
    external_id: str
    parent_key: str | None
    url: str | None
    text: str
    published_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    metrics: str
    extra: str
    status: str
    evidence: str | None
    metrics_at: datetime | None


class RefreshRow(NamedTuple):
    """What may be learnt of a post whose content did not change."""

    id: UUID
    parent_key: str | None
    url: str | None
    metrics: str


class RevisionRow(NamedTuple):
    """A version that a later one of the same call replaced at once."""

    post_id: UUID
    revision: int
    text: str
    url: str | None
    edited_at: datetime | None


class SealedRow(NamedTuple):
    """An original that redaction changed, or a raw payload, encrypted."""

    post_id: UUID
    revision: int
    sealed: bytes


class SealedLinkRow(NamedTuple):
    """The address of a post, which names a person, encrypted."""

    post_id: UUID
    sealed: bytes


def unnest(**types: str) -> str:
    """Write the FROM item that turns one array for each column back into rows."""
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in types.items())
    return f"unnest({arrays}) AS given({', '.join(types)})"


def columns(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """Turn rows into the arrays `unnest` asks for; there must be one row at least."""
    return {
        name: list(column)
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }
