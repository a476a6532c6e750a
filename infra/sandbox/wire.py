"""A post as a line of the push API; what is true about it stays here."""

import json
from collections.abc import Iterable
from typing import Any

from infra.sandbox.world import Post, load_region


def record(post: Post, base_url: str) -> dict[str, Any]:
    """Build the object of one post; its truth has no place in it."""
    page = load_region().page(post.page)
    return {
        "schema": "ingest.v1",
        "network": page.network,
        "source": page.name,
        "external_id": post.id,
        "kind": post.kind.value,
        "url": f"{base_url}/pages/{post.page}/posts/{post.id}",
        "author": {"id": post.author.id, "name": post.author.name},
        "text": post.text,
        "published_at": post.published_at.isoformat(),
        "edited_at": None if post.edited_at is None else post.edited_at.isoformat(),
        "deleted": False,
        "parent_id": post.parent_id,
        "metrics": {"views": None, "likes": post.likes},
    }


def ndjson(posts: Iterable[Post], base_url: str) -> bytes:
    """Write posts as lines of JSON."""
    lines = (json.dumps(record(post, base_url), ensure_ascii=False) for post in posts)
    return "".join(f"{line}\n" for line in lines).encode()
