"""Answers: what a write plan makes of one, in Graph's errors."""

from infra.sandbox.graph.call import Call
from infra.sandbox.graph.errors import GraphError, gone
from infra.sandbox.networks.context import ResponseLost
from infra.sandbox.stage import Item
from infra.sandbox.stage.plans import WriteMode

LONGEST = 8_000


def publish(call: Call, above: Item, *, limit_code: int) -> Item:
    """Publish the page's own comment under an item; the same text twice is 506."""
    page = call.stage.page(above.page)
    call.check_rights(page)
    text = call.params.get("message", "")
    if not text.strip() or len(text) > LONGEST:
        raise GraphError(100, "(#100) message")
    root = call.stage.item(above.page, above.root or above.id)
    if root.comments_closed:
        raise GraphError(200)
    if _is_repeated(call, root, text):
        raise GraphError(506)
    went = call.server.network.publish(
        page.code, above.id, text, token=call.token, guid=None
    )
    if went.mode is WriteMode.LIMITED:
        raise GraphError(went.code or limit_code)
    if went.mode is WriteMode.DELETED_TARGET:
        raise gone(str(above.id))
    if went.item is None:
        raise GraphError(went.code or 368)
    if went.mode is WriteMode.LOST:
        raise ResponseLost
    return went.item


def _is_repeated(call: Call, root: Item, text: str) -> bool:
    number = call.stage.page(root.page).number
    return any(
        item.text == text and item.writer.id == number and not item.is_deleted
        for item in call.stage.comments(root.page, root.id)
    )
