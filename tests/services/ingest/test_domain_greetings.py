"""Names in greetings of answers."""

import pytest

from services.ingest.domain.greetings import without_greeted_name
from shared import russian


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Мария, здравствуйте! Проверим.", "[имя], здравствуйте! Проверим."),
        ("Здравствуйте, Мария! Засыпали.", "Здравствуйте, [имя]! Засыпали."),
        ("Добрый день, Алексей, решено", "Добрый день, [имя], решено"),
        ("ДОБРЫЙ ДЕНЬ, Ольга!", "ДОБРЫЙ ДЕНЬ, [имя]!"),
        ("Здравствуйте, уважаемая Ольга!", "Здравствуйте, уважаемая [имя]!"),
        ("Уважаемый Иван, отвечаем", "Уважаемый [имя], отвечаем"),
        ("Анна, добрый вечер", "[имя], добрый вечер"),
    ],
)
def test_a_name_beside_a_greeting_is_taken_out(text: str, redacted: str) -> None:
    assert without_greeted_name(text, russian.name_kind) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте! Яму на Садовой засыпали.",
        "Здравствуйте, Администрация отвечает",
        "Уважаемые Жители дома 5",
        "На улице Марии Ульяновой света нет",
        "Мария сказала",
        "здравствуйте, мария",
    ],
)
def test_other_words_beside_a_greeting_stay(text: str) -> None:
    assert without_greeted_name(text, russian.name_kind) == text
