"""Reading X's posts, in both sets of names."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.domain.posts import PostKind
from services.ingest.sources.x.parse import Item, post_of
from shared.networks.x.ids import lowest_at

AT = datetime(2025, 11, 11, 9, tzinfo=UTC)
LATER = datetime(2025, 11, 11, 9, 20, tzinfo=UTC)
FIRST, LAST = lowest_at(AT), lowest_at(LATER)


def post(**more: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    return {
        "id": str(FIRST),
        "text": "Яма",
        "created_at": "2025-11-11T09:00:00.000Z",
    } | more


def read(data: dict[str, Any], **more: str) -> Item:
    item = post_of(data, Counter(), **more)
    assert item is not None
    return item


def test_both_sets_of_names_say_the_same() -> None:
    common = {"public_metrics": {"like_count": 2, "impression_count": 77}}
    new = post(
        edit_history_post_ids=[str(FIRST), str(LAST)],
        referenced_posts=[{"type": "replied_to", "id": "5"}],
        note_post={"text": "Яма, очень длинная"},
        **common,
    )
    new["public_metrics"] = {**new["public_metrics"], "repost_count": 1}
    old = post(
        edit_history_tweet_ids=[str(FIRST), str(LAST)],
        referenced_tweets=[{"type": "replied_to", "id": "5"}],
        note_tweet={"text": "Яма, очень длинная"},
        **common,
    )
    old["public_metrics"] = {**old["public_metrics"], "retweet_count": 1}

    one, other = read(new), read(old)

    assert (one.key, one.latest, one.above, one.text, one.metrics, one.kind) == (
        other.key,
        other.latest,
        other.above,
        other.text,
        other.metrics,
        other.kind,
    )
    assert one.metrics == {"likes": 2, "views": 77, "reposts": 1}
    assert (one.kind, one.above) == (PostKind.COMMENT, 5)


def test_an_edited_post_has_the_first_id_and_the_last_time() -> None:
    data = post(
        id=str(LAST),
        created_at="2025-11-11T09:20:00.000Z",
        edit_history_tweet_ids=[str(FIRST), str(LAST)],
    )

    item = read(data)

    assert (item.name, item.version, item.latest) == (f"post:{FIRST}", LAST, LAST)
    assert (item.published_at, item.edited_at) == (AT, LATER)


def test_a_post_that_was_not_edited_has_no_time_of_it() -> None:
    item = read(post(edit_history_tweet_ids=[str(FIRST)]))

    assert (item.published_at, item.edited_at) == (AT, None)


@pytest.mark.parametrize("told", [None, "yesterday", 5])
def test_without_a_time_the_id_tells_it(told: object) -> None:
    assert read(post(created_at=told)).published_at == AT


def test_a_time_without_a_zone_is_utc() -> None:
    assert read(post(created_at="2025-11-11T09:00:01")).published_at.second == 1


def test_short_links_lead_where_they_lead() -> None:
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://gov.example/x"},
        {
            "url": "https://t.co/b",
            "expanded_url": "https://x.com/ivan/status/9/photo/1",
        },
        {"url": "https://t.co/c", "expanded_url": "https://twitter.com/ivan/status/8"},
        {"url": "https://t.co/d"},
        "odd",
    ]
    text = "Яма &amp; люк https://t.co/a https://t.co/c https://t.co/d https://t.co/b"

    item = read(post(text=text, entities={"urls": urls}))

    assert item.text == (
        "Яма & люк https://gov.example/x https://x.com/i/web/status/8 https://t.co/d"
    )
    assert "ivan" not in repr(item)


def test_links_of_the_long_text_are_its_own() -> None:
    note = {
        "text": "Целиком https://t.co/z",
        "entities": {
            "urls": [{"url": "https://t.co/z", "unwound_url": "https://a.example/"}]
        },
    }

    assert read(post(note_tweet=note)).text == "Целиком https://a.example/"


def test_mentions_at_the_start_are_left_out() -> None:
    assert read(post(text="@gov @ivan_test  у нас яма @gov")).text == "у нас яма @gov"


def test_nothing_tells_who_wrote_it() -> None:
    data = post(
        author_id="2100",
        in_reply_to_user_id="2101",
        geo={"place_id": "abc"},
        entities={
            "mentions": [{"username": "ivan_test", "id": "2102"}],
            "urls": [{"display_url": "x.com/ivan_test/…", "url": "https://t.co/a"}],
        },
    )

    told = repr(read(data))

    assert [
        each for each in ("2100", "2101", "2102", "ivan_test") if each in told
    ] == []


def test_our_own_account_is_known_by_its_number() -> None:
    mine = post(author_id="77")

    assert [read(mine, ours=each).by_page for each in ("77", "78", "")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("kind", ["retweeted", "reposted"])
def test_what_repeats_another_is_known(kind: str) -> None:
    item = read(post(referenced_tweets=[{"type": kind, "id": "5"}]))

    assert item.is_repost


def test_a_quotation_is_a_post_of_its_own() -> None:
    item = read(post(referenced_tweets=[{"type": "quoted", "id": "5"}]))

    assert (item.kind, item.is_repost) == (PostKind.POST, False)


def test_without_references_the_conversation_is_answered() -> None:
    item = read(post(conversation_id="5"))

    assert (item.kind, item.above) == (PostKind.COMMENT, 5)


def test_unknown_shapes_are_counted() -> None:
    unknown: Counter[str] = Counter()
    odd = post(referenced_tweets=[{"type": "hologram"}, "odd"], public_metrics=5)

    found = [post_of(each, unknown) for each in ({"id": "x"}, {}, odd)]

    assert ([each is None for each in found], dict(unknown)) == (
        [True, True, False],
        {"post without id": 2, "reference: hologram": 1, "reference: None": 1},
    )


@pytest.mark.parametrize("count", [-1, True, "5", None])
def test_a_counter_that_is_none_is_absent(count: object) -> None:
    assert read(post(public_metrics={"like_count": count})).metrics == {}


def test_a_post_without_text_has_none() -> None:
    assert read({"id": "5"}).text == ""
