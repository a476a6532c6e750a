"""Files of posts, read in a line."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.ingest.domain.files import (
    ImportedFile,
    ImportedRow,
    ImportOptions,
    read_file,
)
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from tests.services.ingest.incoming import NOW

NOON = datetime(2025, 11, 11, 9, 0, tzinfo=UTC)


def options(**changes: Any) -> ImportOptions:  # noqa: ANN401 -- any field
    fields: dict[str, Any] = {
        "source": "import-1",
        "zone": ZoneInfo("Europe/Moscow"),
        "now": NOW,
    }
    return ImportOptions(**(fields | changes))


def opened(content: str | bytes, **changes: object) -> ImportedFile:
    data = content if isinstance(content, bytes) else content.encode()
    return read_file(data, options(**changes))


def imported(content: str | bytes, **changes: object) -> list[Any]:
    return list(opened(content, **changes).rows())


def texts(content: str | bytes) -> list[str]:
    return [
        row.post.text if isinstance(row, ImportedRow) else row.reason
        for row in imported(content)
    ]


def post(text: str, **changes: Any) -> IncomingPost:  # noqa: ANN401 -- any field
    fields: dict[str, Any] = {
        "network": Network.FILE,
        "source": "import-1",
        "external_id": "1",
        "kind": PostKind.POST,
        "parent_id": None,
        "url": None,
        "text": text,
        "published_at": NOON,
    }
    return IncomingPost(**(fields | changes))
