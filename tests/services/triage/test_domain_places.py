"""Names of places and urgent words in the texts people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.gazetteer import Gazetteer, Mention, Place, PlaceKind
from services.triage.domain.phrases import Found, PhraseIndex
from services.triage.domain.urgency import (
    Urgency,
    UrgencyFound,
    UrgentSign,
    UrgentWords,
)
from shared import library, russian

TOWN = Place(
    PlaceKind.MUNICIPALITY, "Верхнереченск", "town", ("Верхнереченский округ",)
)
DISTRICT = Place(PlaceKind.MUNICIPALITY, "Заозёрный район", "district")
VILLAGE = Place(PlaceKind.SETTLEMENT, "посёлок Малые Дубравы", "district")
LAKE = Place(PlaceKind.SETTLEMENT, "посёлок Заозёрный", "district")
GARDEN = Place(PlaceKind.STREET, "улица Садовая", "town")
OTHER_GARDEN = Place(PlaceKind.STREET, "ул. Садовая", "district")
PEACE = Place(PlaceKind.STREET, "улица Мира", "town")
GAZETTEER = Gazetteer(
    [TOWN, DISTRICT, VILLAGE, LAKE, GARDEN, OTHER_GARDEN, PEACE],
    library.lines("place_words.txt"),
)
URGENT = UrgentWords(library.table("urgent_words.toml"))


@pytest.mark.parametrize(
    ("text", "words", "places"),
    [
        ("В Верхнереченске нет воды", "Верхнереченске", [TOWN]),
        ("жители верхнереченска мёрзнут", "верхнереченска", [TOWN]),
        ("власти Верхнереченского округа", "Верхнереченского", [TOWN]),
        ("Дороги заозёрного района", "заозёрного", [DISTRICT]),
        ("заозерный р-н, село", "заозерный", [DISTRICT]),
        ("автобус до Малых Дубрав", "Малых Дубрав", [VILLAGE]),
        ("на улице садовой темно", "садовой", [GARDEN, OTHER_GARDEN]),
        ("темно на Садовой", "Садовой", [GARDEN, OTHER_GARDEN]),
        ("ул.Мира, 5", "Мира", [PEACE]),
        ("мира улица", "мира", [PEACE]),
        ("в районе Садовой темно", "Садовой", [GARDEN, OTHER_GARDEN]),
        ("жители Заозёрного мёрзнут", "Заозёрного", [LAKE]),
        ("посёлок Заозёрный", "Заозёрный", [LAKE]),
    ],
)
def test_place_is_found_in_any_form(text: str, words: str, places: list[Place]) -> None:
    start = text.index(words)

    found = GAZETTEER.mentions(text)

    assert found == [Mention(start, start + len(words), tuple(places))]


@pytest.mark.parametrize(
    "text",
    [
        "Мира нам всем не хватает",
        "хотим мира",
        "Всё плохо. Мира нет",
        "садовый сезон",
        "малые дети и дубравы",
        "Верхнереченская область",
        "жители Верхнереченского",
        "",
    ],
)
def test_ordinary_words_are_not_places(text: str) -> None:
    assert GAZETTEER.mentions(text) == []


def test_several_places_come_in_order() -> None:
    text = "Из Малых Дубрав в Верхнереченск"

    assert [m.places for m in GAZETTEER.mentions(text)] == [(VILLAGE,), (TOWN,)]


def test_name_made_of_kind_words_alone_is_kept() -> None:
    settlement = Place(PlaceKind.SETTLEMENT, "Слобода", "town")
    gazetteer = Gazetteer([settlement], library.lines("place_words.txt"))

    assert [m.places for m in gazetteer.mentions("живём в Слободе")] == [(settlement,)]


@given(st.text(max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    assert all(text[m.start : m.end] for m in GAZETTEER.mentions(text))
    assert URGENT.weigh(text).urgency in Urgency


def test_longest_phrase_wins_and_labels_of_equal_phrases_meet() -> None:
    index = PhraseIndex(
        [
            (["горячая"], 1),
            (["горячая", "вода"], 2),
            (["горячие", "воды"], 3),
            ([], 4),
        ]
    )

    found = list(index.find(russian.tokens("нет горячей воды, горячая")))

    assert found == [Found(1, 3, (2, 3)), Found(3, 4, (1,))]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Во дворе пахнет газом", [("life", "пахнет газом")]),
        ("Открытого люка не видно", [("life", "Открытого люка")]),
        ("Скорая не приехала", [("life", "Скорая не приехала")]),
        ("прорвало трубу", [("accident", "прорвало трубу")]),
        ("Собаки покусали прохожего", [("accident", "покусали")]),
        (
            "Дети мёрзнут: нет отопления",
            [("children", "Дети"), ("cold", "мёрзнут")],
        ),
        (
            "Весь район без воды, в садике карантин",
            [("many", "Весь район"), ("cold", "без воды"), ("children", "садике")],
        ),
    ],
)
def test_complaint_that_cannot_wait(text: str, signs: list[tuple[str, str]]) -> None:
    expected = tuple(UrgentSign(kind, words) for kind, words in signs)

    assert URGENT.weigh(text) == UrgencyFound(Urgency.HIGH, expected)


@pytest.mark.parametrize(
    "text",
    [
        "Яма на дороге",
        "Детям негде играть",
        "Дети, дети, ребёнок",
        "Когда починят газ",
        "Мороз, а скамейку не убрали",
        "",
    ],
)
def test_complaint_that_can_wait(text: str) -> None:
    assert URGENT.weigh(text) == UrgencyFound(Urgency.NORMAL)


def test_every_urgent_phrase_of_the_library_is_found() -> None:
    table = library.table("urgent_words.toml")
    phrases = [
        (kind, phrase)
        for kind, sign in table["signs"].items()
        for phrase in sign["phrases"]
    ]
    alone = {"threshold": 1, "signs": table["signs"]}

    silent = [
        phrase
        for kind, phrase in phrases
        if kind not in {s.kind for s in UrgentWords(alone).weigh(phrase).signs}
    ]

    assert silent == []
