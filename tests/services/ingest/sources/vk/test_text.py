"""VK's markup is read as people read it, and mentioned people lose their names."""

import pytest

from services.ingest.sources.vk.text import plain, scrubbed


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Без разметки [просто так]", "Без разметки [просто так]"),
        ("[id700000012|Ирина], приняли", "[профиль], приняли"),
        ("[id5:bp-1_2|Ирина Тестова], да", "[профиль], да"),
        ("[@irina_test|Ирина], да", "[профиль], да"),
        ("[club900000002|Горавтодор] закрыл", "Горавтодор закрыл"),
        ("[public5|Мэрия], [event6|субботник]", "Мэрия, субботник"),
        ("[club5:bp-5_7|Мэрия], когда?", "Мэрия, когда?"),
        ("[https://gov.example/a|план]", "план (https://gov.example/a)"),
        ("[https://gov.example|https://gov.example]", "https://gov.example"),
        ("#ямы@test_roads и #свет", "#ямы и #свет"),
        ("[id5|Незакрытая", "[id5|Незакрытая"),
        ("a|b [club5] [id6]", "a|b [club5] [id6]"),
    ],
)
def test_markup_is_taken_off(text: str, read: str) -> None:
    assert plain(text) == read


def test_a_payload_is_scrubbed_at_any_depth() -> None:
    raw = {"text": "[id5|Ирина]", "n": 1, "in": [{"text": "[id6|Пётр] [club1|Мэрия]"}]}

    assert scrubbed(raw) == {
        "text": "[профиль]",
        "n": 1,
        "in": [{"text": "[профиль] [club1|Мэрия]"}],
    }
