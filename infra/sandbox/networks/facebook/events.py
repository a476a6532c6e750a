"""What happened on a stage, as Facebook's webhooks tell it."""

from collections.abc import Mapping
from typing import Any, Final

from infra.sandbox.graph.call import unix
from infra.sandbox.graph.hooks import Write
from infra.sandbox.networks.facebook.ids import comment_id, post_id, writer_id
from infra.sandbox.stage import Action, Happening, Item, Stage, StagePage

_VERBS: Final[Mapping[Action, str]] = {
    Action.PUBLISH: "add",
    Action.EDIT: "edited",
    Action.DELETE: "remove",
}


def events_of(stage: Stage) -> Write:
    """Make the function that writes the changes of a line of the log.

    What comes back after a deletion is told to nobody.
    """

    def write(line: Happening) -> list[tuple[StagePage, str, dict[str, Any]]]:
        verb, item = _VERBS.get(line.action), line.item
        if verb is None or item is None:
            return []
        page = stage.page(line.page)
        told = [(page, "feed", _value(stage, page, item, verb))]
        return told + [
            (other, "mention", _mention(stage, page, item, verb))
            for other in stage.pages
            if other.code != page.code and f"@{other.screen_name}" in item.text
        ]

    return write


def _value(stage: Stage, page: StagePage, item: Item, verb: str) -> dict[str, Any]:
    writer = {"id": writer_id(item.writer), "name": item.writer.name}
    value: dict[str, Any] = {
        "item": "status",
        "verb": verb,
        "post_id": post_id(page, item.root or item.id),
        "from": writer,
        "created_time": unix(item.created_at),
    }
    if item.root is not None:
        above = stage.item(item.page, item.parent or item.root)
        is_root = above.id == item.root
        value["item"] = "comment"
        value["comment_id"] = comment_id(page, item)
        value["parent_id"] = (
            post_id(page, above.id) if is_root else comment_id(page, above)
        )
    return value if verb == "remove" else value | {"message": item.text}


def _mention(stage: Stage, page: StagePage, item: Item, verb: str) -> dict[str, Any]:
    """Tell a page that somebody named it elsewhere: ids, and little else."""
    value = _value(stage, page, item, verb)
    kept = ("verb", "post_id", "comment_id", "created_time")
    kind = "post" if item.root is None else "comment"
    return {"item": kind} | {name: value[name] for name in kept if name in value}
