"""What happened on a stage, as Instagram's webhooks tell it: what is new, no more."""

from typing import Any

from infra.sandbox.graph.hooks import Write
from infra.sandbox.networks.instagram.ids import object_id, username, writer_id
from infra.sandbox.networks.instagram.objects import is_own
from infra.sandbox.stage import Action, Happening, Item, Stage, StagePage


def events_of(stage: Stage) -> Write:
    """Make the function that writes the changes of a line of the log."""

    def write(line: Happening) -> list[tuple[StagePage, str, dict[str, Any]]]:
        item = line.item
        if item is None or line.action is not Action.PUBLISH:
            return []
        page = stage.page(line.page)
        root = item if item.root is None else stage.item(item.page, item.root)
        told: list[tuple[StagePage, str, dict[str, Any]]] = []
        if item.root is not None and is_own(root):
            told.append((page, "comments", _comment(page, item)))
        return told + [
            (other, "mentions", _mention(page, item))
            for other in stage.pages
            if other.code != page.code and f"@{other.screen_name}" in item.text
        ]

    return write


def _comment(page: StagePage, item: Item) -> dict[str, Any]:
    media = {"id": object_id(page, item.root or 0), "media_product_type": "FEED"}
    writer = {"id": writer_id(item.writer), "username": username(page, item.writer)}
    return {
        "id": object_id(page, item.id),
        "text": item.text,
        "from": writer,
        "media": media,
    }


def _mention(page: StagePage, item: Item) -> dict[str, Any]:
    """Tell ids alone: what was said has to be asked for."""
    media = {"media_id": object_id(page, item.root or item.id)}
    return (
        media if item.root is None else media | {"comment_id": object_id(page, item.id)}
    )
