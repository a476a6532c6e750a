"""The language of `fields`."""

import pytest

from infra.sandbox.graph.errors import GraphError
from infra.sandbox.graph.fields import Field, Node, parse, select

NODE = Node(
    "Post",
    {
        "id": "1",
        "message": "Яма",
        "from": {"id": "24", "name": "Ирина"},
        "attachments": {"data": [{"type": "photo", "url": "x"}]},
        "shares": None,
        "comments": lambda one: {"limit": one.modifiers.get("limit")},
    },
    frozenset({"id", "message", "from", "attachments", "shares", "comments"}),
)


def test_names_modifiers_and_what_is_inside_are_read() -> None:
    assert parse("id, from{id,name},comments.limit(0).summary(true){id}") == (
        Field("id"),
        Field("from", {}, (Field("id"), Field("name"))),
        Field("comments", {"limit": "0", "summary": "true"}, (Field("id"),)),
    )
    assert parse("") == ()


@pytest.mark.parametrize("text", ["id,", "id{", "a.b", "a.{", "(", "id name", "5"])
def test_what_is_no_expression_is_2500(text: str) -> None:
    with pytest.raises(GraphError) as caught:
        parse(text)

    assert caught.value.code == 2500


def test_only_what_is_wished_and_there_is_shown() -> None:
    wished = parse("message,from{id},attachments{type},shares,comments.limit(3)")

    assert select(NODE, wished, "id") == {
        "id": "1",
        "message": "Яма",
        "from": {"id": "24"},
        "attachments": {"data": [{"type": "photo"}]},
        "comments": {"limit": "3"},
    }


def test_without_a_wish_there_is_the_usual() -> None:
    assert select(NODE, (), "message") == {"id": "1", "message": "Яма"}


def test_one_unknown_field_spoils_the_whole_call() -> None:
    with pytest.raises(GraphError, match=r"\(likes\) on node type \(Post\)") as caught:
        select(NODE, parse("message,likes"), "id")

    assert caught.value.code == 100
