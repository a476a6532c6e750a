"""Invented posts for the tests of taking in, as objects of `ingest.v1` and as read."""

from datetime import UTC, datetime
from typing import Any

from services.ingest.domain.posts import IncomingPost, Network, PostKind

NOW = datetime(2025, 11, 12, 9, 0, tzinfo=UTC)


def post_object(**changes: object) -> dict[str, Any]:
    """A complete good object; name a field to give it another value."""
    return {
        "schema": "ingest.v1",
        "source": "city-portal",
        "external_id": "A-1",
        "kind": "post",
        "url": "https://portal.example/a/1",
        "author": {"id": "u1", "name": "Житель Вымышленный"},
        "text": "Яма на Садовой, 5",
        "published_at": "2025-11-11T12:00:00+03:00",
        "edited_at": None,
        "deleted": False,
        "parent_id": None,
        "metrics": {"views": None, "likes": 3},
    } | changes


def incoming(**changes: Any) -> IncomingPost:  # noqa: ANN401 -- any field of the post
    """The same post as the parser reads it."""
    fields: dict[str, Any] = {
        "network": Network.PORTAL,
        "source": "city-portal",
        "external_id": "A-1",
        "kind": PostKind.POST,
        "parent_id": None,
        "url": "https://portal.example/a/1",
        "text": "Яма на Садовой, 5",
        "published_at": datetime(2025, 11, 11, 9, 0, tzinfo=UTC),
        "metrics": {"views": None, "likes": 3},
    }
    return IncomingPost(**(fields | changes))
