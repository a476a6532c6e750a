"""Answers: what a write plan makes of one, in Graph's errors."""

from infra.sandbox.graph.call import Call
from infra.sandbox.graph.errors import GraphError, gone
from infra.sandbox.networks.context import Published, ResponseLost
from infra.sandbox.stage import AuthorKind, Item, StagePage, Writer
from infra.sandbox.stage.plans import WriteMode

LONGEST = 8_000


def publish(call: Call, above: Item, *, limit_code: int) -> Item:
    """Publish a comment of the token's page; the same text twice is 506."""
    page, speaker = call.stage.page(above.page), call.own_page()
    if speaker is None:
        raise GraphError(10)
    text = call.params.get("message", "")
    if not text.strip() or len(text) > LONGEST:
        raise GraphError(100, "(#100) message")
    root = call.stage.item(above.page, above.root or above.id)
    if root.comments_closed:
        raise GraphError(200)
    if _is_repeated(call, root, text, speaker):
        raise GraphError(506)
    went = call.server.network.publish(
        page.code,
        above.id,
        text,
        token=call.token,
        guid=None,
        writer=Writer(AuthorKind.GROUP, speaker.number, speaker.name),
    )
    return _told(went, above, limit_code)


def _told(went: Published, above: Item, limit_code: int) -> Item:
    """Answer as the write plan wants it."""
    if went.mode is WriteMode.LIMITED:
        raise GraphError(went.code or limit_code)
    if went.mode is WriteMode.DELETED_TARGET:
        raise gone(str(above.id))
    if went.item is None:
        raise GraphError(went.code or 368)
    if went.mode is WriteMode.LOST:
        raise ResponseLost
    return went.item


def _is_repeated(call: Call, root: Item, text: str, speaker: StagePage) -> bool:
    return any(
        item.text == text and item.writer.id == speaker.number and not item.is_deleted
        for item in call.stage.comments(root.page, root.id)
    )
