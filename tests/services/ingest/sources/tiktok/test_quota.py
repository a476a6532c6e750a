"""What TikTok allows in a day and a minute is never passed."""

from datetime import timedelta

from infra.sandbox.networks.tiktok.api import VIDEOS
from services.ingest.sources.base import ErrorKind
from services.ingest.sources.tiktok.watch import TikTokSource
from shared.networks.tiktok import AccessTokens
from tests.services.ingest.sources.polls import read_all, refused
from tests.services.ingest.sources.tiktok.polls import poller
from tests.services.ingest.sources.tiktok.world import ACCOUNT, TAG, TikTokServer

# Quota and pace


async def test_the_quota_of_a_day_is_never_passed_and_comes_back_at_midnight() -> None:
    tiktok = TikTokServer()
    tiktok.server.requests_a_day = 5
    tiktok.publish_back(900)
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
    tiktok.publish_back(900)
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
