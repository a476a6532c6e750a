"""The words of a message are found wherever Telegram puts them."""

from typing import Any

import pytest

from services.ingest.sources.telegram.texts import words_of
from shared.networks.mentions import cut_utf16


def test_offsets_count_an_emoji_twice() -> None:
    text = "😀 Ремонт на Лесной. Подробнее 🚧!"

    assert cut_utf16(text, 21, 9) == ("😀 Ремонт на Лесной. ", "Подробнее", " 🚧!")


def test_people_named_without_a_username_are_cut_out() -> None:
    message = {
        "text": "😀 Олеся, и Пётр П., посмотрите",
        "entities": [
            {"type": "text_mention", "offset": 3, "length": 5, "user": {"id": 5}},
            {"type": "bold", "offset": 0, "length": 8},
            {"type": "text_mention", "offset": 12, "length": 7, "user": {"id": 6}},
            {"type": "text_mention"},
            "broken",
        ],
    }

    assert words_of(message) == "😀 @…, и @…, посмотрите"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"text": " Яма "}, "Яма"),
        ({"caption": "Вот фото", "photo": []}, "Вот фото"),
        ({"text": "", "caption": "Подпись"}, "Подпись"),
        ({"photo": []}, ""),
        ({"rich_message": None}, ""),
        ({"rich_message": {"blocks": "?"}}, ""),
        ({"text": 5}, ""),
    ],
)
def test_text_or_caption(message: dict[str, Any], words: str) -> None:
    assert words_of(message) == words


def test_blocks_are_read_in_their_order_without_styles() -> None:
    blocks = [
        {"type": "heading", "size": 1, "text": "Отключение света"},
        {
            "type": "paragraph",
            "text": [
                "С ",
                {"type": "bold", "text": "12 ноября"},
                " просим ",
                {"type": "text_mention", "text": "Олесю", "user": {"id": 1}},
                {
                    "type": "custom_emoji",
                    "custom_emoji_id": "1",
                    "alternative_text": "🚧",
                },
            ],
        },
        {"type": "divider"},
        {
            "type": "list",
            "items": [
                {"label": "1", "blocks": [{"type": "paragraph", "text": "Лесная"}]},
                {"label": "2", "blocks": [{"type": "paragraph", "text": "Полевая"}]},
            ],
        },
        {
            "type": "table",
            "cells": [[{"text": "дом"}, {"text": "14"}]],
            "caption": "Т.",
        },
        {
            "type": "details",
            "summary": "Ещё",
            "blocks": [{"type": "pullquote", "text": {"type": "code", "text": "ТП-7"}}],
        },
        {"type": "photo", "photo": [], "caption": {"text": "Щитовая"}},
        {"type": "mathematical_expression", "expression": "2+2"},
        {"type": "hologram", "shape": 3},
        7,
    ]

    assert words_of({"rich_message": {"blocks": blocks}}).splitlines() == [
        "Отключение света",
        "С 12 ноября просим @…🚧",
        "Лесная",
        "Полевая",
        "дом",
        "14",
        "Т.",
        "Ещё",
        "ТП-7",
        "Щитовая",
        "2+2",
    ]
