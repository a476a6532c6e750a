"""Words of a text, their dictionary forms and names of people."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import russian
from shared.russian import Token

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


def test_tokens_give_words_numbers_and_their_places() -> None:
    text = "Яма 20 см, ул.Зелёная-1!"

    found = russian.tokens(text)

    assert found == [
        Token(0, 3, "Яма"),
        Token(4, 6, "20"),
        Token(7, 9, "см"),
        Token(11, 13, "ул"),
        Token(14, 23, "Зелёная-1"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("по-русски", ["по-русски"]),
        ("дом — двор", ["дом", "двор"]),
        ("-слово- и --", ["слово", "и"]),
        ("a_b", ["a", "b"]),
        ("вода\u0301 и кров\u00adля", ["вода\u0301", "и", "кров\u00adля"]),
        ("и\u0306од", ["и\u0306од"]),
        ("\ud800яма\udfff 😀👍🏽 1\ufe0f\u20e3", ["яма", "1"]),
        ("\x00\u0301", []),
        ("", []),
    ],
)
def test_tokens_of_odd_texts(text: str, words: list[str]) -> None:
    assert [token.word for token in russian.tokens(text)] == words


@pytest.mark.parametrize(
    ("form", "dictionary_form"),
    [
        ("ямы", "яма"),
        ("Школой", "школа"),
        ("ЛЮДЕЙ", "человек"),
        ("ёлку", "елка"),
        ("елку", "елка"),
        ("детьми", "ребенок"),
        ("отключили", "отключить"),
        ("вода\u0301", "вода"),
        ("кров\u00adлю", "кровля"),
        ("и\u0306ода", "йод"),
        ("ЖКХ", "жкх"),
        ("снег-то", "снег"),
        ("дай-ка-то", "дать"),
        ("какой-то", "какой-то"),
        ("CHEГ", "снег"),
        ("IT-отделом", "it-отделом"),
        ("м2", "м2"),
        ("проводов", "провод"),
        ("Wi‑Fi", "wi-fi"),
        ("2024", "2024"),
        ("25-летию", "25-летие"),
        ("\ud800", "\ud800"),
        ("", ""),
        ("а" * 49, "а" * 49),
    ],
)
def test_lemma_is_the_dictionary_form(form: str, dictionary_form: str) -> None:
    assert russian.lemma(form) == dictionary_form


def test_lemmas_keep_order_and_repeats() -> None:
    assert russian.lemmas("Ямы, на дороге ЯМА!") == ["яма", "на", "дорога", "яма"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Мария", "name"),
        ("Марию", "name"),
        ("Саша", "name"),
        ("Петровна", "patronymic"),
        ("Ильичу", "patronymic"),
        ("Иванов", "surname"),
        ("Крапивенко", "surname"),
        ("МАРИЯ", "name"),
        ("мария", None),
        ("ИВАН", None),
        ("Поликлинника", None),
        ("Надежда", None),
        ("Дорога", None),
        ("Волга", None),
        ("Smith", None),
        ("\ud800", None),
        ("", None),
        ("И" * 49, None),
    ],
)
def test_name_kind_names_only_likely_names(word: str, kind: str | None) -> None:
    assert russian.name_kind(word) == kind


@pytest.mark.parametrize("word", sorted(russian._preferred()))
def test_preferred_words_are_their_own_lemmas(word: str) -> None:
    assert russian.lemma(word) == word.replace("ё", "е")


@pytest.mark.parametrize(
    ("word", "ordinary"),
    [
        ("садовая", True),
        ("Мира", True),
        ("Курске", False),
        ("Иванов", False),
        ("верхнереченск", False),
        ("Smith", False),
        ("", False),
        ("а" * 49, False),
    ],
)
def test_ordinary_words_are_in_the_dictionary_and_no_names(
    word: str, *, ordinary: bool
) -> None:
    assert russian.is_ordinary(word) is ordinary


@pytest.mark.parametrize(
    ("word", "common"), [("на", True), ("этот", True), ("дом", False), ("яма", False)]
)
def test_common_words_tell_nothing(word: str, *, common: bool) -> None:
    assert russian.is_common(word) is common


@given(ANY_TEXT)
def test_any_text_gives_ordered_tokens_that_cut_it(text: str) -> None:
    found = russian.tokens(text)

    assert [text[start:end] for start, end, _ in found] == [t.word for t in found]
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert russian.lemmas(text) == [russian.lemma(token.word) for token in found]
    assert {russian.name_kind(token.word) for token in found} <= {
        None,
        "name",
        "surname",
        "patronymic",
    }


@given(st.text("абвеёйя́-АЁ", max_size=12))
def test_case_and_yo_do_not_change_the_lemma(word: str) -> None:
    assert russian.lemma(word.upper()) == russian.lemma(word)
    assert russian.lemma(word.replace("ё", "е")) == russian.lemma(word)


@pytest.mark.parametrize("piece", ["а", "а-", "а\u0301", "\u0301", "-", "а ", "яма "])
def test_work_grows_in_step_with_the_text(piece: str) -> None:
    russian.lemmas(piece * 100)

    few, many = (_seconds(piece * (size // len(piece))) for size in (100_000, 800_000))

    # Eight times the text: quadratic work would take sixty-four times as long.
    assert many < 24 * few + 0.1


def _seconds(text: str) -> float:
    """Processor time of the best of three: a busy machine does not count."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        russian.lemmas(text)
        taken.append(time.process_time() - started)
    return min(taken)
