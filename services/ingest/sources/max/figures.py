"""Figures of an official channel: how many follow it."""

from datetime import datetime

from services.ingest.sources.connector import Access, Figure, Place
from services.ingest.sources.max.chat import chat_at
from shared.networks.max.client import Max


async def followers(place: Place, access: Access, now: datetime) -> tuple[Figure, ...]:
    """Ask for the exact number of members; raises `SourceError`."""
    chat = await chat_at(place.native, 0, Max.of(access))
    count = chat.get("participants_count")
    if not isinstance(count, int) or isinstance(count, bool):
        return ()
    return (Figure("followers", count, now, "chats"),)
