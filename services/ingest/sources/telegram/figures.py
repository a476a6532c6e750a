"""Figures of an official channel: how many follow it, how its posts are read."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from services.ingest.sources.base import SourceError
from services.ingest.sources.connector import Access, Figure, Place, Precision
from services.ingest.sources.telegram.preview import PreviewSource
from services.ingest.sources.telegram.preview_parse import exact_count, rounded_count
from shared.networks.telegram import Bot
from shared.networks.telegram.client import TOKEN_KIND
from shared.networks.telegram.history import OpenHistory
from shared.networks.telegram.names import chat_id_of
from shared.networks.telegram.session import SESSION, session_of

FOLLOWERS: Final = "followers"


async def by_bot(place: Place, access: Access, now: datetime) -> tuple[Figure, ...]:
    """Ask for the exact number of members; any bot may, of a public channel."""
    bot = Bot.of(access)
    count = await bot.call("getChatMemberCount", chat_id=chat_of(place.native))
    if not isinstance(count, int):
        raise SourceError("Telegram's count of members is no number")
    return (Figure(FOLLOWERS, count, now, "getChatMemberCount"),)


async def by_session(
    place: Place, access: Access, opening: OpenHistory, now: datetime
) -> tuple[Figure, ...]:
    """Ask for the members, and for statistics where the account may see them."""
    async with session_of(access, opening) as session:
        chat = await session.chat(place.native)
        told = await session.stats(chat.peer) if chat.can_view_stats else {}
    return tuple(_of_session(chat.members, told, now))


def _of_session(
    members: int | None, told: Mapping[str, int], now: datetime
) -> Iterator[Figure]:
    if members is not None:
        yield Figure(FOLLOWERS, members, now, "channels.getFullChannel")
    for name, value in told.items():
        if name != FOLLOWERS or members is None:
            yield Figure(name, value, now, "stats.getBroadcastStats")


async def by_preview(place: Place, access: Access, now: datetime) -> tuple[Figure, ...]:
    """Read the label of the preview, which is rounded above a thousand."""
    page = await PreviewSource(access, place.native).page()
    count = rounded_count(page.subscribers)
    if count is None:
        return ()
    is_exact = exact_count(page.subscribers) is not None
    precision = Precision.EXACT if is_exact else Precision.ROUNDED
    return (Figure(FOLLOWERS, count, now, "t.me/s", precision),)


async def figures_of(
    place: Place, access: Access, opening: OpenHistory, now: datetime
) -> tuple[Figure, ...]:
    """Take the best there is: the bot's exact count, and the session's statistics."""
    found: dict[str, Figure] = {}
    if access.token(SESSION) is not None:
        figures = await by_session(place, access, opening, now)
        found.update((figure.name, figure) for figure in figures)
    if FOLLOWERS not in found and access.token(TOKEN_KIND) is not None:
        figures = await by_bot(place, access, now)
        found.update((figure.name, figure) for figure in figures)
    if not found and not place.native.startswith("c/"):
        return await by_preview(place, access, now)
    return tuple(found.values())


def chat_of(native: str) -> int | str:
    """Name a place to the Bot API."""
    return chat_id_of(int(native[2:])) if native.startswith("c/") else f"@{native}"
