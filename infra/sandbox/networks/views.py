"""Pages, items and tokens as the control API shows them."""

from datetime import datetime
from typing import Any

from infra.sandbox.networks.networks import Networks
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.tokens import Token, TokenBook


def item_line(item: Item) -> dict[str, Any]:
    """Give an item whole; moments are ISO with an offset."""
    return {
        "page": item.page,
        "id": item.id,
        "kind": item.kind.value,
        "parent": item.parent,
        "root": item.root,
        "author_kind": item.writer.kind.value,
        "author": item.writer.id,
        "text": item.text,
        "created_at": item.created_at.isoformat(),
        "edited_at": _iso(item.edited_at),
        "deleted_at": _iso(item.deleted_at),
        "versions": len(item.versions),
        "likes": item.counters.likes,
        "reposts": item.counters.reposts,
        "comments": item.counters.comments,
        "views": item.counters.views,
        "comments_closed": item.comments_closed,
    }


def page_line(page: StagePage) -> dict[str, Any]:
    """Give a page with its native names."""
    return {
        "code": page.code,
        "number": page.number,
        "screen_name": page.screen_name,
        "name": page.name,
        "official": page.official,
        "municipality": page.municipality,
        "members": page.members,
        "pinned": page.pinned,
        "banned": page.is_banned,
    }


def token_line(book: TokenBook, token: Token, now: datetime) -> dict[str, Any]:
    return {
        "token": token.value,
        "kind": token.kind,
        "owner": token.owner,
        "expires_at": _iso(token.expires_at),
        "state": book.state(token.value, now).value,
    }


def networks_summary(networks: Networks, now: datetime) -> list[dict[str, Any]]:
    """List networks with their pages and tokens."""
    return [
        {
            "network": code,
            "pages": [page_line(page) for page in context.stage.pages],
            "tokens": [
                token_line(context.tokens, one, now) for one in context.tokens.all
            ],
            "items": len(context.stage.items()),
            "last_seq": context.stage.last_seq,
        }
        for code, context in networks.contexts.items()
    ]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
