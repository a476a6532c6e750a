"""Cutting and folding of words, and arithmetic on their places."""

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.rules import masks
from services.ingest.rules.vocabulary import is_slip, variants
from services.ingest.rules.words import TOKEN, fold, parts

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
RUSSIAN = st.text(st.sampled_from("абвеёийоTAOe12-\u0301\u00ad"), max_size=12)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("дом 12а, кв.3", ["дом", "12а", "кв", "3"]),
        ("интернет-магазин - нет", ["интернет-магазин", "нет"]),
        ("во\u00adда\u200b и\ufeff", ["во\u00adда\u200b", "и\ufeff"]),
        ("👍🏽🔥🔥", ["👍🏽", "🔥", "🔥"]),
        ("👨\u200d👩\u200d👧!", ["👨\u200d👩\u200d👧"]),
        ("🇷🇺🇷🇺", ["🇷🇺", "🇷🇺"]),
        ("❤️ ☎️ 1️⃣", ["❤️", "☎️", "1️⃣"]),
        ("a_b #нет_воды", ["a", "b", "нет", "воды"]),
        ("", []),
        ("\ud800 \x00", []),
    ],
)
def test_a_text_is_cut_into_words_compounds_and_emoji(
    text: str, tokens: list[str]
) -> None:
    assert TOKEN.findall(text) == tokens


@pytest.mark.parametrize(
    ("token", "folded"),
    [
        ("ЁЛКА", ("елка",)),
        ("CHEГ", ("снег",)),
        ("IT-отдел", ("it", "отдел")),
        ("дооорога", ("дорога",)),
        ("ванннна", ("ванна",)),
        ("длинношеее", ("длинношеее",)),
        ("12А", ("12а",)),
        ("12-а", ("12а",)),
        ("12a", ("12а",)),
        ("5-й", ("5", "й")),
        ("10000", ("10000",)),
        ("и\u0306од", ("йод",)),
        ("👍🏽", ("👍",)),
        ("❤️", ("❤",)),
        ("İ", ("i",)),
    ],
)
def test_spellings_of_a_form_are_one(token: str, folded: tuple[str, ...]) -> None:
    assert parts(token) == folded


@given(ANY_TEXT | RUSSIAN)
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = [part for token in TOKEN.findall(text) for part in parts(token)]

    assert [fold(part) for part in folded] == folded
    assert all(folded)


@given(st.text(st.sampled_from("аб в"), max_size=7), st.text("аб", max_size=7))
def test_a_slip_is_one_letter(form: str, meant: str) -> None:
    assert is_slip(form, meant) == (form in within_one(meant))
    assert not is_slip(form, meant) or not variants(form).isdisjoint(variants(meant))


def within_one(word: str) -> set[str]:
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return (
        {word}
        | {a + b[1:] for a, b in cuts if b}
        | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
        | {a + letter + b[1:] for a, b in cuts if b for letter in "аб в"}
        | {a + letter + b for a, b in cuts for letter in "аб в"}
    )


PLACES = st.lists(st.integers(0, 24), max_size=8).map(sorted)


@given(PLACES, st.integers(1, 9))
def test_masks_hold_places_and_spread_them(places: Sequence[int], far: int) -> None:
    found = masks.mask(places)

    behind = {place + step for place in places for step in range(1, far + 1)}
    front = {place - step for place in places for step in range(1, far + 1)}
    assert list(masks.places(found)) == sorted(set(places))
    assert set(masks.places(masks.after(found, far))) == behind
    assert set(masks.places(masks.before(found, far))) == {p for p in front if p >= 0}


def test_a_mask_of_a_long_text_is_the_same_number() -> None:
    places = [5_000, 3, 700, 3, 9_999]

    assert masks.mask(places) == sum(1 << place for place in set(places))


def test_windows_are_found_across_the_blocks_of_a_long_text() -> None:
    places = [4_094, 4_096, 8_190, 8_195, 12_000]
    word = masks.mask(places)

    assert list(masks.places(masks.close([word, word], 3))) == [4_094, 4_096]


def test_all_cyrillic_look_alikes_are_told_from_latin_words() -> None:
    latin = "CAKE"

    assert fold(latin) == "cake"
    assert all("LATIN" in unicodedata.name(sign) for sign in latin)
