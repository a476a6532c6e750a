"""Asks MAX about a place once, and says what can be done there."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.ingest.sources.connector import Access, Checked, Place
from services.ingest.sources.max.chat import chat_at
from services.ingest.sources.max.messages import CHANNEL
from services.ingest.sources.remarks import Remark
from shared.networks.max.client import Max


async def check_bot(place: Place, access: Access) -> Checked:
    """Ask who the bot is, and whether its updates go elsewhere."""
    api = Max.of(access)
    me = await api.get("me")
    hooks = await api.get("subscriptions")
    return Checked(
        title=str(me.get("name") or me.get("first_name") or place.native),
        native=str(me.get("username") or place.native).lower(),
        can=("read", "comments", "answer"),
        warnings=tuple(_about_bot(place, me, hooks)),
    )


def _about_bot(
    place: Place, me: Mapping[str, Any], hooks: Mapping[str, Any]
) -> Iterator[Remark]:
    if str(me.get("username", "")).lower() != place.native:
        yield Remark("other-bot")
    if hooks.get("subscriptions"):
        yield Remark("webhook-set")
    else:
        yield Remark("max:long-poll")


async def check_chat(place: Place, access: Access) -> Checked:
    """Ask for the chat, and for what the bot may do there."""
    api = Max.of(access)
    chat = await chat_at(place.native, 0, api)
    member = await api.get(f"chats/{chat['chat_id']}/members/me")
    rights = member.get("permissions") or ()
    followers = chat.get("participants_count")
    return Checked(
        title=str(chat.get("title") or place.native),
        native=str(chat["chat_id"]),
        followers=followers if isinstance(followers, int) else None,
        can=tuple(_abilities(chat, rights)),
        warnings=tuple(_about_rights(member, rights)),
    )


def _abilities(chat: Mapping[str, Any], rights: object) -> Iterator[str]:
    yield "read"
    if chat.get("type") == CHANNEL:
        yield "comments"
    if isinstance(rights, list) and "write" in rights:
        yield "answer"


def _about_rights(member: Mapping[str, Any], rights: object) -> Iterator[Remark]:
    if not member.get("is_admin"):
        yield Remark("max:no-administrator")
    elif isinstance(rights, list) and "read_all_messages" not in rights:
        yield Remark("max:no-right")
