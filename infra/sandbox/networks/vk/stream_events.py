"""What happened on a stage, as the Streaming API tells those with fitting rules."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from infra.sandbox.networks.vk.objects import author_id, is_signed, owner_id, unix
from infra.sandbox.networks.vk.words import matches
from infra.sandbox.stage import Action, Happening, Item, Stage, StagePage

_ACTIONS: Final[Mapping[Action, str]] = {
    Action.PUBLISH: "new",
    Action.EDIT: "update",
    Action.DELETE: "delete",
    Action.RESTORE: "restore",
}


def event(
    stage: Stage, line: Happening, rules: Mapping[str, str]
) -> dict[str, Any] | None:
    """Write the event of a line of the log; None where no rule fits, or none is told.

    What is deleted fits the words it had.
    """
    item, action = line.item, _ACTIONS.get(line.action)
    if item is None or action is None:
        return None
    tags = [tag for tag, words in rules.items() if matches(words, _said(item))]
    if not tags:
        return None
    page = stage.page(item.page)
    told = _named(page, item) | {
        "action": action,
        "action_time": unix(line.at),
        "creation_time": unix(item.created_at),
        "text": "" if action == "delete" else _marked(item.text),
        "attachments": item.extra.get("attachments", []),
        "author": _author(item, page),
        "tags": tags,
    }
    if is_signed(item):
        told["signer_id"] = author_id(item.writer)
    return told | _shared(item)


def service_message(code: int) -> dict[str, Any]:
    """Write a message about the stream itself."""
    said = {3000: "Server is being restarted", 3001: "Pong wait timeout"}
    message = said.get(code, "Something about the stream")
    return {
        "code": 300,
        "service_message": {"message": message, "service_code": code},
    }


def _said(item: Item) -> str:
    return "\n".join([item.text, *_originals(item)])


def _named(page: StagePage, item: Item) -> dict[str, Any]:
    owner, post = owner_id(page), item.root or item.id
    ids = {"post_owner_id": owner, "post_id": post}
    url = f"https://vk.com/wall{owner}_{post}"
    if item.root is not None:
        url = f"{url}?reply={item.id}"
        return {
            "event_type": "comment",
            "event_id": {**ids, "comment_id": item.id},
            "event_url": url,
        }
    kind = "share" if _originals(item) else "post"
    return {"event_type": kind, "event_id": ids, "event_url": url}


def _author(item: Item, page: StagePage) -> dict[str, Any]:
    author = owner_id(page) if is_signed(item) else author_id(item.writer)
    kind = "club" if author < 0 else "id"
    return {"id": author, "author_url": f"https://vk.com/{kind}{abs(author)}"}


def _shared(item: Item) -> dict[str, Any]:
    texts = _originals(item)
    return {"shared_post_text": _marked(texts[0])} if texts else {}


def _originals(item: Item) -> list[str]:
    history = item.extra.get("copy_history", ())
    return [str(each.get("text", "")) for each in history]


def _marked(text: str) -> str:
    """Write a text with HTML's marks, as no other interface of VK does."""
    return escape(text).replace("\n", "<br>")
