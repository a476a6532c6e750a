"""Taking personal data out of free text."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.redaction import (
    MARKS,
    PersonalData,
    Redacted,
    Span,
    redact,
)
from services.ingest.domain.redaction.redactor import _in_original
from shared.russian import name_kind
from tests.services.ingest.pace import limit, seconds_of
from tests.services.ingest.redaction_corpus import (
    KNOWN_LIMITS,
    MUST_KEEP,
    MUST_REDACT,
    UNSEEN_MUST_KEEP,
    UNSEEN_MUST_REDACT,
)

TO_REDACT = MUST_REDACT + UNSEEN_MUST_REDACT
TO_KEEP = MUST_KEEP + UNSEEN_MUST_KEEP


def redacted(text: str) -> str:
    return redact(text, name_kind=name_kind).text


@pytest.mark.parametrize(("text", "expected"), TO_REDACT)
def test_personal_data_is_replaced_and_the_place_stays(
    text: str, expected: str
) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize("text", TO_KEEP)
def test_what_only_looks_like_personal_data_stays(text: str) -> None:
    assert redact(text, name_kind=name_kind) == Redacted(text, ())


@pytest.mark.parametrize(("text", "_wanted", "actual"), KNOWN_LIMITS)
def test_known_limits_are_as_documented(text: str, _wanted: str, actual: str) -> None:
    assert redacted(text) == actual


def test_labelled_set_is_met_almost_wholly() -> None:
    limits = [(text, wanted) for text, wanted, _ in KNOWN_LIMITS]
    labelled = [*TO_REDACT, *((text, text) for text in TO_KEEP), *limits]
    right, made, wanted = 0, 0, 0

    for text, expected in labelled:
        got, want = marks_of(redacted(text)), marks_of(expected)
        right += (got & want).total()
        made += got.total()
        wanted += want.total()

    assert len(labelled) > 200
    assert right / made >= 0.99, "precision"
    assert right / wanted >= 0.98, "recall"


def marks_of(text: str) -> Counter[str]:
    return Counter(re.findall("|".join(map(re.escape, MARKS.values())), text))


def test_spans_tell_what_stood_where_in_the_original() -> None:
    text = "Мария Иванова, кв. 12, см. https://vk.com/wall-1_2"

    result = redact(text, name_kind=name_kind)

    assert result.spans == (
        Span(0, 13, PersonalData.NAME),
        Span(15, 21, PersonalData.FLAT),
    )
    assert result.kinds == {PersonalData.NAME, PersonalData.FLAT}
    assert [text[span.start : span.end] for span in result.spans] == [
        "Мария Иванова",
        "кв. 12",
    ]


def test_text_without_personal_data_is_the_same_object() -> None:
    text = "Яма на Садовой, см. https://vk.com/wall-1_2"

    assert redact(text, name_kind=name_kind).text is text


def test_every_kind_but_kept_links_has_a_mark() -> None:
    assert set(MARKS) == set(PersonalData) - {PersonalData.URL}


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/wall-900000001_4101?reply=5",
        "vk.com/public900000001",
        "https://t.me/+AbCdEf",
        "https://www.youtube.com/watch?v=abc",
        "https://www.instagram.com/p/Abc/",
        "https://test-blog.livejournal.com/1234.html",
        "https://vk.com/",
        "https://portal.example/id/89000000001",
    ],
)
def test_links_to_posts_and_groups_stay(link: str) -> None:
    text = f"Смотрите ({link}), люди"

    assert redacted(text) == text


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/id900000001",
        "https://m.vk.ru/vymysel",
        "ok.ru/vymysel",
        "https://www.facebook.com/vymysel.test",
        "https://instagram.com/vymysel?igsh=1",
        "https://wa.me/79000000001",
        "https://www.youtube.com/@vymysel",
        "vymysel-test.livejournal.com",
    ],
)
def test_links_to_people_do_not_stay(link: str) -> None:
    assert redacted(f"Это он: {link}, люди") == "Это он: [профиль], люди"


PIECES = st.sampled_from(
    [text for text, _ in TO_REDACT]
    + TO_KEEP
    + [" ", ", ", ". ", "\n", "-", "№", "кв. ", "12", "5", "тел. ", "8", "+7", "@"]
    + ["Иван", "Петров", "Петрович", "И.", "ул. ", "паспорт ", "счёт ", "(", "и "]
    + ["на ", "Ленина", "https://", "vk.com/", "a", "900", "00", "[имя]", "оглы"]
    + list(MARKS.values())
)


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]))
def test_redacting_twice_is_redacting_once(pieces: list[str], glue: str) -> None:
    once = redacted(glue.join(pieces))

    assert redacted(once) == once


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_is_taken_and_spans_never_overlap(text: str) -> None:
    result = redact(text, name_kind=name_kind)

    edges = [edge for span in result.spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert (result.text == text) or result.spans


ATTACKS = [
    *("a", "7", "7 ", "7-", "89000000000 ", "@", "@a", "a@", "a.", "a@a.", "abc@d.e "),
    *("кв", "кв ", "кв. 12, ", "квартира 1 и ", "кв. 1 и 2-5-6,7", "45 кв. "),
    *("45 квартира ", "д.5-6 ", "5-6-7-8-", "ул. Мира, д. 5-12 ", "пр-т ", "1.1.1."),
    *("паспорт ", "паспорт 1", "инн 12345 ", "серия ", "счёт ", "лиц ", "т. ", "тел"),
    *("звонил ", "обращение № 89000000000 ", "1234 ", "восемь девятьсот сорок "),
    *("собака ", "a собака b ", "vk.com/", "https://", "t.me/a ", "[id1|", ".com/"),
    *("Иван ", "Иванов Иван ", "И.", "И. ", "Аб Вг ", "А", "Аа-", "ович ", "имени "),
    *("мария ивановна ", "ул. Иван Петров ", "на Ленина Иван Петров ", "генерала "),
    *("Ж" * 50 + " ", "ж" * 19 + "ович ", " ", "\u00a0", "(", "+7", "8(", "№", "\n"),
]


@pytest.mark.parametrize("piece", ATTACKS)
def test_long_text_made_to_be_slow_is_not(piece: str) -> None:
    text = (piece * 100_000)[:100_000]

    assert seconds_for(text) < limit(0.2)


def test_long_text_of_words_nobody_knows_is_not_slow() -> None:
    letters = "абвгдежзиклмнопрстуфхц"
    words = [
        f"{letters[n % 22]}{letters[n // 22 % 22]}щ{letters[n // 484 % 22]}ыов"
        for n in range(12_000)
    ]

    assert seconds_for(" ".join(words).title()) < limit(0.3)


def seconds_for(text: str) -> float:
    return seconds_of(lambda: redact(text, name_kind=name_kind), times=3)


def test_ordinary_post_costs_little() -> None:
    text = (
        "Третий месяц не могут починить яму на улице Садовой, дом 5, вода по колено,"
        " дети не могут пройти в школу. Управляющая компания Уютный Дом молчит, у"
        " администрации города ответ один. Обещали до 15.11.2025, но воз и ныне там."
    )
    redacted(text)

    assert seconds_for(text) < limit(0.001)


def test_spans_found_beside_marks_are_told_by_their_first_places() -> None:
    marked = [Span(10, 30, PersonalData.PHONE)]  # its mark stands at 10 to 19

    found = [
        Span(0, 5, PersonalData.NAME),
        Span(12, 25, PersonalData.NAME),
        Span(21, 25, PersonalData.NAME),
    ]

    assert list(_in_original(found, marked)) == [
        Span(0, 5, PersonalData.NAME),
        Span(10, 36, PersonalData.NAME),
        Span(32, 36, PersonalData.NAME),
    ]
