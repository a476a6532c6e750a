"""Which open incidents a candidate is like, and which of them are told."""

from uuid import UUID

import pytest

from services.triage.domain.similar import (
    Described,
    OpenIncident,
    Similar,
    similar,
    telling_words,
)

ABOUT = "На улице Садовой третий день не горит ни один фонарь, темно и страшно ходить"


def incident(
    number: int, text: str, topic: str | None, municipality: str | None
) -> OpenIncident:
    described = Described(topic, municipality, telling_words(text))
    return OpenIncident(UUID(int=number), number, f"Инцидент {number}", described)


def test_telling_words_are_lemmas_without_the_common_ones() -> None:
    assert telling_words("Я и мой дом: нет света в доме!") == {"дом", "свет"}


@pytest.mark.parametrize(
    ("text", "topic", "municipality", "score", "reasons"),
    [
        (
            ABOUT,
            "light",
            "town",
            1.0,
            ("same_topic", "same_municipality", "same_words"),
        ),
        (ABOUT, None, None, 0.6, ("same_words",)),
        (ABOUT, "snow", "town", 0.8, ("same_municipality", "same_words")),
        (
            "Фонарь на Садовой не горит, темно, упали две бабушки",
            "light",
            "town",
            0.6,
            ("same_topic", "same_municipality", "same_words"),
        ),
    ],
)
def test_incident_like_the_candidate(
    text: str,
    topic: str | None,
    municipality: str | None,
    score: float,
    reasons: tuple[str, ...],
) -> None:
    candidate = Described("light", "town", telling_words(ABOUT))

    found = similar(candidate, [incident(7, text, topic, municipality)])

    assert found == [Similar(UUID(int=7), 7, "Инцидент 7", score, reasons)]


@pytest.mark.parametrize(
    ("text", "topic", "municipality"),
    [
        (ABOUT, "light", "district"),
        ("В поликлинике очередь к врачу", "light", "town"),
        ("Фонарь на Садовой не горит, упали две бабушки", None, "town"),
        ("", "light", "town"),
    ],
)
def test_other_places_and_other_words_are_other_problems(
    text: str, topic: str | None, municipality: str | None
) -> None:
    candidate = Described("light", "town", telling_words(ABOUT))

    assert similar(candidate, [incident(7, text, topic, municipality)]) == []


def test_best_come_first_and_few() -> None:
    candidate = Described("light", "town", telling_words(ABOUT))
    incidents = [incident(n, ABOUT, None, "town") for n in range(1, 8)]
    incidents.append(incident(9, ABOUT, "light", "town"))

    found = similar(candidate, incidents, most=3)

    assert [alike.number for alike in found] == [9, 7, 6]


def test_places_unknown_on_both_sides_are_not_the_same_place() -> None:
    candidate = Described("light", None, telling_words(ABOUT))

    found = similar(candidate, [incident(1, ABOUT, "light", None)])

    assert found[0].reasons == ("same_topic", "same_words")
