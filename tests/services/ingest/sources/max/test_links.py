"""Links of MAX lead to chats, channels and bots, and to nobody."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from services.ingest.sources.max.links import recognise


@pytest.mark.parametrize(
    ("link", "kind", "native", "url"),
    [
        ("https://max.ru/vetlogorsk", "chat", "@vetlogorsk", "vetlogorsk"),
        ("max.ru/@Vetlogorsk?from=x", "chat", "@vetlogorsk", "vetlogorsk"),
        ("https://max.ru/vetlogorsk/AZ1HsczGAP8", "chat", "@vetlogorsk", "vetlogorsk"),
        ("https://max.ru/id500000000_gos", "chat", "@id500000000_gos", None),
        ("https://max.ru/c/-70000000000001", "chat", "-70000000000001", None),
        ("https://max.ru/c/-70000000000001/AZ1H", "chat", "-70000000000001", None),
        ("https://web.max.ru/-70000000000001", "chat", "-70000000000001", None),
        ("https://max.ru/vetlogorsk_bot/", "bot", "vetlogorsk_bot", "vetlogorsk_bot"),
        ("https://max.ru/join/aBcD_1", "invitation", "", "join/aBcD_1"),
        ("https://max.ru/u/aBcD", "person", "", "u"),
        ("https://max.ru/", "no chat", "", ""),
        ("https://max.ru", "no chat", "", ""),
        ("https://max.ru/download", "no chat", "", "download"),
        ("https://max.ru/c/7", "no chat", "", "c/7"),
    ],
)
def test_link_leads_to_a_place(
    link: str, kind: str, native: str, url: str | None
) -> None:
    path = native.removeprefix("@") if url is None else url
    path = f"c/{path}" if path.startswith("-") else path

    assert recognise(link) == Place(Network.MAX, kind, native, f"https://max.ru/{path}")


@pytest.mark.parametrize(
    "link",
    [
        "https://max.ru.example/vetlogorsk",
        "https://notmax.ru/vetlogorsk",
        "https://t.me/vetlogorsk",
        "@vetlogorsk",
        "",
    ],
)
def test_links_of_others_are_left_to_them(link: str) -> None:
    assert recognise(link) is None
