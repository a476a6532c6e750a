"""Fields: what a rule may ask of a post besides its text."""

from uuid import UUID

import pytest

from services.ingest.rules import Matcher, Post, compile_rule, parse, printed

POST = Post(
    "Ямы",
    place="г. Нижний Яр, ул. Садовая",
    network="vk",
    source="Двор на Лесной №5",
    language="ru",
    kind="comment",
)


@pytest.mark.parametrize(
    ("field", "caught"),
    [
        ("место:Садовая", True),
        ("место:садовой", True),
        ('место:"нижний яр"', True),
        ('место:"яр нижний"', False),
        ('место:"садовая улица"', False),
        ("место:Лесная", False),
        ("сеть:вк", True),
        ("network:VK", True),
        ("сеть:ok", False),
        ("источник:двор", True),
        ('источник:"лесная 5"', True),
        ("источник:садовая", False),
        ("язык:ru", True),
        ("язык:en", False),
        ("вид:комментарий", True),
        ("вид:пост", False),
        ("-вид:пост", True),
        ("-сеть:vk", False),
        ("(сеть:ok | сеть:vk) место:яр", True),
    ],
)
def test_a_field_narrows_a_rule(field: str, *, caught: bool) -> None:
    query = f"яма {field}"
    rule = compile_rule(UUID(int=1), 3, query)

    [found, unknown] = Matcher([rule, rule]).match([POST, Post("Ямы")])

    assert [match.positions for match in found] == [((0, 3),)] * 2 * caught
    assert bool(unknown) is field.startswith("-")
    assert parse(printed(parse(query))) == parse(query)


def test_a_bare_text_satisfies_no_field() -> None:
    rule = compile_rule(UUID(int=1), 1, "яма сеть:vk")

    assert Matcher([rule]).match(["Ямы"]) == [[]]
