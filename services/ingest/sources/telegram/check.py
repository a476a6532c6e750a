"""Asks Telegram about a place once, and says what can be done there."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.ingest.sources.connector import Access, Checked, Place
from services.ingest.sources.remarks import Remark
from services.ingest.sources.telegram.hooked import PUSH, WEBHOOK
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
    is_pushed = access.options.get(PUSH) == WEBHOOK
    return Checked(
        title=str(me.get("first_name", place.native)),
        native=str(me.get("username", place.native)).lower(),
        can=("read", "comments", "answer"),
        warnings=tuple(_warnings(place, me, hook, is_pushed=is_pushed)),
    )


def _warnings(
    place: Place, me: Mapping[str, Any], hook: Mapping[str, Any], *, is_pushed: bool
) -> Iterator[Remark]:
    if str(me.get("username", "")).lower() != place.native:
        yield Remark("other-bot")
    if not me.get("can_read_all_group_messages"):
        yield Remark("telegram:privacy")
    if hook.get("url") and not is_pushed:
        yield Remark("webhook-set")
    if hook.get("last_error_message"):
        error = str(hook["last_error_message"])[:200]
        yield Remark("delivery-failed", {"error": error})


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
    warnings = [Remark("telegram:preview")]
    if not page.posts:
        warnings.append(Remark("telegram:preview-empty"))
    return Checked(
        title=page.title or place.native,
        native=place.native,
        followers=rounded_count(page.subscribers),
        can=("read",),
        warnings=tuple(warnings),
    )
