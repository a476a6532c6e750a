"""MAX, put together: a bot's queue, and single chats."""

from datetime import datetime

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Source, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.max import links
from services.ingest.sources.max.bot import BotSource
from services.ingest.sources.max.chat import ChatSource
from services.ingest.sources.max.check import check_bot, check_chat
from services.ingest.sources.max.figures import followers
from shared.networks.max.client import TOKEN_KIND


class MaxConnector:
    """MAX. All of it takes the token of a bot that is an administrator of the chats."""

    network = Network.MAX
    token_kinds: tuple[str, ...] = (TOKEN_KIND,)
    off_by_default = False

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to, even if that can not be watched."""
        return links.recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place; raises `SourceError` if none can."""
        _check_kind(place)
        if place.kind == links.BOT:
            return BotSource(access)
        return ChatSource(place, access)

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask MAX about a place once; raises `SourceError`."""
        _check_kind(place)
        if place.kind == links.BOT:
            return await check_bot(place, access)
        return await check_chat(place, access)

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of a chat as they stand; a bot has none. Raises `SourceError`."""
        if place.kind != links.CHAT:
            return ()
        return await followers(place, access, now)


def _check_kind(place: Place) -> None:
    reason = links.REASONS.get(place.kind)
    if reason is not None:
        raise SourceError(reason, ErrorKind.HUMAN)
