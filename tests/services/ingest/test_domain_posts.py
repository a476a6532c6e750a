"""Reading one object of `ingest.v1`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import IncomingPost, Network, PostKind, parse_post
from tests.services.ingest.incoming import NOW, incoming, post_object


def refusal(data: object) -> str:
    with pytest.raises(Refused) as caught:
        parse_post(data, now=NOW)
    return caught.value.reason


def test_complete_object_is_read() -> None:
    assert parse_post(post_object(), now=NOW) == incoming()


def test_comment_of_a_named_network_is_read() -> None:
    data = post_object(
        network="vk",
        kind="comment",
        parent_id="P-7",
        edited_at="2025-11-11T13:30:00.250000Z",
    )

    post = parse_post(data, now=NOW)

    assert post == incoming(
        network=Network.VK,
        kind=PostKind.COMMENT,
        parent_id="P-7",
        edited_at=datetime(2025, 11, 11, 13, 30, 0, 250_000, tzinfo=UTC),
    )


def test_optional_fields_may_be_missing() -> None:
    data = {
        "source": "city-portal",
        "external_id": "A-1",
        "text": "Яма на Садовой, 5",
        "published_at": "2025-11-11T09:00:00Z",
    }

    assert parse_post(data, now=NOW) == incoming(url=None, metrics={})


def test_author_is_nowhere_in_the_result() -> None:
    data = post_object(author={"id": "u77", "name": "Вымышленный"}, author_url="u77")

    assert not {"u77", "Вымышленный"} & set(repr(parse_post(data, now=NOW)).split("'"))


def test_tombstone_needs_no_text() -> None:
    data = post_object(deleted=True, text="", edited_at="2025-11-11T15:00:00+03:00")

    assert parse_post(data, now=NOW) == incoming(
        deleted=True, text="", edited_at=datetime(2025, 11, 11, 12, 0, tzinfo=UTC)
    )
    assert parse_post(post_object(deleted=True, text=None), now=NOW).text == ""


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("  Яма \n", "Яма"),
        ("Яма\r\nна\rСадовой", "Яма\nна\nСадовой"),
        ("Яма\u2028вода", "Яма\nвода"),
        ("Я\x08м\x1bа\x7f\x9b", "Яма"),
        ("\ufeffЯма \u202eавод\u202c", "Яма авод"),
        ("Яма\tтут", "Яма\tтут"),
        ("Семья 👨‍👩‍👧 ждёт", "Семья 👨‍👩‍👧 ждёт"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; drop table post; --", "'; drop table post; --"),
        ("я" * 100_000, "я" * 100_000),
    ],
)
def test_text_is_cleaned_of_control_characters_alone(
    given_text: str, kept: str
) -> None:
    assert parse_post(post_object(text=given_text), now=NOW).text == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.example",
        "https://portal.example:8443/a?b=1&c=%20#d",
        "HTTPS://Portal.Example/A",
        "https://портал.example/жалобы/1",
        "https://[2001:db8::1]/a",
        "https://vk.com/wall-900000001_4101?reply=5",
        "https://portal.example/@name",
        "https://portal.example/" + "a" * 1976,
    ],
)
def test_web_addresses_are_kept_as_they_stand(url: str) -> None:
    assert parse_post(post_object(url=url), now=NOW).url == url


@pytest.mark.parametrize("url", [None, ""])
def test_post_may_have_no_page(url: str | None) -> None:
    assert parse_post(post_object(url=url), now=NOW).url is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-11-11T12:00:00+03:00", datetime(2025, 11, 11, 9, tzinfo=UTC)),
        ("2025-11-11t09:00:00z", datetime(2025, 11, 11, 9, tzinfo=UTC)),
        ("2025-11-11 12:00+0300", datetime(2025, 11, 11, 9, tzinfo=UTC)),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("2025-11-13T09:00:00Z", datetime(2025, 11, 13, 9, tzinfo=UTC)),
    ],
)
def test_times_with_an_offset_become_utc(written: str, meant: datetime) -> None:
    post = parse_post(post_object(published_at=written), now=NOW)

    assert post.published_at == meant
    assert post.published_at.tzinfo is UTC


TIME_EXPECTED = "must be a time such as 2025-11-11T12:00:00+03:00"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schema": "ingest.v2"}, "schema: must be ingest.v1"),
        ({"schema": None}, "schema: must be ingest.v1"),
        ({"source": None}, "source: is missing"),
        ({"source": " "}, "source: must not be empty"),
        ({"external_id": 17}, "external_id: must be a string, not a number"),
        ({"external_id": True}, "external_id: must be a string, not true or false"),
        ({"external_id": ["A"]}, "external_id: must be a string, not an array"),
        ({"external_id": {}}, "external_id: must be a string, not an object"),
        (
            {"external_id": "я" * 256},
            "external_id: must not be longer than 255 characters",
        ),
        (
            {"external_id": "A\x00"},
            "external_id: must not contain control or invisible characters",
        ),
        (
            {"external_id": "A\ud800"},
            "external_id: must not contain control or invisible characters",
        ),
        ({"kind": "photo"}, "kind: must be one of post, comment"),
        ({"kind": ["post"]}, "kind: must be one of post, comment"),
        ({"parent_id": 5}, "parent_id: must be a string, not a number"),
        ({"text": None}, "text: is missing"),
        ({"text": "   "}, "text: must not be empty"),
        ({"text": ["Яма"]}, "text: must be a string, not an array"),
        ({"text": "Яма\x00"}, "text: must not contain NUL characters"),
        (
            {"text": "Яма\udfff"},
            "text: must not contain lone surrogates or invalid UTF-8",
        ),
        (
            {"text": "я" * 100_001},
            "text: must not be longer than 100,000 characters",
        ),
        ({"url": 5}, "url: must be a string, not a number"),
        ({"url": "javascript:alert(1)"}, "url: must be an http or https address"),
        ({"url": "ftp://portal.example"}, "url: must be an http or https address"),
        ({"url": "//portal.example"}, "url: must be an http or https address"),
        (
            {"url": "https://u:p@portal.example/"},
            "url: must not contain a name or password",
        ),
        ({"url": "https://"}, "url: is not a valid http or https address"),
        ({"url": "https://a b/"}, "url: is not a valid http or https address"),
        ({"url": "https://a/\n"}, None),
        ({"url": "https://a/\nb"}, "url: is not a valid http or https address"),
        ({"url": "https://a:99999/"}, "url: is not a valid http or https address"),
        ({"url": "https://a\\@b/"}, "url: must not contain a name or password"),
        ({"url": 'https://a/"><script>'}, "url: is not a valid http or https address"),
        ({"url": "https://a/\ud800"}, "url: is not a valid http or https address"),
        (
            {"url": "https://a/" + "b" * 1991},
            "url: must not be longer than 2,000 characters",
        ),
        ({"published_at": None}, "published_at: is missing"),
        (
            {"published_at": 1762851600},
            "published_at: must be a string, not a number",
        ),
        ({"published_at": "вчера"}, f"published_at: {TIME_EXPECTED}"),
        ({"published_at": "2025-13-01T00:00:00Z"}, f"published_at: {TIME_EXPECTED}"),
        ({"published_at": "2" * 41}, f"published_at: {TIME_EXPECTED}"),
        ({"published_at": "2025-11-11\ud800"}, f"published_at: {TIME_EXPECTED}"),
        (
            {"published_at": "2025-11-11T12:00:00"},
            "published_at: must have an offset, such as +03:00 or Z",
        ),
        (
            {"published_at": "1999-12-31T23:59:59Z"},
            "published_at: must not be before 2000-01-01",
        ),
        (
            {"published_at": "0001-01-01T00:00:00+03:00"},
            "published_at: must not be before 2000-01-01",
        ),
        (
            {"published_at": "2025-11-13T09:00:01Z"},
            "published_at: must not be more than 24 hours in the future",
        ),
        (
            {"edited_at": "2025-11-11T12:00:00"},
            "edited_at: must have an offset, such as +03:00 or Z",
        ),
        ({"edited_at": False}, "edited_at: must be a string, not true or false"),
        ({"deleted": "yes"}, "deleted: must be true or false, not a string"),
        ({"deleted": 1}, "deleted: must be true or false, not a number"),
        ({"metrics": [1]}, "metrics: must be an object, not an array"),
        (
            {"metrics": {"likes": "3"}},
            "metrics.likes: must be a whole number, not a string",
        ),
        (
            {"metrics": {"likes": 3.0}},
            "metrics.likes: must be a whole number, not a number",
        ),
        (
            {"metrics": {"likes": True}},
            "metrics.likes: must be a whole number, not true or false",
        ),
        (
            {"metrics": {"likes": -1}},
            "metrics.likes: must be between 0 and 9223372036854775807",
        ),
        (
            {"metrics": {"likes": 2**63}},
            "metrics.likes: must be between 0 and 9223372036854775807",
        ),
    ],
)
def test_bad_field_is_named_in_the_reason(
    changes: dict[str, object], reason: str | None
) -> None:
    data = post_object(**changes)

    if reason is None:
        assert parse_post(data, now=NOW).external_id == "A-1"
    else:
        assert refusal(data) == reason


@pytest.mark.parametrize("network", ["VK", "вк", 5, ["vk"]])
def test_unknown_network_is_refused_with_the_known_ones(network: object) -> None:
    assert refusal(post_object(network=network)) == (
        "network: must be one of vk, ok, telegram, livejournal, rss, portal, tiktok,"
        " x, facebook, instagram, max, file, other"
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [([], "an array"), ("x", "a string"), (None, "null"), (1.5, "a number")],
)
def test_what_is_no_object_is_refused(data: object, kind: str) -> None:
    assert refusal(data) == f"post: must be a JSON object, not {kind}"


def test_unknown_fields_and_counters_are_ignored() -> None:
    data = post_object(mood="bad", metrics={"likes": 3, "views": None, "stars": "x"})

    assert parse_post(data, now=NOW) == incoming()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def outcome(data: object) -> IncomingPost | str:
    try:
        return parse_post(data, now=NOW)
    except Refused as refused:
        return refused.reason


@pytest.mark.no_cover
@given(st.dictionaries(st.sampled_from(sorted(post_object())), JSON_VALUES))
def test_any_values_give_a_post_or_a_reason(changes: dict[str, Any]) -> None:
    result = outcome(post_object(**changes))

    assert is_good(result) or str(result).split(":")[0].split(".")[0] in changes


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_that_is_taken_can_be_stored(text: str) -> None:
    result = outcome(post_object(text=text))

    assert is_good(result) or str(result).startswith("text: must not ")


@given(st.text(max_size=60))
def test_any_time_gives_utc_or_a_reason(text: str) -> None:
    result = outcome(post_object(published_at=text))

    assert is_good(result) or str(result).startswith("published_at: must ")


def is_good(result: IncomingPost | str) -> bool:
    """Hold what the store can hold: UTF-8 without NUL, times in UTC."""
    if isinstance(result, str):
        return False
    whole = "".join([result.text, result.url or "", *result.key])
    utc = result.published_at.utcoffset() == timedelta(0)
    return utc and "\0" not in whole and bool(whole.encode())
