"""Links of OK."""

import pytest

from services.ingest.sources.ok.links import recognise

GROUP = "53000000000077"
TOPIC = "155000000000042"
PLAIN = ("group", GROUP, f"https://ok.ru/group/{GROUP}")
OF_TOPIC = ("topic", f"{GROUP}_{TOPIC}", f"https://ok.ru/group/{GROUP}/topic/{TOPIC}")


@pytest.mark.parametrize(
    ("link", "place"),
    [
        (f"https://ok.ru/group/{GROUP}", PLAIN),
        (f"ok.ru/group/{GROUP}/", PLAIN),
        (f"http://www.ok.ru/group{GROUP}", PLAIN),
        (f"https://m.ok.ru/group/{GROUP}/topics", PLAIN),
        (f"https://www.odnoklassniki.ru/group/{GROUP}?st.cmd=x", PLAIN),
        (f"https://m.ok.ru/dk?st.cmd=altGroupMain&st.groupId={GROUP}", PLAIN),
        (f"https://ok.ru/group/{GROUP}/topic/{TOPIC}", OF_TOPIC),
        (f"https://m.ok.ru/group/{GROUP}/topic/{TOPIC}?x=1#c", OF_TOPIC),
        (
            f"https://m.ok.ru/dk?st.cmd=t&st.groupId={GROUP}&st.themeId={TOPIC}",
            OF_TOPIC,
        ),
        (
            "https://ok.ru/Nashi.Dorogi",
            ("group", "@nashi.dorogi", "https://ok.ru/nashi.dorogi"),
        ),
        (
            "https://ok.ru/dorogi/topics",
            ("group", "@dorogi", "https://ok.ru/dorogi"),
        ),
        (
            f"https://ok.ru/dorogi/topic/{TOPIC}",
            ("topic", f"@dorogi_{TOPIC}", f"https://ok.ru/dorogi/topic/{TOPIC}"),
        ),
        (
            "https://ok.ru/search?st.query=%23%D0%AF%D0%BC%D1%8B",
            ("tag", "ямы", "https://ok.ru/search?st.query=%23%D0%AF%D0%BC%D1%8B"),
        ),
        (
            "https://ok.ru/search/content?st.query=%D1%8F%D0%BC%D1%8B",
            ("words", "", "https://ok.ru/search?st.query=%D1%8F%D0%BC%D1%8B"),
        ),
        (
            "https://ok.ru/profile/570000000077",
            ("person", "", "https://ok.ru/profile/570000000077"),
        ),
        (
            f"https://ok.ru/profile/570000000077/statuses/{TOPIC}",
            ("person", "", f"https://ok.ru/profile/570000000077/statuses/{TOPIC}"),
        ),
        (
            "https://m.ok.ru/dk?st.cmd=friendMain&st.friendId=570000000077",
            ("person", "", "https://ok.ru/profile/570000000077"),
        ),
    ],
)
def test_link_leads_to_its_place(link: str, place: tuple[str, str, str]) -> None:
    found = recognise(link)

    assert found is not None
    assert (found.kind, found.native, found.url) == place


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/dorogi",
        "https://notok.ru/group/53000000000077",
        "https://ok.ru.example/group/53000000000077",
        "ftp://ok.ru/group/53000000000077",
        "https://ok.ru/",
        "https://ok.ru/feed",
        "https://ok.ru/video/8800000000001",
        "https://ok.ru/game/findcat",
        "https://ok.ru/group/0",
        "https://ok.ru/music/topic/155000000000042",
        "https://[ok.ru/group",
        "просто слова",
    ],
)
def test_what_is_nothing_of_ok_is_not_recognised(link: str) -> None:
    assert recognise(link) is None
