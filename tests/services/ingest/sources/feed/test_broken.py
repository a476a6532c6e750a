"""Documents that are odd, broken or made to be slow."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.feed_dates import moment_in_feed
from services.ingest.sources.feed_text import text_of_html
from tests.services.ingest.pace import limit, seconds_of
from tests.services.ingest.sources.feed.documents import MOSCOW, item, parsed, rss


def test_bad_entries_never_lose_the_good_ones() -> None:
    items = "<item><guid>1</guid></item><item><guid>2</guid><title>Яма</title></item>"

    found = parsed(rss(items))

    assert [each.post.external_id for each in found.posts] == ["2"]
    assert found.refused == ("entry 1: text: must not be empty",)


def test_no_more_than_a_thousand_entries_are_read() -> None:
    assert len(parsed(rss("<item><title>Яма</title></item>" * 1500)).posts) == 1000


DECLARED = ["windows-1251", "utf-8", None, "x-unknown", "zlib"]
LETTERS = [
    (declared, told, real)
    for declared in DECLARED
    for told in ["utf-8", "windows-1251", "iso-8859-1", None]
    for real in ["utf-8", "windows-1251", "utf-8-sig", "utf-16"]
    # When the one word there is, the server's, is wrong, nobody can tell.
    if (declared, told, real) != (None, "iso-8859-1", "windows-1251")
]


@pytest.mark.parametrize(("declared", "told", "real"), LETTERS)
def test_letters_are_found_out(
    declared: str | None, told: str | None, real: str
) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = rss("<item><title>Ёлка и яма на Садовой</title></item>")
    body = (declaration + text).encode(real)
    content_type = f"text/xml; charset={told}" if told else "text/xml"

    found = parsed(body, content_type)

    assert [each.post.text for each in found.posts] == ["Ёлка и яма на Садовой"]


@pytest.mark.parametrize(
    ("document", "kind", "message"),
    [
        ("", ErrorKind.RETRY, "not a feed"),
        ("just words", ErrorKind.RETRY, "not a feed"),
        ("{}", ErrorKind.RETRY, "not a feed"),
        ("<!DOCTYPE html><html></html>", ErrorKind.RETRY, "a page, not with a feed"),
        ("<html><body>502</body></html>", ErrorKind.RETRY, "not a feed"),
        (
            "<rss version='2.0'><channel><ti",
            ErrorKind.RETRY,
            "cut off before any entry",
        ),
        (
            '<?xml version="1.0"?><!-- x --><!DOCTYPE r [<!ENTITY a "b">]><rss/>',
            ErrorKind.HUMAN,
            "has a DTD",
        ),
        (
            "<!doctype rss SYSTEM 'http://x.example/'><rss/>",
            ErrorKind.HUMAN,
            "has a DTD",
        ),
        ("<a>" * 300, ErrorKind.RETRY, "nested too deeply"),
        (
            "<r>" + "<a/>" * 70_000 + "</r>",
            ErrorKind.RETRY,
            "more than 60,000 elements",
        ),
        (
            "<r " + " ".join(f'a{n}="b"' for n in range(200)) + "/>",
            ErrorKind.RETRY,
            "too many attributes",
        ),
        ("<rss>" + "&" * 600_000, ErrorKind.RETRY, "too large to be mended"),
        ("<rss>" + "<" * 50_000, ErrorKind.RETRY, "too many tags to be mended"),
    ],
)
def test_what_is_no_feed_is_one_clear_error(
    document: str, kind: ErrorKind, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        parsed(document)

    assert (caught.value.kind, message in str(caught.value)) == (kind, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_dtd_is_found_in_any_letters(encoding: str) -> None:
    document = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rss>&a;</rss>'

    with pytest.raises(SourceError, match="has a DTD"):
        parsed(document.encode(encoding))


def test_document_is_never_taken_for_the_name_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(rss("<item><title>тайна</title></item>"))

    with pytest.raises(SourceError, match="not a feed"):
        parsed(str(file))


def test_dtd_inside_a_text_is_text() -> None:
    fields = "<description><![CDATA[<!DOCTYPE html>]]></description>"

    assert item(fields).post.text == "Яма"


@pytest.mark.parametrize("mistake", ["&nbsp;", " & ", "<br>", "\x0b"])
def test_feed_that_is_a_little_broken_is_read(mistake: str) -> None:
    items = "".join(
        f"<item><guid>{n}</guid><title>Яма{mistake}тут</title></item>" for n in range(3)
    )

    found = parsed(rss(items))

    assert [each.post.external_id for each in found.posts] == ["0", "1", "2"]
    assert not found.is_cut_off


def test_last_entry_of_a_document_that_is_cut_off_waits() -> None:
    whole = rss("<item><guid>1</guid><title>Яма</title></item>" * 2)

    found = parsed(whole[: whole.rindex("ма</title>")])

    assert (len(found.posts), found.is_cut_off) == (1, True)


SLOW = [
    rss(
        "<item><title>Я</title><description>"
        + "&lt;b&gt;" * 500_000
        + "</description></item>"
    ),
    rss("<item><description>" + "\n " * 1_500_000 + "x</description></item>"),
    rss("<item><title>Яма</title></item>" * 19_000),
    "<rss><channel><item>" + "<title><![CDATA[" * 30_000,
    "<rss><channel>" + "<item>" * 39_000,
    '<rss version="2.0" a="' * 20_000,
]


@pytest.mark.no_cover  # what is measured is the reading alone
@pytest.mark.parametrize("number", range(len(SLOW)))
def test_document_made_to_be_slow_is_not(number: int) -> None:
    def read_or_refuse() -> None:
        with suppress(SourceError):
            parsed(SLOW[number])

    assert seconds_of(read_or_refuse) < limit(6)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_document_is_read_or_refused(junk: bytes | str) -> None:
    body = junk if isinstance(junk, bytes) else junk.encode("utf-8", "replace")
    try:
        posts = parsed(b"<rss><channel><item><title>" + body).posts
    except SourceError:
        posts = ()

    assert all(each.post.text for each in posts)


@given(st.text(max_size=90))
def test_any_time_is_read_or_not(written: str) -> None:
    moment = moment_in_feed(written, MOSCOW)

    assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.text(max_size=200))
def test_any_markup_becomes_text(markup: str) -> None:
    assert "\0" not in text_of_html(markup)
