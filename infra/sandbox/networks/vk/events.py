"""What happened on a stage, as the events VK pushes; posts have no edit, no delete."""

from collections.abc import Mapping
from typing import Any, Final

from infra.sandbox.networks.vk.call import API_VERSION
from infra.sandbox.networks.vk.objects import (
    author_id,
    owner_id,
    wall_comment,
    wall_post,
)
from infra.sandbox.networks.vk.servers import event_id
from infra.sandbox.stage import Action, Happening, Item, Stage

_REPLY_EVENTS: Final[Mapping[Action, str]] = {
    Action.PUBLISH: "wall_reply_new",
    Action.EDIT: "wall_reply_edit",
    Action.DELETE: "wall_reply_delete",
    Action.RESTORE: "wall_reply_restore",
}


def event(stage: Stage, line: Happening) -> dict[str, Any] | None:
    """Write the event of a line of the log; None where VK says nothing."""
    item = line.item
    kind = None if item is None else _kind(line.action, item)
    if item is None or kind is None:
        return None
    return {
        "type": kind,
        "group_id": stage.page(line.page).number,
        "event_id": event_id(
            line.page, kind, item.id, line.at, len(item.versions), line.seq
        ),
        "v": API_VERSION,
        "object": _object(stage, kind, item),
    }


def _kind(action: Action, item: Item) -> str | None:
    if item.root is not None:
        return _REPLY_EVENTS.get(action)
    return "wall_post_new" if action is Action.PUBLISH else None


def _object(stage: Stage, kind: str, item: Item) -> dict[str, Any]:
    if kind == "wall_post_new":
        return wall_post(stage, item)
    owner = owner_id(stage.page(item.page))
    if kind == "wall_reply_delete":
        author = author_id(item.writer)
        return {
            "owner_id": owner,
            "id": item.id,
            # The schema names the author, the SDKs the one who deleted: both are sent.
            "user_id": max(0, author),
            "deleter_id": author,
            "post_id": item.root,
        }
    return wall_comment(stage, item) | {"post_owner_id": owner}
