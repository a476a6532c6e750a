"""Methods of the wall: posts, comments, and the official answer."""

from collections.abc import Sequence
from typing import Any, Final

from infra.sandbox.networks.context import Published, ResponseLost
from infra.sandbox.networks.vk import comments
from infra.sandbox.networks.vk.call import (
    USER,
    Call,
    Method,
    for_admins,
    personal,
    read_only,
)
from infra.sandbox.networks.vk.errors import NO_RIGHT, VkError
from infra.sandbox.networks.vk.objects import (
    author_id,
    parents_stack,
    people,
    wall_comment,
    wall_post,
)
from infra.sandbox.networks.vk.words import matches
from infra.sandbox.stage import AuthorKind, Item, StagePage, Writer
from infra.sandbox.stage.plans import WriteMode

MOST: Final = 100
_PERSON: Final = 700_000_000


def get(call: Call) -> dict[str, Any]:
    """List a wall: the pinned post first, then newest first."""
    page = call.wall()
    posts = _in_order(call, page)
    return _listed(call, posts)


def get_by_id(call: Call) -> dict[str, Any]:
    """Give posts by `{owner_id}_{id}`; deleted and unknown ones are left out."""
    named = [name for name in call.text("posts").split(",") if name]
    if not named:
        raise VkError(100, "posts is undefined")
    found = [item for name in named[:MOST] if (item := _named(call, name)) is not None]
    items = [wall_post(call.network.stage, item) for item in found]
    more = people(call.network.stage, found) if call.flag("extended") else {}
    return {"items": items} | more


def search(call: Call) -> dict[str, Any]:
    """Find words on one wall."""
    page = call.wall()
    posts = [
        post
        for post in call.network.stage.posts(page.code)
        if matches(call.text("query"), post.text)
    ]
    if call.flag("owners_only"):
        own = -page.number
        posts = [post for post in posts if author_id(post.writer) == own]
    return _listed(call, posts)


def get_comment(call: Call) -> dict[str, Any]:
    """Give one comment, with its thread where it has one."""
    page = call.wall()
    stage = call.network.stage
    item = stage.find(page.code, call.number("comment_id"))
    if item is None or item.is_deleted or item.root is None:
        raise VkError(212)
    more = people(stage, [item]) if call.flag("extended") else {}
    return {"items": [wall_comment(stage, item, need_likes=True)]} | more


def create_comment(call: Call) -> dict[str, Any]:
    """Publish an answer, once per `guid`."""
    page, message = call.wall(), call.text("message")
    writer = _speaker(call, page)
    if not message and not call.text("attachments"):
        raise VkError(100, "message is empty")
    target = _target(call, page)
    went = call.network.publish(
        page.code,
        target.id,
        message,
        token=call.token,
        guid=call.text("guid") or None,
        writer=writer,
    )
    return _told(call, went)


def _in_order(call: Call, page: StagePage) -> list[Item]:
    posts = call.network.stage.posts(page.code)
    if call.text("filter") == "owner":
        posts = [post for post in posts if author_id(post.writer) == -page.number]
    pinned = [post for post in posts if post.id == page.pinned]
    return pinned + [post for post in posts if post.id != page.pinned]


def _listed(call: Call, posts: Sequence[Item]) -> dict[str, Any]:
    offset = call.at_most("offset", 0, len(posts))
    shown = posts[offset : offset + call.at_most("count", 20, MOST)]
    stage = call.network.stage
    items = [wall_post(stage, post) for post in shown]
    more = people(stage, shown) if call.flag("extended") else {}
    return {"count": len(posts), "items": items} | more


def _named(call: Call, name: str) -> Item | None:
    owner, _, number = name.partition("_")
    if not (number.isdecimal() and owner.startswith("-") and owner[1:].isdecimal()):
        return None
    stage = call.network.stage
    page = stage.find_page(int(owner[1:]))
    item = None if page is None else stage.find(page.code, int(number))
    if item is None or item.is_deleted or item.root is not None:
        return None
    return None if stage.page(item.page).is_banned else item


def _speaker(call: Call, page: StagePage) -> Writer | None:
    """Say who speaks: None is the page itself, which its token must administer.

    On the wall of others a community speaks only when it is named, as itself.
    """
    from_group = call.number("from_group", 0)
    if call.token.kind == USER and not from_group:
        return Writer(AuthorKind.USER, _PERSON, "Администратор сообщества")
    own = call.own_page()
    if own is None or from_group not in {0, 1, own.number}:
        raise VkError(15, "from_group is not yours", subcode=NO_RIGHT)
    if own.code == page.code:
        return None
    if from_group != own.number:
        call.check_admin(page)
    return Writer(AuthorKind.GROUP, own.number, own.name)


def _target(call: Call, page: StagePage) -> Item:
    """Find what is answered: the post, or a comment of it that still stands."""
    stage = call.network.stage
    post = stage.find(page.code, call.number("post_id"))
    above = post
    if reply_to := call.number("reply_to_comment", 0):
        above = stage.find(page.code, reply_to)
    if post is None or post.is_deleted or post.comments_closed:
        raise VkError(213)
    if above is None or above.is_deleted or post.id not in {above.id, above.root}:
        raise VkError(213)
    return above


def _told(call: Call, went: Published) -> dict[str, Any]:
    """Answer as the write plan wants it."""
    if went.mode is WriteMode.LIMITED:
        raise VkError(went.code or 9)
    if went.item is None:
        raise VkError(went.code or 213)
    if went.mode is WriteMode.LOST:
        raise ResponseLost
    stack = parents_stack(call.network.stage, went.item)
    return {"comment_id": went.item.id, "parents_stack": stack}


METHODS: Final[dict[str, Method]] = {
    "wall.get": read_only(get),
    "wall.getById": read_only(get_by_id),
    "wall.getComments": read_only(comments.get_comments),
    "wall.search": read_only(search),
    "wall.getComment": personal(get_comment),
    "wall.createComment": for_admins(create_comment),
}
