"""Which words are one slip of the pen apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.search.typos import is_near, may_be_misspelt, neighbours

LETTERS = st.text("абвя", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("дорога", "дарога"),
        ("дорога", "дрога"),
        ("дорога", "доорога"),
        ("дорога", "одрога"),
        ("дорога", "дорогу"),
    ],
)
def test_one_slip_makes_a_near_word(one: str, other: str) -> None:
    assert is_near(one, other)
    assert is_near(other, one)
    assert other in neighbours(one)


@pytest.mark.parametrize("other", ["дорога", "дарага", "дроа", "агород", "дорогами"])
def test_no_slip_or_two_make_none(other: str) -> None:
    assert not is_near("дорога", other)
    assert other not in neighbours("дорога")


@given(LETTERS, LETTERS)
def test_near_words_are_just_the_neighbours(one: str, other: str) -> None:
    assert is_near(one, other) == (other in neighbours(one))


@pytest.mark.parametrize(
    ("word", "expected"), [("мост", True), ("дом", False), ("2026", False)]
)
def test_short_words_and_numbers_are_taken_as_typed(
    word: str,
    expected: bool,  # noqa: FBT001 -- the expectation
) -> None:
    assert may_be_misspelt(word) is expected


def test_latin_words_have_latin_neighbours() -> None:
    assert {"wify", "wfii", "wif", "wifii"} <= neighbours("wifi")
    assert "wifи" not in neighbours("wifi")
