"""Telegram's webhook: an update a call, which stands alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Reception
from services.ingest.sources.secret_hook import SecretHook
from services.ingest.sources.telegram.queue import Memory
from services.ingest.sources.telegram.reader import Reader

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 -- its name


class TelegramHook(SecretHook):
    """Reads deliveries of `setWebhook`.

    Each stands alone: a comment's post is known when the comment answers it directly,
    and the parts of an album are taken as they come.
    """

    secret_header: ClassVar = SECRET_HEADER

    def _read(self, update: object, now: datetime) -> Reception:
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
