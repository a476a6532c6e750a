"""Posts, comments, groups and people in VK's words."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from infra.sandbox.networks.context import skew
from infra.sandbox.stage import AuthorKind, Item, Stage, StagePage, Writer

PREVIEW: Final = 90
_SIGNED_EVERY: Final = 4


def unix(moment: datetime) -> int:
    """Give Unix seconds on the network's clock, which a fault may put ahead."""
    return int((moment + skew.get()).timestamp())


def owner_id(page: StagePage) -> int:
    return -page.number


def author_id(writer: Writer) -> int:
    return -writer.id if writer.kind is AuthorKind.GROUP else writer.id


def is_signed(item: Item) -> bool:
    """Tell whether the community published this for a resident, with a signature."""
    is_personal = item.writer.kind is AuthorKind.USER
    return is_personal and item.root is None and item.id % _SIGNED_EVERY == 0


def wall_post(stage: Stage, item: Item) -> dict[str, Any]:
    """Write a post as it stands; `extra` of the item adds what only VK knows."""
    page = stage.page(item.page)
    author = author_id(item.writer)
    post: dict[str, Any] = {
        "inner_type": "wall_wallpost",
        "id": item.id,
        "owner_id": owner_id(page),
        "from_id": owner_id(page) if is_signed(item) else author,
        "date": unix(item.created_at),
        "post_type": "post",
        "text": item.text,
        "attachments": [],
        "comments": {
            "can_post": int(not item.comments_closed),
            "can_view": 1,
            "count": item.counters.comments or 0,
            "groups_can_post": True,
        },
        "likes": _likes(item) | {"can_publish": 1},
        "reposts": {"count": item.counters.reposts or 0, "user_reposted": 0},
        "is_favorite": False,
        "hash": f"h{item.id}",
    }
    if is_signed(item):
        post["signer_id"] = author
    if item.edited_at is not None:
        post["edited"] = unix(item.edited_at)
    if item.counters.views is not None:
        post["views"] = {"count": item.counters.views}
    if page.pinned == item.id:
        post["is_pinned"] = 1
    return post | dict(item.extra)


def wall_comment(
    stage: Stage, item: Item, *, need_likes: bool = False, preview: int = 0
) -> dict[str, Any]:
    """Write a comment; `preview` cuts the text at that many characters."""
    page = stage.page(item.page)
    comment: dict[str, Any] = {
        "id": item.id,
        "from_id": author_id(item.writer),
        "date": unix(item.created_at),
        "text": _cut(item.text, preview),
        "post_id": item.root,
        "owner_id": owner_id(page),
        "parents_stack": parents_stack(stage, item),
    }
    if item.is_deleted:
        return comment | {"from_id": 0, "text": "", "deleted": True}
    if item.parent is not None and item.parent != item.root:
        above = stage.item(item.page, item.parent)
        comment["reply_to_user"] = author_id(above.writer)
        comment["reply_to_comment"] = above.id
    if need_likes:
        comment["likes"] = _likes(item)
    return comment | dict(item.extra)


def found_reply(stage: Stage, item: Item) -> dict[str, Any]:
    """Write a comment as the news search shows it: like a post of type reply."""
    page = stage.page(item.page)
    return {
        "inner_type": "wall_wallpost",
        "id": item.id,
        "owner_id": owner_id(page),
        "from_id": author_id(item.writer),
        "date": unix(item.created_at),
        "post_type": "reply",
        "post_id": item.root,
        "parents_stack": parents_stack(stage, item),
        "text": item.text,
    }


def parents_stack(stage: Stage, item: Item) -> list[int]:
    """Give the comment whose thread this is; VK knows two levels only."""
    top = thread_of(stage, item)
    return [] if top is None else [top]


def thread_of(stage: Stage, item: Item) -> int | None:
    """Find the top comment above a reply; None for a top comment."""
    if item.parent is None or item.parent == item.root:
        return None
    above = stage.item(item.page, item.parent)
    return thread_of(stage, above) or above.id


def group(page: StagePage, fields: Iterable[str] = ()) -> dict[str, Any]:
    """Write a community; only asked fields beside the usual ones."""
    told: dict[str, Any] = {
        "id": page.number,
        "name": page.name,
        "screen_name": page.screen_name,
        "is_closed": 0,
        "type": "page",
    }
    if page.is_banned:
        return told | {"deactivated": "banned"}
    optional = {"members_count": page.members, "verified": int(page.official)}
    return told | {key: optional[key] for key in fields if key in optional}


def people(stage: Stage, items: Sequence[Item]) -> dict[str, list[dict[str, Any]]]:
    """Give profiles and groups of everybody who wrote these items."""
    writers = {author_id(item.writer): item.writer for item in items}
    pages = {stage.page(item.page).number: stage.page(item.page) for item in items}
    guests = (stage.find_page(-number) for number in writers if number < 0)
    pages |= {page.number: page for page in guests if page is not None}
    persons = sorted(number for number in writers if number > 0)
    return {
        "profiles": [_profile(writers[number]) for number in persons],
        "groups": [group(pages[number]) for number in sorted(pages)],
    }


def _profile(writer: Writer) -> dict[str, Any]:
    first, _, last = writer.name.partition(" ")
    return {
        "id": writer.id,
        "first_name": first,
        "last_name": last,
        "can_access_closed": True,
        "is_closed": False,
    }


def _likes(item: Item) -> dict[str, int]:
    return {"can_like": 1, "count": item.counters.likes or 0, "user_likes": 0}


def _cut(text: str, preview: int) -> str:
    return text if not preview or len(text) <= preview else f"{text[:preview]}..."
