"""The desk's limits and names: deadlines to the minute, settings, urgency."""

from datetime import UTC, date, datetime

import pytest

from services.triage.domain.calendar import DayKind
from services.triage.domain.desk import Desk, TopicName, municipality
from services.triage.domain.imported import OUTCOMES, code_of, word
from services.triage.domain.keys import search_keys
from services.triage.domain.urgency import Urgency


def desk(**settings: object) -> Desk:
    return Desk(
        zone="Europe/Moscow",
        settings=settings,
        special_days=((date(2026, 3, 12), DayKind.OFF),),
        topics={
            "gas": TopicName("gas", "Газ", "Gas", "housing", "ЖКХ", is_urgent=True),
            "roof": TopicName("roof", "Крыша", "", "housing", "ЖКХ", is_urgent=False),
        },
        authorities={"housing": "Минжкх"},
        municipalities={"town": municipality("town", "Город")},
    )


NOON = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "urgency", "deadline"),
    [
        ({}, Urgency.NORMAL, datetime(2026, 3, 13, 8, 0, tzinfo=UTC)),
        ({}, Urgency.HIGH, datetime(2026, 3, 11, 13, 0, tzinfo=UTC)),
        (
            {"first_answer_minutes": 60},
            Urgency.NORMAL,
            datetime(2026, 3, 11, 10, 0, tzinfo=UTC),
        ),
        (
            {"urgent_answer_minutes": 30},
            Urgency.HIGH,
            datetime(2026, 3, 11, 9, 30, tzinfo=UTC),
        ),
        (
            {"working_hours": "09:00-13:00, 14:00-18:00"},
            Urgency.HIGH,
            datetime(2026, 3, 11, 14, 0, tzinfo=UTC),
        ),
    ],
)
def test_deadlines(
    settings: dict[str, object], urgency: Urgency, deadline: datetime
) -> None:
    assert desk(**settings).deadline(NOON, urgency) == deadline


@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_a_deadline_is_the_end_of_its_minute(seconds: int) -> None:
    taken_in = NOON.replace(second=seconds, microsecond=seconds)

    found = desk().deadline(taken_in, Urgency.HIGH)

    assert found == datetime(2026, 3, 11, 13, 1 if seconds else 0, tzinfo=UTC)


def test_an_urgent_topic_makes_urgent_what_its_words_do_not() -> None:
    region = desk()

    found = [
        region.urgency(topic, words)
        for topic, words in [
            ("gas", Urgency.NORMAL),
            ("roof", Urgency.NORMAL),
            ("roof", Urgency.HIGH),
            (None, Urgency.NORMAL),
        ]
    ]

    assert found == [Urgency.HIGH, Urgency.NORMAL, Urgency.HIGH, Urgency.NORMAL]


def test_names_of_unknown_codes_are_none() -> None:
    region = desk()

    assert [region.topic_name(code) for code in ("gas", "x", None)] == [
        "Газ",
        None,
        None,
    ]
    assert [region.municipality_name(code) for code in ("town", "x", None)] == [
        "Город",
        None,
        None,
    ]


def test_four_eyes_is_the_rule_unless_the_region_says_otherwise() -> None:
    assert desk().policy.four_eyes
    assert not desk(four_eyes=False).policy.four_eyes


def test_search_keys_are_the_same_for_all_forms_of_a_word() -> None:
    assert search_keys("горячей воды") == search_keys("ВОДА горячая, вода")
    assert all(-(2**31) <= key < 2**31 for key in search_keys("вода дом 14"))


def test_words_of_the_other_system() -> None:
    given = ["Решено", " не  решено ", "solved", "-", "", None]

    assert [word(text, OUTCOMES) for text in given] == [
        "solved",
        "not_solved",
        "solved",
        None,
        None,
        None,
    ]


def test_a_name_from_elsewhere_has_one_code_whatever_its_capitals() -> None:
    assert code_of("Управление  ЖКХ") == code_of("управление жкх")
    assert code_of("а") != code_of("б")
