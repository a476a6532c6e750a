"""Posts pushed by any system that signs its calls as Standard Webhooks says.

The posts have the form of `POST /api/v1/ingest/posts`, one JSON object, an array or
NDJSON; to which source they belong is said by the address they are sent to.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.ingest.domain.batch import Batch, BatchError, BatchTooLong, parse_batch
from services.ingest.sources.base import Fetched, FetchedPost
from services.ingest.sources.connector import Delivery, Lines, Place, Reception
from shared.standard_webhooks import ID, Verdict, verify

_TAKEN: Final = 202
_MALFORMED: Final = 400
_UNSIGNED: Final = 401
_METHOD: Final = 405
_TOO_LARGE: Final = 413
_FOREIGN: Final = 415
_REFUSED: Final = 422
_TYPES: Final = frozenset(
    {
        "application/json",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
    }
)


class SignedWebhook:
    """Checks signatures on the bytes that came, before anything is read."""

    def receive(
        self,
        place: Place,
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        """Read one delivery; `secrets` are all in force, so they can be replaced."""
        if delivery.method != "POST":
            return _refusal(_METHOD, "send POST")
        keys = [secrets[name] for name in sorted(secrets)]
        verdict = verify(keys, delivery.headers, delivery.body, now=now)
        if verdict is not Verdict.GOOD:
            return _refusal(_UNSIGNED, f"the signature is {verdict.value}")
        content_type = delivery.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() not in _TYPES:
            return _refusal(_FOREIGN, "send application/json or application/x-ndjson")
        try:
            batch = parse_batch(delivery.body, content_type, now=now)
        except BatchTooLong as error:
            return _refusal(_TOO_LARGE, str(error))
        except BatchError as error:
            return _refusal(_MALFORMED, str(error))
        return _reception(place, batch, delivery.headers[ID])


def _reception(place: Place, batch: Batch, event_id: str) -> Reception:
    posts = tuple(_posts(place, batch))
    return Reception(
        _TAKEN if posts or not batch.rejected else _REFUSED,
        content_type="application/json",
        fetched=Fetched(posts, {}),
        event_id=event_id,
        lines=Lines(
            batch.duplicates,
            tuple((each.line, each.reason) for each in batch.rejected),
        ),
    )


def _posts(place: Place, batch: Batch) -> Iterator[FetchedPost]:
    """Posts in the order of their lines, earlier versions of one before later ones."""
    for line in sorted((*batch.earlier, *batch.posts), key=lambda each: each.line):
        yield FetchedPost(replace(line.post, source=place.name))


def _refusal(status: int, reason: str) -> Reception:
    body = json.dumps({"status": status, "detail": reason})
    return Reception(status, body, "application/json")
