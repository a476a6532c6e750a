"""A good delivery of a network that pushes: what to store of it, what to answer."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.ingest.handlers.brought import TakenIn
from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Reception
from services.ingest.store.watched import Event
from shared.models.ingest import Source

_NOTED_EACH: Final = timedelta(seconds=10)
_LONGEST_EVENT: Final = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network is answered."""

    status: int
    body: str
    content_type: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A good delivery, and what is to be stored of it."""

    source: Source
    reception: Reception

    @property
    def fetched(self) -> Fetched:
        return self.reception.fetched or Fetched((), {})

    @property
    def event(self) -> Event | None:
        name = self.reception.event_id
        return None if name is None else (self.source.id, name[:_LONGEST_EVENT])

    @property
    def changes_source(self) -> bool:
        """Whether others that would change the source must wait."""
        return bool(self.reception.touched or self.fetched.unknown)

    def leaves_nothing(self, now: datetime) -> bool:
        """Say whether there is nothing to store, not even that the hook works.

        Every second update of a channel with a discussion group is one of those:
        Telegram tells of each post once more when it is forwarded there.
        """
        got, reception = self.fetched, self.reception
        if reception.fetched is None and reception.event_id is None:
            return True
        brings = got.posts or got.refused or got.unknown or reception.lines is not None
        leaves = reception.touched or reception.again
        return not (brings or leaves) and is_noted(self.source, now)


def is_noted(source: Source, now: datetime) -> bool:
    """Say whether it was noted lately that the hook works.

    Not each time, or deliveries would wait in a row.
    """
    return source.last_ok_at is not None and source.last_ok_at >= now - _NOTED_EACH


def plainly(reception: Reception) -> Answer:
    """Answer what the network wants to hear."""
    wait = reception.retry_after
    return Answer(
        reception.status,
        reception.body,
        reception.content_type,
        None if wait is None else round(wait.total_seconds()),
    )


def receipt(reception: Reception, told: TakenIn | None) -> Answer:
    """Answer what was stored; `told` is None for an event that came before.

    Signed webhooks get a receipt of each line.
    """
    lines = reception.lines
    if lines is None:
        return plainly(reception)
    posts = reception.fetched.posts if reception.fetched else ()
    duplicates = len(posts) if told is None else told.taken.duplicates
    counted = {
        "accepted": 0 if told is None else told.taken.accepted,
        "duplicates": duplicates + lines.duplicates,
        "rejected": [{"line": n, "reason": reason} for n, reason in lines.rejected],
    }
    body = json.dumps(counted, ensure_ascii=False)
    return Answer(reception.status, body, "application/json")
