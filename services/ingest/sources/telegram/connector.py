"""Telegram, put together: bots, accounts' sessions, public previews."""

from datetime import datetime
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Source, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.telegram import links
from services.ingest.sources.telegram.bot import BotSource
from services.ingest.sources.telegram.check import (
    check_bot,
    check_by_preview,
    check_by_session,
)
from services.ingest.sources.telegram.figures import by_preview, figures_of
from services.ingest.sources.telegram.hooked import PUSH, WEBHOOK, HookedBot
from services.ingest.sources.telegram.mtproto import MtprotoSource
from services.ingest.sources.telegram.preview import PreviewSource
from shared.networks.telegram.client import TOKEN_KIND
from shared.networks.telegram.history import OpenHistory
from shared.networks.telegram.session import SESSION
from shared.networks.telegram.telethon_history import open_telethon

_CLOSED: Final = (
    "a channel without a public name is read by a bot that is its member, or by the "
    "session of an account that is; no session is set"
)


class TelegramConnector:
    """Telegram. A channel is read by MTProto where a session is set, else by preview.

    All three ways name a post alike (`shared.networks.telegram.names`), so a channel
    that changes from one to another keeps its posts. Option of a bot's source: `push`
    (`webhook`: its updates come to the hook, nobody asks for them).
    """

    network = Network.TELEGRAM
    token_kinds: tuple[str, ...] = (TOKEN_KIND, SESSION)
    off_by_default = False

    def __init__(self, opening: OpenHistory = open_telethon) -> None:
        self._opening = opening

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to, even if that can not be watched."""
        return links.recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place; raises `SourceError` if none can."""
        _check_kind(place)
        if place.kind == links.BOT:
            is_pushed = access.options.get(PUSH) == WEBHOOK
            return HookedBot(access) if is_pushed else BotSource(access)
        if place.kind == links.CHANNEL and access.token(SESSION) is not None:
            return MtprotoSource(access, place.native, self._opening)
        if place.native.startswith("c/"):
            raise SourceError(_CLOSED, ErrorKind.HUMAN)
        return PreviewSource(access, place.native)

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask Telegram about a place once; raises `SourceError`."""
        _check_kind(place)
        if place.kind == links.BOT:
            return await check_bot(place, access)
        if place.kind == links.CHANNEL and access.token(SESSION) is not None:
            return await check_by_session(place, access, self._opening)
        if place.native.startswith("c/"):
            raise SourceError(_CLOSED, ErrorKind.HUMAN)
        return await check_by_preview(place, access)

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of a channel as they stand; a bot has none. Raises `SourceError`."""
        if place.kind == links.BOT or place.kind in links.REASONS:
            return ()
        if place.kind == links.PREVIEW:
            return await by_preview(place, access, now)
        return await figures_of(place, access, self._opening, now)


def _check_kind(place: Place) -> None:
    reason = links.REASONS.get(place.kind)
    if reason is not None:
        raise SourceError(reason, ErrorKind.HUMAN)
