"""RSS and Atom documents as posts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import PERSON, ErrorKind, SourceError
from services.ingest.sources.feed_dates import moment_in_feed
from services.ingest.sources.feed_text import joined, text_of_html, text_of_plain
from tests.services.ingest.incoming import NOW
from tests.services.ingest.sources.feed.documents import (
    MOSCOW,
    NINE,
    atom,
    item,
    parsed,
)


def test_journal_is_known_by_its_links(samples: Path) -> None:
    folder = samples / "livejournal"
    (in_atom,) = parsed((folder / "data_atom.xml").read_bytes()).posts
    (in_rss,) = parsed((folder / "data_rss.xml").read_bytes()).posts

    assert (
        in_atom.post.key == in_rss.post.key == ("livejournal", "news", "test_blog:1234")
    )
    assert in_atom.post.text == "Ямы на Садовой\nТретий месяц не чинят (дополнено)"
    assert in_atom.post.edited_at == NINE + timedelta(minutes=30)
    assert in_rss.post.text == "Ямы на Садовой\nТретий месяц не чинят @someone"
    assert in_rss.post.edited_at is None
    assert (in_atom.post.metrics, in_rss.post.metrics) == ({}, {"comments": 7})
    assert "poster_test" not in repr(in_rss)


def test_a_persons_journal_is_refused_as_a_feed_as_well(samples: Path) -> None:
    of_all = (samples / "livejournal" / "data_rss.xml").read_bytes()

    with pytest.raises(SourceError) as refused:
        parsed(of_all.replace(b">community<", b">personal<"))

    assert parsed(of_all).journal == "community"
    assert (refused.value.kind, refused.value.code) == (ErrorKind.DISABLE, PERSON)


@pytest.mark.parametrize(
    ("told", "metrics"),
    [
        ("<s:comments>4</s:comments>", {"comments": 4}),
        ("<s:comments>0</s:comments>", {"comments": 0}),
        ("<s:comments>много</s:comments>", {}),
        ("<s:comments>-1</s:comments>", {}),
        ("<s:comments>1000000000</s:comments>", {}),
        ("<comments>https://a.example/1#c</comments>", {}),
        ("", {}),
    ],
)
def test_comments_are_counted_where_the_feed_tells(
    told: str, metrics: dict[str, int]
) -> None:
    module = 'xmlns:s="http://purl.org/rss/1.0/modules/slash/"'
    body = f'<rss version="2.0" {module}><channel><item><title>Яма</title>{told}'

    (post,) = parsed(f"{body}</item></channel></rss>").posts

    assert post.post.metrics == metrics


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ("<guid>g-1</guid><link>https://a.example/1</link>", "g-1"),
        (
            "<link>https://a.example/1?utm_source=x&amp;b=2</link>",
            "https://a.example/1?b=2",
        ),
        ("<guid>  </guid><link>https://a.example/1</link>", "https://a.example/1"),
    ],
)
def test_key_is_the_id_or_the_link_without_advertising(fields: str, key: str) -> None:
    assert item(fields).post.external_id == key


def test_key_without_id_and_link_is_made_of_the_words() -> None:
    first, second = item().post.external_id, item(title="Вода").post.external_id

    assert len(first) == len(second) == 64
    assert first == item("<pubDate>11.11.2025</pubDate>").post.external_id
    assert first != second


def test_endless_id_is_shortened() -> None:
    assert len(item(f"<guid>{'g' * 300}</guid>").post.external_id) == 64


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://a.example/1?utm_source=rss&amp;id=7", "https://a.example/1?id=7"),
        ("/news/5", "https://news.example/news/5"),
        ("https://a.example/1?a=%20b#c", "https://a.example/1?a=%20b#c"),
        ("javascript:alert(1)", None),
        ("https://u:p@a.example/", None),
        ("", None),
    ],
)
def test_link_is_absolute_and_safe(link: str, url: str | None) -> None:
    assert item(f"<guid>1</guid><link>{link}</link>").post.url == url


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Tue, 11 Nov 2025 09:00:00 GMT", NINE),
        ("Tue, 11 Nov 2025 12:00:00 +0300", NINE),
        ("11 Nov 2025 12:00 MSK", NINE),
        ("Вт, 11 ноя 2025 12:00:00 +0300", NINE),
        ("Вт, 11 ноя. 2025 12:00:00 +03:00", NINE),
        ("вторник, 11 ноября 2025 г. в 12:00", NINE),
        ("11 ноября 2025, 12:00 МСК", NINE),
        ("11 ноября 2025 года", datetime(2025, 11, 10, 21, tzinfo=UTC)),
        ("1 мая 2025 12:00", datetime(2025, 5, 1, 9, tzinfo=UTC)),
        ("2025-11-11T09:00:00Z", NINE),
        ("2025-11-11T12:00:00+03:00", NINE),
        ("2025-11-11 12:00:00", NINE),
        ("11.11.2025 12:00", NINE),
        ("11.11.2025 12:00 +0300", NINE),
        ("Tue, 11 Nov 2025 09:00:00 -0000", NINE - timedelta(hours=3)),
    ],
)
def test_times_are_read_as_sites_write_them(written: str, moment: datetime) -> None:
    assert moment_in_feed(written, MOSCOW) == moment
    assert item(f"<pubDate>{written}</pubDate>") == item(
        f"<pubDate>{moment.isoformat()}</pubDate>"
    )


@pytest.mark.parametrize(
    "written",
    ["", "вчера", "99 ноября 2025", "11 брюмера 2025", "Tue, 99 Nov 2025", "x" * 200],
)
def test_entry_without_a_time_has_the_time_it_was_seen(written: str) -> None:
    found = item(f"<pubDate>{written}</pubDate>")

    assert (found.post.published_at, found.date_guessed) == (NOW, True)


def test_time_in_the_future_or_before_feeds_is_not_believed() -> None:
    future = item("<pubDate>Tue, 11 Nov 2031 09:00:00 GMT</pubDate>")
    ancient = item("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>")

    assert (future.post.published_at, future.date_guessed) == (NOW, True)
    assert (ancient.post.published_at, ancient.date_guessed) == (NOW, True)


def test_edit_is_told_by_atom_alone() -> None:
    published = "<published>2025-11-11T09:00:00Z</published>"

    def edited(when: str) -> datetime | None:
        return atom(f"{published}<updated>{when}</updated>").post.edited_at

    assert edited("2025-11-11T09:30:00Z") == NINE + timedelta(minutes=30)
    assert edited("2025-11-11T09:00:00Z") is None
    assert edited("2031-11-11T09:00:00Z") == NOW
    assert atom(published).post.edited_at is None
    assert atom("<updated>2025-11-11T09:00:00Z</updated>").post.published_at == NINE


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Яма</p><p>вода<br/>по колено</p>", "Яма\nвода\nпо колено"),
        ("a<script>alert(1)</script>b<style>p{}</style>", "ab"),
        ('<img src=x onerror="alert(1)">Яма', "Яма"),
        ("&amp;lt;b&amp;gt; и &laquo;Дом&raquo;", "&lt;b&gt; и «Дом»"),
        ("цена &lt; 5", "цена < 5"),
        ("a  b\t\u00a0c", "a b c"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ('<lj user="some_one"> и <lj comm=place>', "@some_one и @place"),
        (
            '<span class="ljuser" lj:user="x_y"><a href="#"><b>x_y</b></a></span>!',
            "@x_y!",
        ),
        ("<lj-cut text='дальше'>Яма</lj-cut>", "Яма"),
        ("незакрытый <b тег", "незакрытый"),
    ],
)
def test_markup_becomes_the_text_a_reader_sees(markup: str, text: str) -> None:
    assert text_of_html(markup) == text


def test_plain_text_is_unescaped_once_and_tidied() -> None:
    assert text_of_plain("  свет &amp; вода\r\n ") == "свет & вода"


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("Яма", "Вода", "Яма\nВода"),
        ("Яма", "Яма на Садовой", "Яма на Садовой"),
        ("", "Вода", "Вода"),
        ("Яма", "", "Яма"),
        ("Яма", "в" * 200_000, "Яма\n" + "в" * 99_996),
    ],
)
def test_title_stands_above_the_text(title: str, body: str, text: str) -> None:
    assert joined(title, body) == text


def test_fuller_text_is_preferred() -> None:
    fields = (
        '<description>коротко</description><content:encoded xmlns:content="http://'
        'purl.org/rss/1.0/modules/content/">&lt;p&gt;длинно&lt;/p&gt;</content:encoded>'
    )

    assert item(fields).post.text == "Яма\nдлинно"


def test_plain_content_keeps_its_angle_brackets() -> None:
    assert (
        atom('<content type="text">a &lt;b&gt; c</content>').post.text == "Яма\na <b> c"
    )


def test_feed_of_the_journal_is_not_scoped_to_another_network() -> None:
    found = item("<link>https://vk.com/wall-1_2</link>")

    assert found.post.network is Network.RSS
