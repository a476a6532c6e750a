"""A bot's webhook: one update a call, proved by the secret it was set with."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Delivery, Place, Reception
from services.ingest.sources.max.updates import Updates

SECRET_HEADER: Final = "x-max-bot-api-secret"  # noqa: S105 -- its name
LARGEST_UPDATE: Final = 1_000_000

_FORBIDDEN: Final = Reception(403, "forbidden")
_WRONG_METHOD: Final = Reception(405, "POST only")
_TOO_LARGE: Final = Reception(413, "too large")


class MaxHook:
    """Reads deliveries of `POST /subscriptions`; each stands alone."""

    def receive(
        self,
        place: Place,  # noqa: ARG002 -- one webhook for all the bot's chats
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        """Check and read one delivery; never raises for what a stranger sends.

        What is proved to be MAX's is answered 200 even if it can not be read: MAX
        would send the same again for hours.
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
    updates = Updates(now)
    updates.read([update])
    lost = [f"{chat}: {reason}" for chat, reason in updates.lost.items()]
    fetched = Fetched(
        tuple(updates.posts),
        {},
        refused=tuple(updates.refused),
        note="; ".join(lost) or None,
        unknown=dict(updates.unknown) or None,
    )
    return Reception(200, fetched=fetched, event_id=_event_id(update))


def _event_id(update: object) -> str | None:
    """Name an update, which MAX does not: what it tells, of which message, when."""
    if not isinstance(update, Mapping):
        return None
    mid, at = _mid(update), update.get("timestamp")
    if not isinstance(mid, str) or not isinstance(at, int):
        return None
    return f"{update.get('update_type')}:{mid}:{at}"[:200]


def _mid(update: Mapping[str, Any]) -> object:
    message = update.get("message")
    body = message.get("body") if isinstance(message, Mapping) else None
    told = body.get("mid") if isinstance(body, Mapping) else None
    return told or update.get("message_id")
