"""Watching TikTok: days, pages, comments, quota, access tokens."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from infra.sandbox.networks.tiktok.api import COMMENTS, TOKEN, VIDEOS
from services.ingest.domain.posts import Network, PostKind
from services.ingest.sources.base import ErrorKind, Evidence, SourceError
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.tiktok.watch import TikTokSource
from shared.networks.tiktok import AccessTokens
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.tiktok.world import (
    ACCOUNT,
    CLIENT,
    OTHER,
    SECRETS,
    TAG,
    WIDE,
    TikTokServer,
)


def poller(
    tiktok: TikTokServer,
    place: Place = ACCOUNT,
    tokens: AccessTokens | None = None,
    **options: object,
) -> Poller:
    access = tiktok.access(CLIENT, **options)
    return Poller(TikTokSource(place, access, tokens or AccessTokens()))


async def read_all(tiktok: TikTokServer, one: Poller, **by: float) -> None:
    tiktok.forward(**by)
    for _ in range(300):
        if not await one.poll(tiktok.now):
            return
    raise AssertionError("it does not end")


async def refused(tiktok: TikTokServer, one: Poller) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await one.poll(tiktok.now)
    return caught.value


# What is read


async def test_an_account_has_its_videos_and_their_comments() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Ремонт дороги")
    first = tiktok.comment(video, "А у нас?")
    below = tiktok.comment(first, "И у нас")
    last = tiktok.comment(below, "Тоже")
    tiktok.publish("Чужое", page=OTHER)
    one = poller(tiktok)

    await read_all(tiktok, one)

    parents = {key: post.parent_id for key, post in one.archive.posts.items()}
    assert parents == {
        tiktok.key(video): None,
        tiktok.key(first): tiktok.key(video),
        tiktok.key(below): tiktok.key(first),
        tiktok.key(last): tiktok.key(first),
    }
    kinds = {post.kind for post in one.archive.posts.values()}
    assert kinds == {PostKind.POST, PostKind.COMMENT}
    (asked,) = tiktok.called(VIDEOS)
    assert asked["query"]["and"] == [
        {
            "operation": "EQ",
            "field_name": "username",
            "field_values": ["test.oblast"],
        }
    ]


async def test_hashtags_and_words_find_videos_of_anybody_and_no_comments() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Яма #Ямы", page=OTHER)
    tiktok.comment(video, "И у нас")
    tiktok.publish("Без метки, но яма")
    words = Place(Network.TIKTOK, "search", "яма", "")
    by_tag, by_words = poller(tiktok, TAG, regions="ru, kz"), poller(tiktok, words)

    await read_all(tiktok, by_tag)
    await read_all(tiktok, by_words)

    assert list(by_tag.archive.standing.values()) == ["Яма #Ямы"]
    assert len(by_words.archive.standing) == 2
    regions = tiktok.called(VIDEOS)[0]["query"]["and"][1]
    assert (regions["operation"], regions["field_values"]) == ("IN", ["RU", "KZ"])
    assert tiktok.called(COMMENTS) == []


async def test_a_video_is_read_with_its_comments_however_old() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Старое", at=tiktok.now - timedelta(days=90))
    comment = tiktok.comment(video, "А сейчас?")
    number = str(tiktok.server.id_of(video))
    place = Place(Network.TIKTOK, "video", number, "")
    one = poller(tiktok, place)

    await read_all(tiktok, one)
    await read_all(tiktok, one, days=1)

    assert one.archive.standing == {
        tiktok.key(video): "Старое",
        tiktok.key(comment): "А сейчас?",
    }


async def test_no_more_than_thirty_days_are_asked_for_at_once() -> None:
    tiktok = TikTokServer()
    for days in (1, 40, 69):
        tiktok.publish(f"{days} дней назад", at=tiktok.now - timedelta(days=days))
    one = poller(tiktok, first_days=70, watched_days=90)

    await read_all(tiktok, one)

    assert len(one.archive.standing) == 3
    spans = [(each["start_date"], each["end_date"]) for each in tiktok.called(VIDEOS)]
    assert len(spans) == 3
    assert spans[0][1] == f"{tiktok.now:%Y%m%d}"


async def test_days_that_nobody_read_are_read_after_a_pause() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok)
    await read_all(tiktok, one)
    tiktok.forward(days=4)
    tiktok.publish("Во время простоя")

    await read_all(tiktok, one, days=2)

    assert list(one.archive.standing.values()) == ["Во время простоя"]


async def test_later_polls_look_a_day_back_and_now_and_then_at_everything() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok)
    expected = []
    for hours, back in ((0, 7), (1, 1), (1, 1), (5, 7)):
        # The day before the last poll, or all that is watched.
        read_at = tiktok.now
        tiktok.forward(hours=hours)
        since = read_at if back == 1 else tiktok.now
        expected.append(f"{since - timedelta(days=back):%Y%m%d}")
        await read_all(tiktok, one)

    assert [each["start_date"] for each in tiktok.called(VIDEOS)] == expected


async def test_pages_follow_by_search_id_and_cursor() -> None:
    tiktok = TikTokServer()
    for number in range(250):
        at = tiktok.now - timedelta(minutes=number)
        tiktok.publish(f"Яма {number} #ямы", at=at)
    one = poller(tiktok, TAG, calls_per_poll=1)

    await read_all(tiktok, one)

    told = [
        (each.get("cursor"), each.get("search_id")) for each in tiktok.called(VIDEOS)
    ]
    search_id = told[1][1]
    assert told == [(None, None), (100, search_id), (200, search_id)]
    assert len(one.archive.standing) == 250


async def test_short_and_empty_pages_are_not_the_end() -> None:
    tiktok = TikTokServer()
    videos = [
        tiktok.publish(f"Яма {number} #ямы", at=tiktok.now - timedelta(minutes=number))
        for number in range(450)
    ]
    one = poller(tiktok, TAG, calls_per_poll=1)
    await one.poll(tiktok.now)
    # The result is cached: two of its pages are now empty, one is short.
    for video in videos[100:350]:
        tiktok.delete(video)

    await read_all(tiktok, one)

    assert one.polls == 5
    assert one.archive.standing.keys() >= {tiktok.key(each) for each in videos[350:]}


async def test_a_result_that_never_ends_is_left_and_nothing_counts_as_missing() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Яма #ямы")
    one = poller(tiktok, TAG)
    await read_all(tiktok, one)
    tiktok.forward(hours=1)
    for page in range(10):
        data = {"videos": [], "cursor": 100 + page, "has_more": True, "search_id": 5}
        tiktok.says.append(httpx.Response(200, json={"data": data}))

    await read_all(tiktok, one)

    assert tiktok.key(video) in one.archive.standing
    assert one.cursor["videos"][str(tiktok.server.id_of(video))][2:] == []


async def test_a_cursor_that_does_not_move_ends_the_days() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok, TAG)
    data = {"videos": [], "cursor": 0, "has_more": True, "search_id": "5"}
    tiktok.says.append(httpx.Response(200, json={"data": data}))

    assert await one.poll(tiktok.now) is False
    assert one.cursor["slices"] == []


async def test_a_lost_search_id_begins_these_days_anew() -> None:
    tiktok = TikTokServer()
    for number in range(250):
        at = tiktok.now - timedelta(minutes=number)
        tiktok.publish(f"Яма {number} #ямы", at=at)
    one = poller(tiktok, TAG, calls_per_poll=1)
    await one.poll(tiktok.now)
    tiktok.server.searches.clear()

    await read_all(tiktok, one)

    assert len(one.archive.standing) == 250
    cursors = [each.get("cursor") for each in tiktok.called(VIDEOS)]
    assert cursors == [None, 100, None, 100, 200]


async def test_a_search_id_that_is_lost_again_and_again_is_a_failure() -> None:
    tiktok = TikTokServer()
    tiktok.fail(4000, times=4, route=VIDEOS)
    one = poller(tiktok, TAG, calls_per_poll=1)
    for _ in range(3):
        await one.poll(tiktok.now)

    error = await refused(tiktok, one)

    assert (error.kind, error.code) == (ErrorKind.RETRY, "tiktok:invalid_search_id")


async def test_days_too_deep_to_be_read_are_read_in_halves() -> None:
    tiktok = TikTokServer()
    tiktok.server.deep = 300
    for number in range(500):
        at = tiktok.now - timedelta(minutes=15 * number)
        tiktok.publish(f"Яма {number} #ямы", at=at)
    one = poller(tiktok, TAG)
    for _ in range(10):
        await read_all(tiktok, one, minutes=2)

    assert len(one.archive.standing) == 500
    assert one.unknown == {}


async def test_the_rest_of_a_day_that_is_too_deep_is_given_up_and_told() -> None:
    tiktok = TikTokServer()
    tiktok.server.deep = 200
    for number in range(300):
        tiktok.publish(f"Яма {number} #ямы", at=tiktok.now - timedelta(seconds=number))
    one = poller(tiktok, TAG, first_days=0)
    for _ in range(4):
        await read_all(tiktok, one, minutes=2)

    assert len(one.archive.standing) == 200
    assert one.unknown == {"days cut off": 1}
    assert "the rest of" in one.notes[2]


async def test_a_server_error_on_the_first_page_is_raised() -> None:
    tiktok = TikTokServer()
    tiktok.fail(500, route=VIDEOS)
    one = poller(tiktok, TAG)

    assert (await refused(tiktok, one)).kind is ErrorKind.RETRY
    await read_all(tiktok, one)


# Comments


async def test_comments_are_read_again_when_their_count_changes() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Спрашивайте")
    tiktok.comment(video, "Раз")
    one = poller(tiktok)
    await read_all(tiktok, one)
    tiktok.comment(video, "Два")

    await read_all(tiktok, one, minutes=20)
    await read_all(tiktok, one, minutes=20)

    assert len(one.archive.standing) == 3
    assert len(tiktok.called(COMMENTS)) == 2


async def test_a_count_of_nought_may_be_old_so_that_comments_are_looked_for() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Спрашивайте", comment_count=0)
    tiktok.comment(video, "Есть кто?")
    one = poller(tiktok)
    await read_all(tiktok, one)
    before = len(one.archive.standing)

    await read_all(tiktok, one, hours=7)

    assert (before, len(one.archive.standing)) == (1, 2)


async def test_a_count_that_is_not_told_changes_nothing() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Спрашивайте", comment_count=None)
    tiktok.comment(video, "Есть кто?")
    one = poller(tiktok)

    await read_all(tiktok, one, hours=7)

    assert "comments" not in one.archive.posts[tiktok.key(video)].metrics
    assert len(one.archive.standing) == 2


async def test_comments_that_are_refused_leave_the_others_alone() -> None:
    tiktok = TikTokServer()
    for number in range(3):
        tiktok.comment(tiktok.publish(f"Ролик {number}"), "Почему?")
    one = poller(tiktok)
    tiktok.fail(400, route=COMMENTS)

    await read_all(tiktok, one)

    assert len(one.archive.standing) == 5
    assert one.unknown == {"comments refused": 1}


async def test_a_lost_video_takes_its_comments_with_it_and_brings_them_back() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Ролик")
    comment = tiktok.comment(video, "Почему?")
    one = poller(tiktok)
    await read_all(tiktok, one)
    tiktok.delete(video)
    for _ in range(3):
        await read_all(tiktok, one, hours=1)
    gone = dict(one.archive.standing)
    evidence = one.archive.evidence[tiktok.key(comment)]
    tiktok.restore(video)

    await read_all(tiktok, one, hours=1)

    assert (gone, evidence) == ({}, Evidence.ABSENT)
    assert one.archive.standing == tiktok.standing()


async def test_endless_comments_end() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Ролик")
    tiktok.comment(video, "Почему?")
    one = poller(tiktok, calls_per_poll=1)
    await one.poll(tiktok.now)
    for page in range(10):
        data = {"comments": [], "cursor": 100 * (page + 1), "has_more": True}
        tiktok.says.append(httpx.Response(200, json={"data": data}))

    await read_all(tiktok, one)

    assert one.cursor["branches"] == []


async def test_what_is_old_is_forgotten() -> None:
    tiktok = TikTokServer()
    tiktok.comment(tiktok.publish("Ролик"), "Почему?")
    one = poller(tiktok)
    await read_all(tiktok, one)

    await read_all(tiktok, one, days=9)

    assert (one.cursor["videos"], one.cursor["threads"]) == ({}, {})
    assert len(one.archive.standing) == 2


# Quota and pace


async def test_the_quota_of_a_day_is_never_passed_and_comes_back_at_midnight() -> None:
    tiktok = TikTokServer()
    tiktok.server.requests_a_day = 5
    for number in range(900):
        at = tiktok.now - timedelta(minutes=number)
        tiktok.publish(f"Яма {number} #ямы", at=at)
    one = poller(tiktok, TAG, requests_a_day=5)
    await one.poll(tiktok.now)
    error = await refused(tiktok, one)
    made = len(tiktok.calls)
    again = await refused(tiktok, one)

    assert (error.kind, error.code) == (
        ErrorKind.WAIT,
        "tiktok:daily_quota_limit_exceeded",
    )
    assert "5 requests a day" in str(again)
    assert (len(tiktok.calls), tiktok.report()["over_limit"]) == (made, 0)
    assert error.retry_after is not None
    assert f"{tiktok.now + error.retry_after:%H:%M}" == "00:00"


async def test_records_are_counted_as_they_come() -> None:
    tiktok = TikTokServer()
    tiktok.server.records_a_day = 250
    for number in range(900):
        at = tiktok.now - timedelta(minutes=number)
        tiktok.publish(f"Яма {number} #ямы", at=at)
    one = poller(tiktok, TAG, records_a_day=250)
    await one.poll(tiktok.now)

    error = await refused(tiktok, one)

    # A third page might have had a hundred.
    assert ("250 records a day" in str(error), len(one.archive.posts)) == (True, 200)
    assert tiktok.report()["over_limit"] == 0


async def test_tiktoks_own_quota_parks_the_token_until_midnight() -> None:
    tiktok = TikTokServer()
    tokens = AccessTokens()
    one, other = poller(tiktok, TAG, tokens), poller(tiktok, ACCOUNT, tokens)
    tiktok.fail(4290, route=VIDEOS)

    error = await refused(tiktok, one)
    made = len(tiktok.calls)
    parked = await refused(tiktok, other)

    assert (error.kind, parked.kind) == (ErrorKind.WAIT, ErrorKind.WAIT)
    assert error.retry_after is not None
    assert f"{tiktok.now + error.retry_after:%H:%M}" == "00:00"
    assert len(tiktok.calls) == made


async def test_too_many_calls_park_the_method_for_a_minute() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok, TAG)
    tiktok.fail(429, route=VIDEOS)

    error = await refused(tiktok, one)
    parked = await refused(tiktok, one)
    await read_all(tiktok, one, seconds=61)

    assert (error.retry_after, parked.kind) == (timedelta(minutes=1), ErrorKind.WAIT)


async def test_it_asks_not_to_come_sooner_than_the_quota_allows() -> None:
    tiktok = TikTokServer()
    source = TikTokSource(TAG, tiktok.access(every_minutes=30), AccessTokens())

    fetched = await source.fetch({}, now=tiktok.now)

    assert fetched.poll_after == timedelta(minutes=30)


async def test_failure_after_the_first_call_is_a_note() -> None:
    tiktok = TikTokServer()
    for number in range(3):
        tiktok.comment(tiktok.publish(f"Ролик {number}"), "Почему?")
    one = poller(tiktok)
    tiktok.fail(500, route=COMMENTS)

    more = await one.poll(tiktok.now)
    await read_all(tiktok, one)

    assert (more, len(one.notes), len(one.archive.standing)) == (False, 1, 6)


# Access tokens


async def test_one_access_token_is_good_for_two_hours_and_many_polls() -> None:
    tiktok = TikTokServer()
    tokens = AccessTokens()
    for minutes in (0, 30, 60):
        await read_all(tiktok, poller(tiktok, TAG, tokens), minutes=minutes)
    before = len(tiktok.called(TOKEN))

    await read_all(tiktok, poller(tiktok, TAG, tokens), minutes=29)

    assert (before, len(tiktok.called(TOKEN))) == (1, 2)
    assert tiktok.report()["after_fatal"] == 0


async def test_an_access_token_that_was_revoked_is_renewed_at_once() -> None:
    tiktok = TikTokServer()
    tokens = AccessTokens()
    await read_all(tiktok, poller(tiktok, TAG, tokens))
    tiktok.network.tokens.revoke("clt.sandbox-1")

    await read_all(tiktok, poller(tiktok, TAG, tokens))

    assert len(tiktok.called(TOKEN)) == 2
    assert tiktok.report()["after_fatal"] == 0


async def test_a_client_that_is_refused_is_not_used_again() -> None:
    tiktok = TikTokServer()
    wrong = Token("token-client", "client", {**SECRETS, "client_secret": "guess"})
    source = TikTokSource(TAG, tiktok.access(wrong), AccessTokens())
    kinds = []
    for _ in range(3):
        with pytest.raises(SourceError) as caught:
            await source.fetch({}, now=tiktok.now)
        kinds.append((caught.value.kind, len(tiktok.calls)))

    assert kinds == [(ErrorKind.REAUTH, 1)] * 3


async def test_an_access_token_that_is_refused_twice_stops_the_client() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok, TAG)
    tiktok.fail(401, times=9, route=VIDEOS)

    error = await refused(tiktok, one)
    made = len(tiktok.calls)
    await refused(tiktok, one)

    assert (error.kind, error.token) == (ErrorKind.REAUTH, "token-client")
    assert (made, len(tiktok.calls)) == (4, 4)


async def test_a_scope_that_is_missing_disables_the_source() -> None:
    tiktok = TikTokServer()
    tiktok.fail(4010, route=VIDEOS)

    assert (await refused(tiktok, poller(tiktok, TAG))).kind is ErrorKind.DISABLE


async def test_without_a_token_nothing_is_asked() -> None:
    tiktok = TikTokServer()
    access = replace(tiktok.access(), tokens=())

    with pytest.raises(SourceError, match="client token") as caught:
        await TikTokSource(TAG, access, AccessTokens()).fetch({}, now=tiktok.now)

    assert (caught.value.kind, tiktok.calls) == (ErrorKind.DISABLE, [])


@pytest.mark.parametrize("body", [[], {"data": []}, {"error": {"code": "ok"}}])
async def test_an_answer_without_data_is_tried_again(body: object) -> None:
    tiktok = TikTokServer()
    tiktok.says.append(httpx.Response(200, json=body))

    assert (await refused(tiktok, poller(tiktok, TAG))).kind is ErrorKind.RETRY


async def test_an_access_token_that_is_none_is_tried_again() -> None:
    tiktok = TikTokServer()
    tiktok.server.grant = lambda *_: ""  # type: ignore[method-assign]

    assert (await refused(tiktok, poller(tiktok, TAG))).kind is ErrorKind.RETRY


async def test_a_clock_that_differs_is_noted() -> None:
    tiktok = TikTokServer()
    tiktok.skew = timedelta(minutes=10)
    one = poller(tiktok, TAG)

    await one.poll(tiktok.now)

    assert one.notes == ["TikTok's clock and ours differ by 600 s"]


async def test_times_of_the_far_future_are_refused_and_nothing_else() -> None:
    tiktok = TikTokServer()
    tiktok.publish("Рядом #ямы")
    tiktok.publish("Далеко #ямы", create_time=2_240_000_000)
    one = poller(tiktok, TAG, **WIDE)

    await read_all(tiktok, one)

    assert list(one.archive.standing.values()) == ["Рядом #ямы"]
    assert len(one.refused) == 1
