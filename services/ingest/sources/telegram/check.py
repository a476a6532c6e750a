"""Asks Telegram about a place once, and says what can be done there."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.ingest.sources.connector import Access, Checked, Place
from services.ingest.sources.telegram.preview import PreviewSource
from services.ingest.sources.telegram.preview_parse import rounded_count
from shared.networks.telegram import Bot
from shared.networks.telegram.history import OpenHistory
from shared.networks.telegram.session import session_of


async def check_bot(place: Place, access: Access) -> Checked:
    """Ask who the bot is, and whether it will be told anything."""
    bot = Bot.of(access)
    me = await bot.call("getMe")
    hook = await bot.call("getWebhookInfo")
    return Checked(
        title=str(me.get("first_name", place.native)),
        native=str(me.get("username", place.native)).lower(),
        can=("read", "comments", "answer"),
        warnings=tuple(_warnings(place, me, hook)),
    )


def _warnings(
    place: Place, me: Mapping[str, Any], hook: Mapping[str, Any]
) -> Iterator[str]:
    if str(me.get("username", "")).lower() != place.native:
        yield "the token belongs to another bot than the link"
    if not me.get("can_read_all_group_messages"):
        yield (
            "the bot's privacy mode is on: it sees all comments only in groups where "
            "it is an administrator"
        )
    if hook.get("url"):
        yield "a webhook is set for this bot: it can not be polled meanwhile"
    if hook.get("last_error_message"):
        yield f"the last delivery failed: {str(hook['last_error_message'])[:200]}"


async def check_by_session(
    place: Place, access: Access, opening: OpenHistory
) -> Checked:
    """Look the channel up as the account sees it."""
    async with session_of(access, opening) as session:
        chat = await session.chat(place.native)
    can = ["read"]
    can += ["comments"] if chat.linked is not None else []
    can += ["statistics"] if chat.can_view_stats else []
    return Checked(chat.title, place.native, chat.members, tuple(can))


async def check_by_preview(place: Place, access: Access) -> Checked:
    """Look at the newest page."""
    page = await PreviewSource(access, place.native).page()
    warnings = ["the preview shows no comments and no deletions; counters are rounded"]
    if not page.posts:
        warnings.append("the preview shows no posts with words")
    return Checked(
        title=page.title or place.native,
        native=place.native,
        followers=rounded_count(page.subscribers),
        can=("read",),
        warnings=tuple(warnings),
    )
