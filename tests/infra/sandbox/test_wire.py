"""Posts as lines of the push API."""

import json

from infra.sandbox import wire
from infra.sandbox.world import load_region
from tests.infra.sandbox.worlds import fortnight

BASE = "http://127.0.0.1:8090"
FIELDS = [
    "schema",
    "network",
    "source",
    "external_id",
    "kind",
    "url",
    "author",
    "text",
    "published_at",
    "edited_at",
    "deleted",
    "parent_id",
    "metrics",
]


def test_line_has_the_fields_of_the_format_and_nothing_of_the_truth() -> None:
    post = next(post for post in fortnight() if post.truth.duplicate_of)

    page = load_region().page(post.page)

    record = wire.record(post, BASE)

    assert list(record) == FIELDS
    assert (record["network"], record["source"]) == (page.network, page.name)
    assert record["url"] == f"{BASE}/pages/{post.page}/posts/{post.id}"
    assert record["published_at"].endswith("+00:00")
    assert str(post.truth.duplicate_of) not in json.dumps(record)


def test_edit_says_when_it_was_made_and_comment_what_it_is_under() -> None:
    edit = next(post for post in fortnight() if post.edited_at)
    comment = next(post for post in fortnight() if post.parent_id)

    assert wire.record(edit, BASE)["edited_at"] == edit.arrived_at.isoformat()
    assert wire.record(comment, BASE)["parent_id"] == comment.parent_id
    assert wire.record(comment, BASE)["kind"] == "comment"


def test_posts_are_one_line_each() -> None:
    posts = fortnight()[:50]

    lines = wire.ndjson(posts, BASE).decode().splitlines()

    assert [json.loads(line)["external_id"] for line in lines] == [
        post.id for post in posts
    ]
