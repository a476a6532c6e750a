"""Previews of channels as the sandbox plays them."""

import httpx
import pytest

from infra.sandbox.networks.telegram.preview import label
from infra.sandbox.stage.plans import FaultMode
from tests.services.ingest.sources.telegram.sandbox import CHANNEL, Telegram


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


async def look(telegram: Telegram, name: str, **query: int) -> httpx.Response:
    telegram.forward(seconds=2)
    return await telegram.http.get(
        f"http://telegram.invalid/tme/s/{name}", params=query
    )


async def test_page_has_twenty_posts_and_leads_to_the_one_above(
    telegram: Telegram,
) -> None:
    posts = [telegram.post(f"Яма номер {number}.") for number in range(45)]

    newest = (await look(telegram, telegram.handle)).text
    above = (await look(telegram, telegram.handle, before=posts[25].id)).text
    oldest = (await look(telegram, telegram.handle, before=posts[5].id)).text

    assert newest.count("data-post=") == above.count("data-post=") == 20
    assert f'data-before="{posts[25].id}"' in newest
    assert (
        f'<link rel="prev" href="/s/{telegram.handle}?before={posts[5].id}">' in above
    )
    assert (oldest.count("data-post="), "data-before" in oldest) == (5, False)


async def test_edited_post_says_so_without_a_time(telegram: Telegram) -> None:
    telegram.edit(telegram.post("Было"), "Стало")

    page = (await look(telegram, telegram.handle)).text

    assert "edited &nbsp;" in page
    assert "Было" not in page


async def test_unknown_name_leads_to_the_card_of_a_contact(telegram: Telegram) -> None:
    unknown = await look(telegram, "nobody_here")
    telegram.stage.ban(CHANNEL, at=telegram.now)
    closed = await look(telegram, telegram.handle)
    card = await telegram.http.get("http://telegram.invalid/tme/nobody_here")

    assert [each.status_code for each in (unknown, closed, card)] == [302, 302, 200]
    assert unknown.headers["Location"] == "/tme/nobody_here"
    assert "tgme_page_title" in card.text


async def test_markup_may_change(telegram: Telegram) -> None:
    telegram.post("Пост")
    telegram.fault(FaultMode.LIMIT, route="preview", code=200)

    page = await look(telegram, telegram.handle)

    assert (page.status_code, "tgme" in page.text) == (200, False)


async def test_hasty_reader_is_refused(telegram: Telegram) -> None:
    url = f"http://telegram.invalid/tme/s/{telegram.handle}"

    answers = [await telegram.http.get(url) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert telegram.report()["over_limit"] == 1


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1K"),
        (1480, "1.48K"),
        (15_342, "15.3K"),
        (123_456, "123K"),
        (1_500_000, "1.5M"),
    ],
)
def test_counts_are_rounded_as_telegram_does(count: int, written: str) -> None:
    assert label(count) == written
