"""A bot whose updates come by webhook: looked after, never asked for updates."""

from datetime import datetime, timedelta
from typing import Final

from services.ingest.sources.base import Cursor, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.remarks import Remark
from shared.networks.telegram import Bot

PUSH: Final = "push"
WEBHOOK: Final = "webhook"
"""The option `push: webhook` of a bot's source says who fetches its updates."""

_EVERY: Final = timedelta(minutes=5)


class HookedBot:
    """One bot with a webhook; a poll asks Telegram how its deliveries go.

    Updates are asked for by nobody: that and a webhook exclude each other (409).
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:  # noqa: ARG002 -- the port
        """Bring nothing, but say what is wrong; raises `SourceError`."""
        info = await Bot.of(self._access).call("getWebhookInfo")
        if not isinstance(info, dict) or not info.get("url"):
            raise SourceError("no webhook is set for this bot: nothing can arrive")
        waiting = info.get("pending_update_count")
        error = info.get("last_error_message")
        notes: tuple[Remark, ...] = ()
        if error and waiting:
            told = {"updates": waiting, "error": str(error)[:200]}
            notes = (Remark("telegram:updates-wait", told),)
        return Fetched((), cursor, notes=notes, poll_after=_EVERY)
