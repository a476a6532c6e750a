"""The examples people are shown are true."""

import re
from pathlib import Path
from uuid import UUID

import pytest

from services.ingest.rules import Matcher, Post, compile_rule, parse
from services.ingest.rules.help import Example, examples

DOCS = Path(__file__).parents[4] / "docs" / "rules.md"


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.query)
def test_an_example_catches_and_spares_what_it_says(example: Example) -> None:
    matcher = Matcher([compile_rule(UUID(int=1), 1, example.query)])
    spared_kind = example.spared_kind or example.kind

    found = matcher.match(
        [
            Post(example.catches, network=example.network, kind=example.kind),
            Post(example.spares, network=example.network, kind=spared_kind),
        ]
    )

    assert [bool(matches) for matches in found] == [True, False]
    assert example.meaning("ru") != example.meaning("en")


def test_the_queries_of_the_documentation_are_read() -> None:
    table = re.findall(r"^\| `(.+?)` \|", DOCS.read_text("utf-8"), re.MULTILINE)

    assert len(table) > 15
    assert all(parse(query.replace("\\|", "|")) for query in table)
