"""A feed that is asked in tests: what it answers, and how its source stands."""

from typing import Any

from services.ingest.sources.base import Fetched, FetchedPost
from shared.uow import Work
from tests.services.ingest.incoming import incoming
from tests.services.ingest.pushing import rows

FEED = {"kind": "feed", "name": "Новости", "url": "http://127.0.0.1:8088/rss"}
STATE = """SELECT state, cursor, next_poll_at, last_ok_at, last_error, failures
    FROM ingest.source"""


def fetched(*texts: str, cursor: str = "1", **changes: Any) -> Fetched:  # noqa: ANN401 -- any field of it
    posts = tuple(
        FetchedPost(
            incoming(network="rss", source="Новости", external_id=str(n), text=each)
        )
        for n, each in enumerate(texts)
    )
    return Fetched(posts, {"etag": cursor}, **changes)


async def state(work: Work) -> dict[str, Any]:
    (found,) = await rows(work, STATE)
    return found
