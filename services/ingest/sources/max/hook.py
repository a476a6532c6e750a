"""MAX's webhook: an update a call, which stands alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Reception
from services.ingest.sources.max.updates import Updates, lost_of
from services.ingest.sources.secret_hook import SecretHook

SECRET_HEADER: Final = "x-max-bot-api-secret"  # noqa: S105 -- its name


class MaxHook(SecretHook):
    """Reads deliveries of `POST /subscriptions`; each stands alone."""

    secret_header: ClassVar = SECRET_HEADER

    def _read(self, update: object, now: datetime) -> Reception:
        updates = Updates(now)
        updates.read([update])
        fetched = Fetched(
            tuple(updates.posts),
            {},
            refused=tuple(updates.refused),
            notes=lost_of(updates),
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
