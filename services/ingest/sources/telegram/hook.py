"""A bot's webhook: one update a call, proved by the secret it was set with."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Delivery, Place, Reception
from services.ingest.sources.telegram.queue import Memory
from services.ingest.sources.telegram.reader import Reader

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 -- its name
LARGEST_UPDATE: Final = 1_000_000

_FORBIDDEN: Final = Reception(403, "forbidden")
_WRONG_METHOD: Final = Reception(405, "POST only")
_TOO_LARGE: Final = Reception(413, "too large")


class TelegramHook:
    """Reads deliveries of `setWebhook`.

    Each stands alone: a comment's post is known when the comment answers it directly,
    and the parts of an album are taken as they come.
    """

    def receive(
        self,
        place: Place,  # noqa: ARG002 -- one queue for all the bot's chats
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        """Check and read one delivery; never raises for what a stranger sends.

        What is proved to be Telegram's is answered 200 even if it can not be read:
        Telegram would send the same again for a day.
        """
        if delivery.method != "POST":
            return _WRONG_METHOD
        if not _is_proved(delivery, secrets.get("secret", "")):
            return _FORBIDDEN
        if len(delivery.body) > LARGEST_UPDATE:
            return _TOO_LARGE
        try:
            update = json.loads(delivery.body)
        except (ValueError, RecursionError):
            return Reception(200, fetched=Fetched((), {}, unknown={"no json": 1}))
        return _read(update, now)


def _is_proved(delivery: Delivery, secret: str) -> bool:
    """Compare in constant time; without a secret nobody is believed."""
    given = delivery.headers.get(SECRET_HEADER, "")
    is_same = hmac.compare_digest(given.encode(), secret.encode())
    return is_same and bool(secret)


def _read(update: object, now: datetime) -> Reception:
    reader = Reader(Memory(), now=now, album_wait=timedelta())
    reader.read([update])
    number = update.get("update_id") if isinstance(update, Mapping) else None
    fetched = Fetched(
        tuple(reader.posts),
        {},
        refused=tuple(reader.refused),
        unknown=dict(reader.unknown) or None,
    )
    return Reception(
        200,
        fetched=fetched,
        event_id=str(number) if isinstance(number, int) else None,
    )
