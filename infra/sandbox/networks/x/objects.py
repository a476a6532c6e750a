"""Posts and accounts in X's words, in either of its two sets of names."""

from datetime import datetime
from typing import Any, Final

from infra.sandbox.networks.context import skew
from infra.sandbox.networks.x.server import Server, account_id, writer_id
from infra.sandbox.stage import Item, StagePage

SHORT: Final = 280
_DEFAULT: Final = frozenset({"id", "text", "edit_history_post_ids"})
_LEGACY: Final = {
    "edit_history_post_ids": "edit_history_tweet_ids",
    "note_post": "note_tweet",
    "referenced_posts": "referenced_tweets",
    "repost_count": "retweet_count",
    "post_count": "tweet_count",
}


def post(
    server: Server, item: Item, number: int, fields: set[str], *, legacy: bool
) -> dict[str, Any]:
    """Write one version of an item; only what was asked for, and what always comes.

    What stands on a page and is a resident's begins with a mention of the page.
    """
    told = _whole(server, item, number) | dict(item.extra)
    wanted = {_modern(name) for name in fields} | _DEFAULT
    kept = {name: each for name, each in told.items() if name in wanted}
    return _renamed(kept) if legacy else kept


def account(page: StagePage, fields: set[str], *, legacy: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": account_id(page),
        "name": page.name,
        "username": page.screen_name,
        "verified_type": "government" if page.official else "none",
        "public_metrics": {
            "followers_count": page.members,
            "following_count": 12,
            "post_count": 340,
            "listed_count": 5,
            "like_count": 7,
        },
    }
    wanted = fields | {"id", "name", "username"}
    kept = {name: each for name, each in told.items() if name in wanted}
    return _renamed(kept) if legacy else kept


def words_of(server: Server, item: Item, version: int = -1) -> str:
    """Give the text as it is shown, with whom it is written to."""
    text = item.versions[version].text
    page = server.stage.page(item.page)
    return text if item.writer.id == page.number else f"@{page.screen_name} {text}"


def _whole(server: Server, item: Item, number: int) -> dict[str, Any]:
    chain = server.posts.chain(item)
    place = chain.index(number)
    text = words_of(server, item, place)
    entities = _entities(server, item, text)
    told: dict[str, Any] = {
        "id": str(number),
        "text": text if len(text) <= SHORT else f"{text[: SHORT - 1]}…",
        "edit_history_post_ids": [str(each) for each in chain],
        "author_id": writer_id(server, item.writer, item.page),
        "conversation_id": str(_root(server, item)),
        "created_at": _moment(item.versions[place].at),
        "lang": "ru",
        "public_metrics": {
            "repost_count": item.counters.reposts or 0,
            "reply_count": item.counters.comments or 0,
            "like_count": item.counters.likes or 0,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": item.counters.views or 0,
        },
    }
    if entities:
        told["entities"] = entities
    if len(text) > SHORT:
        told["note_post"] = {"text": text, "entities": entities}
    if item.parent is not None:
        above = server.posts.chain(server.stage.item(item.page, item.parent))[-1]
        told["referenced_posts"] = [{"type": "replied_to", "id": str(above)}]
    return told


def _root(server: Server, item: Item) -> int:
    """Give the first id of the post a conversation began with."""
    root = item if item.root is None else server.stage.item(item.page, item.root)
    return server.posts.chain(root)[0]


def _entities(server: Server, item: Item, text: str) -> dict[str, Any]:
    page = server.stage.page(item.page)
    name = page.screen_name
    if not text.startswith(f"@{name} "):
        return {}
    mention = {"start": 0, "end": len(name) + 1, "username": name}
    return {"mentions": [mention | {"id": account_id(page)}]}


def _moment(at: datetime) -> str:
    moment = at + skew.get()
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _modern(name: str) -> str:
    return next((ours for ours, theirs in _LEGACY.items() if theirs == name), name)


def _renamed(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Say the same in the older names."""
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if isinstance(value, dict):
        return {_LEGACY.get(name, name): _renamed(each) for name, each in value.items()}
    return value
