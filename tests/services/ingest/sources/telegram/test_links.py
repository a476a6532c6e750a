"""Any link of Telegram is recognised, or its refusal explained."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.telegram import TelegramConnector
from services.ingest.sources.telegram.links import recognise
from tests.services.ingest.sources.telegram.sandbox import Telegram


@pytest.mark.parametrize(
    ("link", "kind", "native"),
    [
        ("https://t.me/Test_District", "channel", "test_district"),
        ("t.me/test_district", "channel", "test_district"),
        ("https://www.t.me/test_district/", "channel", "test_district"),
        ("http://telegram.me/test_district/501", "channel", "test_district"),
        ("https://t.me/test_district/501?comment=9", "channel", "test_district"),
        ("https://test-district.t.me", None, None),
        ("https://test_district.t.me/501", "channel", "test_district"),
        ("tg://resolve?domain=test_district&post=501", "channel", "test_district"),
        ("  @test_district ", "channel", "test_district"),
        ("https://t.me/s/test_district", "preview", "test_district"),
        ("https://t.me/s/test_district/501?before=480", "preview", "test_district"),
        ("https://t.me/c/9000000001/501", "channel", "c/9000000001"),
        ("https://t.me/c/9000000001", "channel", "c/9000000001"),
        ("https://t.me/test_answer_bot", "bot", "test_answer_bot"),
        ("@TestAnswerBot", "bot", "testanswerbot"),
        ("https://t.me/+AbCdEf123", "invitation", ""),
        ("https://t.me/joinchat/AbCdEf123", "invitation", ""),
        ("tg://join?invite=AbCdEf123", "invitation", ""),
        ("https://t.me/addstickers/Cats", "no chat", ""),
        ("https://t.me/share?url=x", "no chat", ""),
        ("https://t.me/", "no chat", ""),
        ("tg://settings", "no chat", ""),
        ("https://vk.com/test_district", None, None),
        ("https://nott.me/test_district", None, None),
        ("test_district", None, None),
        ("", None, None),
    ],
)
def test_link_leads_to(link: str, kind: str | None, native: str | None) -> None:
    place = recognise(link)

    found = (place.kind, place.native) if place else (None, None)
    assert found == (kind, native)


def test_one_channel_has_one_address() -> None:
    links = (
        "@Test_District",
        "telegram.me/test_district/7",
        "https://t.me/TEST_district",
    )

    assert {recognise(link) for link in links} == {
        Place(
            Network.TELEGRAM, "channel", "test_district", "https://t.me/test_district"
        )
    }


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("https://t.me/+AbCdEf123", "an invitation opens a closed chat"),
        ("https://t.me/addstickers/Cats", "leads to no channel"),
    ],
)
async def test_what_can_not_be_watched_says_why(link: str, reason: str) -> None:
    connector, access = TelegramConnector(), Telegram().access()
    place = recognise(link)
    assert place is not None

    with pytest.raises(SourceError, match=reason) as opened:
        connector.open(place, access)
    with pytest.raises(SourceError, match=reason) as checked:
        await connector.check(place, access)

    assert (opened.value.kind, checked.value.kind) == (ErrorKind.HUMAN,) * 2
    assert await connector.figures(place, access, now=access.clock()) == ()
