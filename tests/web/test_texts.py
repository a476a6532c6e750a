"""Highlighting and comparing texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.diffs import Change, changes
from web.highlight import Piece, excerpt, pieces

SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=6)


def test_pieces_mark_the_spans() -> None:
    assert pieces("нет горячей воды", [(4, 11)]) == (
        Piece("нет "),
        Piece("горячей", marked=True),
        Piece(" воды"),
    )


def test_overlapping_and_touching_spans_become_one() -> None:
    assert pieces("abcdef", [(0, 2), (1, 3), (3, 4)]) == (
        Piece("abcd", marked=True),
        Piece("ef"),
    )


def test_spans_outside_the_text_are_cut_or_left_out() -> None:
    assert pieces("abc", [(-2, 1), (2, 99), (7, 9), (2, 1)]) == (
        Piece("a", marked=True),
        Piece("b"),
        Piece("c", marked=True),
    )


@given(st.text(max_size=50), SPANS)
def test_pieces_never_lose_a_letter(text: str, spans: list[tuple[int, int]]) -> None:
    assert "".join(piece.text for piece in pieces(text, spans)) == text


def test_short_text_is_its_own_excerpt() -> None:
    assert excerpt("коротко", []) == (Piece("коротко"),)


def test_excerpt_begins_near_the_first_mark_at_a_word() -> None:
    text = "слово " * 100 + "вода " + "слово " * 100
    at = text.index("вода")

    shown = excerpt(text, [(at, at + 4)], length=120)

    assert shown[0] == Piece("…")
    assert shown[1].text.startswith("слово ")
    assert Piece("вода", marked=True) in shown
    assert shown[-1] == Piece("…")


def test_excerpt_of_one_endless_word_still_shows_its_mark() -> None:
    shown = excerpt("я" * 500, [(400, 404)], length=120)

    assert Piece("яяяя", marked=True) in shown


def test_equal_wordings_have_no_change() -> None:
    assert changes("То же.", "То же.") == (Change("То же.", "same"),)


def test_replaced_words_stand_before_their_replacement() -> None:
    assert changes("Воду дадут завтра днём.", "Воду дадут сегодня днём.") == (
        Change("Воду дадут ", "same"),
        Change("завтра", "removed"),
        Change("сегодня", "added"),
        Change(" днём.", "same"),
    )


def test_added_and_removed_ends_are_seen() -> None:
    assert changes("Едем", "Едем к вам") == (
        Change("Едем", "same"),
        Change(" к вам", "added"),
    )
    assert changes("Едем к вам", "Едем") == (
        Change("Едем", "same"),
        Change(" к вам", "removed"),
    )


def test_lone_common_words_do_not_make_the_comparison_flicker() -> None:
    before = "Раз. Ваше письмо в отдел передано было. Конец."
    after = "Раз. Бригада выехала в район и работает там. Конец."

    kinds = [change.kind for change in changes(before, after)]

    assert kinds == ["same", "removed", "added", "same"]


def test_very_long_wordings_are_compared_as_a_whole() -> None:
    before, after = "слово " * 4000, "дело " * 4000

    assert changes(before, after) == (
        Change(before, "removed"),
        Change(after, "added"),
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_comparison_holds_both_wordings(before: str, after: str) -> None:
    told = changes(before, after)

    assert "".join(c.text for c in told if c.kind != "added") == before
    assert "".join(c.text for c in told if c.kind != "removed") == after


@pytest.mark.parametrize("text", ["", "слово"])
def test_nothing_against_something(text: str) -> None:
    assert [c.text for c in changes("", text)] == [text]
