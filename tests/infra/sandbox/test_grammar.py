"""Sentences from templates."""

import pytest

from infra.sandbox.world.dice import throw
from infra.sandbox.world.grammar import count, joined, sentence, slots_of, write


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 день"),
        (2, "2 дня"),
        (4, "4 дня"),
        (5, "5 дней"),
        (11, "11 дней"),
        (12, "12 дней"),
        (14, "14 дней"),
        (21, "21 день"),
        (22, "22 дня"),
        (25, "25 дней"),
        (100, "100 дней"),
        (111, "111 дней"),
        (101, "101 день"),
    ],
)
def test_noun_takes_the_form_its_number_asks_for(number: int, said: str) -> None:
    assert count(number, "день", "дня", "дней") == said


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("нет воды", "Нет воды."),
        ("где вода?", "Где вода?"),
        ("подскажите,", "Подскажите,"),
        ("сидим «на сайте»", "Сидим «на сайте»."),
        ("заходи http://a.invalid/1", "Заходи http://a.invalid/1"),
        ("http://a.invalid/1", "http://a.invalid/1"),
        ("🔥🔥🔥", "🔥🔥🔥"),
        ("", ""),
    ],
)
def test_sentence_begins_large_and_ends_with_a_sign(text: str, written: str) -> None:
    assert sentence(text) == written


def test_sentences_follow_each_other_and_go_on_after_a_comma() -> None:
    assert joined(["подскажите,", "где вода?", "", "спасибо"]) == (
        "Подскажите, где вода? Спасибо."
    )


def test_template_is_filled_by_choice_gender_and_slot() -> None:
    template = "<звонил|звонила> [в [УК]|в {office}]"

    written = {
        write(template, {"office": "ЖЭК"}.__getitem__, throw(number), female=True)
        for number in range(20)
    }

    assert written == {"звонила в УК", "звонила в ЖЭК"}


def test_empty_slot_leaves_no_hole() -> None:
    fill = {"n": ""}.__getitem__

    assert write("в школе {n} , да", fill, throw(1), female=False) == "в школе, да"


def test_slots_of_a_template_are_known_before_it_is_written() -> None:
    assert slots_of("{a} [{b}|нет] <он|она>") == {"a", "b"}
