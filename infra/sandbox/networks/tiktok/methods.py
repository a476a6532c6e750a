"""The methods: searching videos, comments, an account's card."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from infra.sandbox.networks.tiktok.errors import TikTokError
from infra.sandbox.networks.tiktok.objects import comment, first_above, video
from infra.sandbox.networks.tiktok.server import Server
from infra.sandbox.networks.tiktok.text import hashtags_of
from infra.sandbox.stage import Item

VIDEO_FIELDS: Final = frozenset(
    {
        "comment_count",
        "create_time",
        "hashtag_names",
        "id",
        "like_count",
        "region_code",
        "share_count",
        "username",
        "video_description",
        "view_count",
        "voice_to_text",
    }
)
COMMENT_FIELDS: Final = frozenset(
    {
        "create_time",
        "id",
        "like_count",
        "parent_comment_id",
        "reply_count",
        "text",
        "video_id",
    }
)
USER_FIELDS: Final = frozenset(
    {
        "display_name",
        "follower_count",
        "following_count",
        "is_verified",
        "likes_count",
        "video_count",
    }
)
_LONGEST: Final = timedelta(days=30)
_MOST: Final = 100
Json = Mapping[str, Any]
Fits = Callable[[Item], bool]


def videos(server: Server, body: Json, fields: set[str]) -> dict[str, Any]:
    """Find videos of some days, newest first, by a result that is cached.

    A page is cut before deleted videos are left out, so that it may be short, or empty
    and have a next one.
    """
    _check(fields, VIDEO_FIELDS)
    count, cursor = _count(body, 20), _number(body, "cursor", 0)
    if cursor >= server.deep:
        raise TikTokError(500)
    given = body.get("search_id")
    if given is None:
        if cursor:
            raise TikTokError(400, "search_id is required to turn pages")
        given = server.remember(_found(server, body))
    found = server.searches.get(str(given))
    if found is None:
        raise TikTokError(4000)
    part = [server.find(each) for each in found[cursor : cursor + count]]
    shown = [item for item in part if item is not None and not item.is_deleted]
    records = [video(server, item, fields) for item in shown]
    end = min(cursor + count, len(found))
    return {
        "videos": records,
        "cursor": end,
        "has_more": end < len(found),
        "search_id": str(given),
    }


def comments(server: Server, body: Json, fields: set[str]) -> dict[str, Any]:
    """List comments under a video, or replies to one of them, oldest first."""
    _check(fields, COMMENT_FIELDS)
    count, cursor = _count(body, 10), _number(body, "cursor", 0)
    if ("video_id" in body) == ("comment_id" in body):
        raise TikTokError(400, "either video_id or comment_id")
    name = "comment_id" if "comment_id" in body else "video_id"
    item = server.find(_number(body, name, 0))
    is_of_kind = item is not None and (item.root is None) == (name == "video_id")
    if item is None or not is_of_kind:
        raise TikTokError(400, name)
    root = item if item.root is None else server.stage.item(item.page, item.root)
    above = None if item.root is None else item.id
    listed = server.stage.comments(root.page, root.id)
    tops = {each.id: first_above(server, each) for each in listed}
    replies = Counter(tops[each.id] for each in listed if not each.is_deleted)
    level = [each for each in listed if tops[each.id] == above]
    shown = [] if root.is_deleted else level[cursor : cursor + count]
    records = [
        comment(server, each, root, replies[each.id], fields)
        for each in shown
        if not each.is_deleted
    ]
    end = min(cursor + count, len(level))
    has_more = end < len(level) and not root.is_deleted
    return {"comments": records, "cursor": end, "has_more": has_more}


def user(server: Server, body: Json, fields: set[str]) -> dict[str, Any]:
    """Show an account's card."""
    _check(fields, USER_FIELDS)
    page = server.account(str(body.get("username", "")))
    if page is None:
        raise TikTokError(400, "username: there is no such account")
    posts = server.stage.posts(page.code)
    card = {
        "display_name": page.name,
        "follower_count": page.members,
        "following_count": 3,
        "is_verified": page.official,
        "likes_count": sum(post.counters.likes or 0 for post in posts),
        "video_count": len(posts),
    }
    return {name: each for name, each in card.items() if name in fields}


def _found(server: Server, body: Json) -> list[int]:
    start, end = _day(body, "start_date"), _day(body, "end_date")
    if not timedelta() <= end - start <= _LONGEST:
        raise TikTokError(400, "end_date: at most 30 days after start_date")
    fits = _query(server, body.get("query"))
    found = [
        server.id_of(item)
        for page in server.stage.pages
        if not page.is_banned
        for item in server.stage.posts(page.code)
        if start <= item.created_at < end + timedelta(days=1) and fits(item)
    ]
    return sorted(found, reverse=True)


def _query(server: Server, query: object) -> Fits:
    told = query if isinstance(query, dict) else {}
    parts = {
        name: [_condition(server, each) for each in told.get(name, [])]
        for name in ("and", "or", "not")
    }
    if not any(parts.values()):
        raise TikTokError(400, "query: needs a condition")
    return lambda item: (
        all(fits(item) for fits in parts["and"])
        and (not parts["or"] or any(fits(item) for fits in parts["or"]))
        and not any(fits(item) for fits in parts["not"])
    )


def _condition(server: Server, condition: Json) -> Fits:
    operation, field = condition.get("operation"), condition.get("field_name")
    values = [str(each).lower() for each in condition.get("field_values", [])]
    is_right = len(values) == 1 if operation == "EQ" else len(values) > 0
    if operation not in {"EQ", "IN"} or not is_right:
        raise TikTokError(400, "query: EQ with one value, or IN")
    fields: dict[object, Fits] = {
        "username": lambda item: server.stage.page(item.page).screen_name in values,
        "hashtag_name": lambda item: not set(values).isdisjoint(hashtags_of(item.text)),
        "keyword": lambda item: any(each in item.text.lower() for each in values),
        "video_id": lambda item: str(server.id_of(item)) in values,
        "region_code": lambda _: "ru" in values,
    }
    if field not in fields:
        raise TikTokError(400, f"query: there is no field {field}")
    return fields[field]


def _check(fields: set[str], known: frozenset[str]) -> None:
    if not fields or fields - known:
        raise TikTokError(400, f"fields: {', '.join(sorted(fields - known))}")


def _count(body: Json, usual: int) -> int:
    count = _number(body, "max_count", usual)
    if not 1 <= count <= _MOST:
        raise TikTokError(400, "max_count: 1 to 100")
    return count


def _number(body: Json, name: str, usual: int) -> int:
    value = body.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TikTokError(400, f"{name}: is no number")
    return value


def _day(body: Json, name: str) -> datetime:
    try:
        return datetime.strptime(f"{body.get(name)}+0000", "%Y%m%d%z")
    except ValueError:
        raise TikTokError(400, f"{name}: is no YYYYMMDD") from None
