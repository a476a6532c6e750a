"""The words of messages, without the names that MAX marks in them."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.ingest.sources.max.texts import words_of


def body(text: object, *spans: tuple[object, object]) -> Mapping[str, Any]:
    marks = [
        {"type": "user_mention", "from": start, "length": length}
        for start, length in spans
    ]
    return {"body": {"text": text, "markup": marks}}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (body(" Яма "), "Яма"),
        (body("Оля, когда?", (0, 3)), "@…, когда?"),
        (body("🙂 Оля и Яна", (3, 3), (9, 3)), "🙂 @… и @…"),
        (body("🙂🙂🙂 Оля", (1, 1), (4, 3)), "🙂@…🙂 @…"),
        (body("Оля", ("0", 3), (None, None)), "Оля"),
        (body(None), ""),
        ({"body": None}, ""),
        ({}, ""),
    ],
)
def test_words_are_read_without_names(message: Mapping[str, Any], words: str) -> None:
    assert words_of(message) == words


def test_other_marks_and_broken_ones_change_nothing() -> None:
    marks: list[object] = [{"type": "strong", "from": 0, "length": 3}, "x", None]

    assert words_of({"body": {"text": "Яма", "markup": marks}}) == "Яма"


def test_forwarded_words_count_only_for_want_of_own() -> None:
    link = {"type": "forward", "message": {"text": "Чужая яма"}}

    texts = [
        words_of({"body": {"text": None}, "link": link}),
        words_of({"body": {"text": "Моя яма"}, "link": link}),
        words_of({"body": {"text": ""}, "link": {**link, "type": "reply"}}),
        words_of({"body": {"text": ""}, "link": {"type": "forward"}}),
    ]

    assert texts == ["Чужая яма", "Моя яма", "", ""]
