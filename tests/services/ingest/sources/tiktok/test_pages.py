"""Pages of a search on TikTok: short, endless, lost, too deep."""

from datetime import timedelta

import httpx

from infra.sandbox.networks.tiktok.api import VIDEOS
from services.ingest.sources.base import ErrorKind
from tests.services.ingest.sources.polls import read_all, refused
from tests.services.ingest.sources.tiktok.polls import poller
from tests.services.ingest.sources.tiktok.world import (
    TAG,
    TikTokServer,
)


async def test_pages_follow_by_search_id_and_cursor() -> None:
    tiktok = TikTokServer()
    tiktok.publish_back(250)
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
    videos = tiktok.publish_back(450)
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
    tiktok.publish_back(250)
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
    tiktok.publish_back(500, every=timedelta(minutes=15))
    one = poller(tiktok, TAG)
    for _ in range(10):
        await read_all(tiktok, one, minutes=2)

    assert len(one.archive.standing) == 500
    assert one.unknown == {}


async def test_the_rest_of_a_day_that_is_too_deep_is_given_up_and_told() -> None:
    tiktok = TikTokServer()
    tiktok.server.deep = 200
    tiktok.publish_back(300, every=timedelta(seconds=1))
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
