"""Letters tell the language of most texts."""

import pytest

from services.ingest.domain.alphabet import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Нет воды третий день", "ru"),
        ("ЁЛКА", "ru"),
        ("No water since Monday", "en"),
        ("Яма у магазина Svetoch", "ru"),
        ("Wi-Fi не работает в школе", "ru"),
        ("+7 900 000-00-00", None),
        ("😡😡", None),
        ("да", None),
        ("Яма pit", None),
        ("", None),
        ("停水三天了", None),
    ],
)
def test_language_is_told_by_most_of_the_letters(
    text: str, language: str | None
) -> None:
    assert language_of(text) == language
