"""Reasons as sentences."""

import pytest

from web.languages import load_all
from web.reasons import alike, reason, sign

RU = load_all()["ru"]


@pytest.mark.parametrize(
    ("code", "params", "text"),
    [
        (None, {}, None),
        ("rules_matched", {"rules": "Вода"}, "по правилу: Вода"),
        ("named_in_text", {"words": "Садовая"}, "в тексте: «Садовая»"),
        ("place_of_source", {}, "место, о котором пишет источник"),
        ("routing_rule", {"number": "7"}, "правило маршрута № 7"),
        ("a_new_one", {"x": "y"}, "a_new_one"),
        ("routing_rule", {"other": "7"}, "routing_rule"),
    ],
)
def test_reason_is_said(
    code: str | None, params: dict[str, str], text: str | None
) -> None:
    assert reason(code, params, RU) == text


def test_likeness_is_said() -> None:
    assert alike(("same_topic", "same_words"), RU) == "та же тема, похожие слова"
    assert alike((), RU) == ""


def test_urgent_sign_is_said_with_its_words() -> None:
    assert sign("life", "пахнет газом", RU) == "угроза жизни: «пахнет газом»"
    assert sign("a_new_one", "", RU) == "a_new_one"
