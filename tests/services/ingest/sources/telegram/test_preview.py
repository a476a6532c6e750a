"""The public preview: its own words only, a page at a time, politely."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from infra.sandbox.stage.plans import FaultMode
from services.ingest.sources.base import ErrorKind, Fetched, SourceError
from services.ingest.sources.telegram.preview import PAUSE, PreviewSource
from services.ingest.sources.telegram.preview_parse import (
    exact_count,
    parse_preview,
    rounded_count,
)
from tests.services.ingest.sources.telegram.sandbox import CHANNEL, Telegram

PAGE = """
<html><head><link rel="prev" href="/s/test_roads?before=481"></head><body>
<section class="tgme_channel_history">{posts}</section>
<div class="tgme_channel_info_header_title"><span>Тестовые дороги</span></div>
<div class="tgme_channel_info_counter"><span class="counter_value">17</span>
<span class="counter_type">photos</span></div>
<div class="tgme_channel_info_counter"><span class="counter_value">15.3K</span>
<span class="counter_type">subscribers</span></div></body></html>
"""
TIME = (
    '<span class="tgme_widget_message_meta">edited <a class="tgme_widget_message_date">'
    '<time datetime="2025-11-11T12:00:00+03:00">12:00</time></a></span>'
)


def page_of(*posts: str) -> bytes:
    return PAGE.replace("{posts}", "".join(posts)).encode()


def post(inside: str, *, name: str = "Test_Roads/501", more: str = "") -> str:
    start = f'<div class="tgme_widget_message{more}" data-post="{name}">'
    return f"{start}{inside}{TIME}</div>"


def words(markup: str, more: str = "") -> str:
    return f'<div class="tgme_widget_message_text{more}">{markup}</div>'


def test_post_is_read_with_its_label_and_links() -> None:
    old = words("Старое", " js-message_reply_text")
    quote = f'<a class="tgme_widget_message_reply">{old}</a>'
    link = f'<a class="tgme_widget_message_link_preview">{words("Чужое")}</a>'
    views = '<span class="tgme_widget_message_views">1.48K</span>'
    own = words('Ремонт &amp; объезд<br>на <a href="https://x.example">Лесной</a>')

    page = parse_preview(page_of(post(f"{quote}{link}<div>{own}</div>{views}")))

    assert page is not None
    (found,) = page.posts
    assert (found.name, found.id, found.text) == (
        "test_roads",
        501,
        "Ремонт & объезд\nна Лесной",
    )
    assert found.published_at == datetime(2025, 11, 11, 9, tzinfo=UTC)
    assert (found.is_edited, found.views, found.views_label) == (True, None, "1.48K")
    assert (page.title, page.subscribers, page.before) == (
        "Тестовые дороги",
        "15.3K",
        481,
    )


def test_exact_views_are_a_number() -> None:
    views = '<span class="tgme_widget_message_views">812</span>'

    page = parse_preview(page_of(post(words("Яма") + views)))

    assert page is not None
    assert page.posts[0].views == 812


def test_people_named_without_a_username_are_cut_out() -> None:
    text = words('Спросите <a href="tg://user?id=5">Олесю</a>!')

    page = parse_preview(page_of(post(text)))

    assert page is not None
    assert page.posts[0].text == "Спросите @…!"


def test_service_messages_and_pictures_bring_nothing() -> None:
    service = post(words("pinned"), name="test_roads/502", more=" service_message")
    picture = post("", name="test_roads/503")

    page = parse_preview(page_of(service, picture))

    assert page is not None
    assert (page.posts, page.lowest, page.highest) == ((), 502, 503)
    assert not page.unknown


def test_shapes_nobody_knows_are_counted() -> None:
    untimed = post(words("Яма"), name="test_roads/504").replace("datetime", "time-at")
    nameless = post(words("Яма"), name="?")
    wrong = post(words("Яма"), name="test_roads/505").replace("2025-11-11T", "вчера ")
    naive = post(words("Яма"), name="test_roads/506").replace("+03:00", "")
    good = post(words("Яма"))

    page = parse_preview(page_of(untimed, nameless, wrong, naive, good))

    assert page is not None
    assert (len(page.posts), dict(page.unknown)) == (1, {"time": 3, "data-post": 1})


def test_card_of_a_contact_is_no_preview() -> None:
    card = b'<html><body><div class="tgme_page">you can contact @nobody</div></body>'

    assert parse_preview(card) is None


@pytest.mark.parametrize(
    "markup",
    [
        b"<html><body><main id='app'></main></body></html>",
        page_of(post(words("Яма")).replace("datetime", "at")),
        b"",
    ],
)
def test_changed_markup_is_told_from_an_empty_channel(markup: bytes) -> None:
    empty = parse_preview(page_of())

    with pytest.raises(ValueError, match=r"neither posts|no post"):
        parse_preview(markup)

    assert empty is not None
    assert empty.posts == ()


@pytest.mark.parametrize(
    ("label", "rounded", "exact"),
    [
        ("15.3K", 15_300, None),
        ("1.48K", 1_480, None),
        ("2M", 2_000_000, None),
        ("812", 812, 812),
        ("12 K", 12_000, None),
        ("много", None, None),
        (None, None, None),
    ],
)
def test_labels_are_numbers(
    label: str | None, rounded: int | None, exact: int | None
) -> None:
    assert (rounded_count(label), exact_count(label)) == (rounded, exact)


def shown(markup: bytes) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(markup))


class Reader:
    """A source, and the cursor that is kept between its polls."""

    def __init__(self, telegram: Telegram, **options: Any) -> None:  # noqa: ANN401 -- JSON
        self.telegram = telegram
        access = telegram.access(**options)
        self.source = PreviewSource(access, telegram.handle)
        self.cursor: Mapping[str, Any] = {}

    async def poll(self, **later: float) -> Fetched:
        self.telegram.forward(**(later or {"minutes": 5}))
        fetched = await self.source.fetch(self.cursor, now=self.telegram.now)
        self.cursor = fetched.cursor
        return fetched

    async def texts(self) -> list[str]:
        return [each.post.text for each in (await self.poll()).posts]


async def test_key_is_the_one_a_bot_gives(telegram: Telegram) -> None:
    item = telegram.post("Яма")

    (found,) = (await Reader(telegram).poll()).posts

    assert (found.post.external_id, found.post.url, found.post.edited_at) == (
        telegram.key(item),
        f"https://t.me/{telegram.handle}/{item.id}",
        None,
    )


async def test_new_channel_is_read_three_pages_deep(telegram: Telegram) -> None:
    for number in range(100):
        telegram.post(f"Яма {number}")

    fetched = await Reader(telegram).poll()

    assert len(fetched.posts) == 60
    assert not fetched.more


async def test_gap_is_read_down_to_what_was_seen(telegram: Telegram) -> None:
    reader = Reader(telegram)
    telegram.post("Первый")
    await reader.poll()
    for number in range(150):
        telegram.post(f"Яма {number}")

    first = await reader.poll()
    telegram.post("Тем временем")
    second = await reader.poll()

    found = {each.post.text for part in (first, second) for each in part.posts}
    assert len(found) == 152
    assert (first.more, second.more) == (True, False)
    assert first.poll_after is None


async def test_gap_is_left_to_later_when_many_wait_for_their_turn(
    telegram: Telegram,
) -> None:
    for number in range(60):
        telegram.post(f"Яма {number}")
    reader = Reader(telegram)

    def park() -> None:
        until = telegram.now + timedelta(minutes=2)
        telegram.budget._parked["t.me"] = until

    telegram.before.append(park)

    first = await reader.poll()
    second = await reader.poll()

    assert (len(first.posts), first.more) == (20, True)
    assert len(second.posts) == 60


async def test_next_look_is_five_minutes_away_or_a_little_more(
    telegram: Telegram,
) -> None:
    telegram.post("Яма")
    reader = Reader(telegram)

    pauses = [(await reader.poll()).poll_after for _ in range(10)]

    assert all(
        each is not None and PAUSE <= each < PAUSE + timedelta(minutes=1)
        for each in pauses
    )
    assert len(set(pauses)) > 1


async def test_changed_text_is_an_edit_of_now(telegram: Telegram) -> None:
    item = telegram.post("До 20 ноября")
    reader = Reader(telegram)
    await reader.poll()
    telegram.edit(item, "До 25 ноября")

    (changed,) = (await reader.poll()).posts
    (same,) = (await reader.poll()).posts

    assert (changed.post.text, changed.post.edited_at) == (
        "До 25 ноября",
        telegram.now - timedelta(minutes=5),
    )
    assert same.post.edited_at is None


async def test_missing_preview_is_said_to_be_unavailable(telegram: Telegram) -> None:
    telegram.stage.ban(CHANNEL, at=telegram.now)

    with pytest.raises(SourceError, match="preview unavailable") as caught:
        await Reader(telegram).poll()

    assert (caught.value.kind, caught.value.code) == (
        ErrorKind.HUMAN,
        "telegram:no_preview",
    )


async def test_changed_markup_is_tried_again_and_named(telegram: Telegram) -> None:
    telegram.fault(FaultMode.LIMIT, route="preview", code=200)

    with pytest.raises(SourceError, match="can not be read any more") as caught:
        await Reader(telegram).poll()

    assert (caught.value.kind, caught.value.code) == (
        ErrorKind.RETRY,
        "telegram:changed_markup",
    )


async def test_every_channel_waits_after_a_refusal(telegram: Telegram) -> None:
    telegram.fault(FaultMode.LIMIT, route="preview", retry_after=90)
    reader = Reader(telegram)
    with pytest.raises(SourceError) as refused:
        await reader.poll()
    calls = telegram.report()["requests"]

    with pytest.raises(SourceError) as held:
        await Reader(telegram).poll(seconds=30)

    assert (refused.value.kind, held.value.kind) == (ErrorKind.WAIT, ErrorKind.WAIT)
    assert telegram.report()["requests"] == calls


async def test_server_error_is_tried_again(telegram: Telegram) -> None:
    telegram.fault(FaultMode.STATUS, route="preview", status=502)

    with pytest.raises(SourceError) as caught:
        await Reader(telegram).poll()

    assert caught.value.kind is ErrorKind.RETRY


async def test_renamed_channel_is_noticed_and_keeps_its_keys(
    telegram: Telegram,
) -> None:
    markup = page_of(post(words("Яма")))
    transport = httpx.MockTransport(lambda _: shown(markup))
    http = httpx.AsyncClient(transport=transport)
    access = replace(telegram.access(), http=http)

    fetched = await PreviewSource(access, "old_roads").fetch({}, now=telegram.now)

    assert fetched.note == "the channel is called test_roads now"
    assert {each.post.external_id for each in fetched.posts} == {"old_roads/501"}


async def test_impossible_time_is_refused(telegram: Telegram) -> None:
    markup = page_of(post(words("Яма")).replace("2025", "1999"))
    transport = httpx.MockTransport(lambda _: shown(markup))
    http = httpx.AsyncClient(transport=transport)
    access = replace(telegram.access(first_pages=1), http=http)

    fetched = await PreviewSource(access, "test_roads").fetch({}, now=telegram.now)

    assert (fetched.posts, fetched.refused) == (
        (),
        ("test_roads/501: date: must not be before 2000-01-01",),
    )
