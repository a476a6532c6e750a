"""Words of texts and terms of questions."""

from hypothesis import given
from hypothesis import strategies as st

from shared.search.terms import MOST_TERMS, Term, correct, parse
from shared.search.words import MOST_WORDS, Word, storable, words


def test_words_stand_where_the_text_has_them() -> None:
    text = "«Ямы» у Верхне-Заречного, дом 5"

    found = words(text)

    assert found == [
        Word(1, 4, "ямы", "яма"),
        Word(6, 7, "у", "у"),
        Word(8, 14, "верхне", "верхний"),
        Word(15, 24, "заречного", "заречный"),
        Word(26, 29, "дом", "дом"),
        Word(30, 31, "5", "5"),
    ]
    assert [text[word.start : word.end] for word in found[2:4]] == [
        "Верхне",
        "Заречного",
    ]


def test_a_very_long_text_is_known_by_its_beginning() -> None:
    assert len(words("яма " * (MOST_WORDS + 1))) == MOST_WORDS


def test_a_row_of_letters_is_cut_to_what_an_index_takes() -> None:
    assert [len(word.lemma.encode()) for word in words("ы" * 10_000)] == [100]


@given(st.text())
def test_storable_text_can_be_kept_and_has_the_same_places(text: str) -> None:
    kept = storable(text)

    assert len(kept) == len(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept


@given(st.text())
def test_no_text_breaks_the_reading_of_it(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end]
        assert word.lemma
        assert word.form
    assert len(parse(text)) <= MOST_TERMS


def test_a_question_is_taken_apart_into_words_compounds_and_phrases() -> None:
    terms = parse("Ямы «Горячей воды» на Верхне-Заречной")

    assert terms == (
        Term(("яма",), ("ямы",)),
        Term(("горячий", "вода"), ("горячей", "воды"), quoted=True),
        Term(("верхний", "заречный"), ("верхне", "заречной")),
    )


def test_small_words_stay_if_there_are_no_others() -> None:
    assert parse("на до") == (Term(("на",), ("на",)), Term(("до",), ("до",)))


def test_a_word_is_asked_for_once() -> None:
    assert [term.lemmas for term in parse("яма ямы ЯМОЙ дом")] == [("яма",), ("дом",)]


def test_a_quote_left_open_is_only_a_sign() -> None:
    assert parse("«яма дом") == parse("яма дом")


def test_quoted_words_are_not_corrected() -> None:
    terms = parse("дарога «дарога»")

    corrected = correct(terms, {"дарога": "дорога"})

    assert [term.lemmas for term in corrected] == [
        ("дорога",),
        terms[1].lemmas,
    ]
