"""Which pieces of a text are marked for a question."""

import pytest

from shared.search.highlight import highlight
from shared.search.terms import parse


@pytest.mark.parametrize(
    ("q", "text", "expected"),
    [
        ("", "Яма", []),
        ("яма", "Яма, ещё яма", ["Яма", "яма"]),
        ("яма дорога", "Дорога вся в ямах", ["Дорога", "ямах"]),
        ("«горячая вода»", "Вода. Горячую воду!", ["Горячую воду"]),
        ("вода «горячая вода»", "Вода. Горячую воду!", ["Вода", "Горячую воду"]),
        ("«яма яма»", "яма яма яма", ["яма яма яма"]),
        ("верхне-заречный", "в Верхне-Заречном", ["Верхне-Заречном"]),
    ],
)
def test_every_place_of_every_term_is_marked(
    q: str, text: str, expected: list[str]
) -> None:
    places = highlight(text, parse(q))

    assert [text[start:end] for start, end in places or ()] == expected


@pytest.mark.parametrize("q", ["снег", "яма снег", "«в яма»"])
def test_a_text_without_a_term_is_no_answer(q: str) -> None:
    assert highlight("Яма в асфальте", parse(q)) is None
