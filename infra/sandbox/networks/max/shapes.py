"""What stands on the stage, in the words of MAX's bot API.

An official page is a channel, whose posts are commented; any other is a group chat,
where a comment is a message that answers another one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from infra.sandbox.stage import Action, AuthorKind, Happening, Item, Stage, StagePage
from infra.sandbox.world import Kind
from shared.networks.max.names import Spot

BOT_ID: Final = 600_000_001
_CHATS_BELOW: Final = -70_000_000_000_000
LOW: Final = 2**16
"""A `seq` counts so many messages in a millisecond."""

Json = dict[str, Any]


def chat_id(page: StagePage) -> int:
    return _CHATS_BELOW - page.number


def is_channel(page: StagePage) -> bool:
    return page.official


def spot(page: StagePage, item: Item) -> Spot:
    return Spot(chat_id(page), milliseconds(item.created_at) * LOW + item.id % LOW)


def mid(page: StagePage, item: Item) -> str:
    return spot(page, item).mid


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def page_at(stage: Stage, chat: int) -> StagePage | None:
    found = (page for page in stage.pages if chat_id(page) == chat)
    return next(found, None)


def is_shown(stage: Stage, item: Item) -> bool:
    """Say whether an item stands; comments of a channel go with their post."""
    if item.is_deleted or item.root is None or not is_channel(stage.page(item.page)):
        return not item.is_deleted
    return not stage.item(item.page, item.root).is_deleted


def is_comment(page: StagePage, item: Item) -> bool:
    """Say whether MAX calls it a comment: answers in chats are messages like others."""
    return is_channel(page) and item.kind is Kind.COMMENT


def chat(page: StagePage, status: str = "active") -> Json:
    return {
        "chat_id": chat_id(page),
        "type": "channel" if is_channel(page) else "chat",
        "status": status,
        "title": page.name,
        "last_event_time": 0,
        "participants_count": page.members,
        "owner_id": BOT_ID + 1,
        "is_public": is_channel(page),
        "link": f"https://max.ru/{page.screen_name}" if is_channel(page) else None,
        "description": None,
        "messages_count": 0,
    }


def message(page: StagePage, item: Item, stage: Stage, *, listed: bool = False) -> Json:
    """Show a message or a comment; views are told in lists of channels' posts only."""
    shown: Json = {
        **_sender(page, item),
        "recipient": _recipient(page, item, stage),
        "timestamp": milliseconds(item.created_at),
        "body": _body(page, item),
        **_link(page, item, stage),
    }
    if is_channel(page) and item.kind is Kind.POST:
        shown["url"] = f"https://max.ru/{page.screen_name}/{mid(page, item)}"
        if listed and item.counters.views is not None:
            shown["stat"] = {"views": item.counters.views}
    return shown


def _recipient(page: StagePage, item: Item, stage: Stage) -> Json:
    told: Json = {
        "chat_id": chat_id(page),
        "chat_type": item.extra.get("chat_type")
        or ("channel" if is_channel(page) else "chat"),
    }
    if is_comment(page, item) and "bare" not in item.extra:
        told["post_id"] = mid(page, stage.item(page.code, item.root or 0))
    return told


def _sender(page: StagePage, item: Item) -> Json:
    """Show who wrote; nobody, where a channel speaks, or where MAX leaves it out."""
    if item.extra.get("senderless"):
        return {}
    if item.writer.id == BOT_ID or item.extra.get("by_bot"):
        return {"sender": bot()}
    if item.writer.kind is AuthorKind.GROUP or (
        is_channel(page) and item.kind is Kind.POST
    ):
        return {"sender": None}
    name = item.writer.name or "Некто"
    return {
        "sender": {
            "user_id": item.writer.id,
            "first_name": name,
            "last_name": None,
            "is_bot": False,
            "last_activity_time": milliseconds(item.created_at),
            "name": name,
        }
    }


def bot() -> Json:
    return {
        "user_id": BOT_ID,
        "first_name": "Официальный ответ",
        "username": "vetlogorsk_answer_bot",
        "is_bot": True,
        "last_activity_time": 0,
        "name": "Официальный ответ",
    }


def _body(page: StagePage, item: Item) -> Json:
    own = spot(page, item)
    extra: Mapping[str, Any] = item.extra
    body: Json = {"mid": own.mid, "seq": own.seq, "text": item.text or None}
    if "forward" in extra:
        body["text"] = None
    if not is_comment(page, item):
        body["attachments"] = extra.get("attachments")
    if "markup" in extra:
        body["markup"] = extra["markup"]
    return body


def _link(page: StagePage, item: Item, stage: Stage) -> Json:
    """Show what is answered or forwarded; a comment under the post answers nothing."""
    if "forward" in item.extra:
        words = {"mid": "mid.elsewhere", "seq": 1, "text": item.text}
        sender = {"user_id": 600_000_077, "first_name": "Чужой", "is_bot": False}
        linked = {"chat_id": -71_000_000_000_000, "message": words, "sender": sender}
        return {"link": {"type": "forward", **linked}}
    above = stage.item(page.code, item.parent) if item.parent else None
    if above is None or (is_channel(page) and above.kind is Kind.POST):
        return {}
    linked = {"sender": {"user_id": above.writer.id, "first_name": above.writer.name}}
    return {"link": {"type": "reply", "message": _body(page, above), **linked}}


def updates_of(line: Happening, stage: Stage) -> Iterator[Json]:
    """Give the updates a bot gets of a happening; none for a restored item."""
    page, at = stage.page(line.page), milliseconds(line.at)
    if line.action is Action.BAN_PAGE:
        kind = "bot_removed" if page.is_banned else "bot_added"
        who = {"user_id": BOT_ID + 1, "first_name": "Хозяйка чата", "is_bot": False}
        told = {"chat_id": chat_id(page), "user": who, "is_channel": is_channel(page)}
        yield {"update_type": kind, "timestamp": at, **told}
        return
    item = line.item
    if item is None:
        return
    noun = "comment" if is_comment(page, item) else "message"
    if line.action in {Action.PUBLISH, Action.EDIT}:
        verb = "edited" if line.action is Action.EDIT else "created"
        kind = item.extra.get("update_type", f"{noun}_{verb}")
        told = {"message": message(page, item, stage)}
        yield {"update_type": kind, "timestamp": at, **told}
    elif line.action is Action.DELETE:
        yield {"update_type": f"{noun}_removed", "timestamp": at} | _removed(
            page, item, stage
        )


def _removed(page: StagePage, item: Item, stage: Stage) -> Json:
    told: Json = {
        "message_id": mid(page, item),
        "chat_id": chat_id(page),
        "user_id": item.writer.id,
    }
    if is_comment(page, item):
        told["post_id"] = mid(page, stage.item(page.code, item.root or 0))
    return told
