"""Polls that fail: dealt with by their kind, forgotten when all is well."""

from datetime import timedelta

import pytest

from services.ingest import jobs
from services.ingest.jobs import Tools
from services.ingest.sources.base import ErrorKind, SourceError
from shared.uow import Work
from tests.factories import NOW
from tests.services.ingest.asked_feed import fetched, state
from tests.services.ingest.doubles import FakeFeed
from tests.services.ingest.pushing import rows


@pytest.mark.parametrize(
    ("kind", "wait", "expected", "after", "failures"),
    [
        (ErrorKind.RETRY, None, "active", timedelta(minutes=30), 1),
        (ErrorKind.RETRY, timedelta(minutes=5), "active", timedelta(minutes=5), 1),
        (ErrorKind.WAIT, timedelta(hours=2), "active", timedelta(hours=2), 0),
        (ErrorKind.DISABLE, None, "disabled", None, 1),
        (ErrorKind.HUMAN, None, "paused", None, 1),
        (ErrorKind.REAUTH, None, "paused", None, 1),
        (ErrorKind.BUG, None, "paused", None, 1),
    ],
)
async def test_a_failure_is_dealt_with_by_its_kind(  # noqa: PLR0913, PLR0917 -- the table
    source_id: str,
    work: Work,
    feed: FakeFeed,
    tools: Tools,
    kind: ErrorKind,
    wait: timedelta | None,
    expected: str,
    after: timedelta | None,
    failures: int,
) -> None:
    feed.answers = [
        SourceError("the server answered 500", kind, retry_after=wait, code="rss:500")
    ]

    await jobs.poll_source(tools, 1, source_id)

    found = await state(work)
    assert (found["state"], found["failures"]) == (expected, failures)
    assert found["last_error"] == "the server answered 500"
    assert found["next_poll_at"] == (NOW + after if after else None)
    assert await rows(
        work, "SELECT error_kind, error_code, failing_since FROM ingest.source"
    ) == [{"error_kind": kind, "error_code": "rss:500", "failing_since": NOW}]


async def test_failures_are_further_and_further_apart_up_to_a_day(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    feed.answers = [SourceError("no")] * 12
    pauses = []

    for _ in range(12):
        await jobs.poll_source(tools, 1, source_id)
        pauses.append((await state(work))["next_poll_at"] - NOW)

    assert pauses[:3] == [timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)]
    assert pauses[-1] == timedelta(hours=24)


async def test_a_good_poll_forgets_the_failures_before_it(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    feed.answers = [SourceError("no"), SourceError("no"), fetched("Яма")]

    for _ in range(3):
        await jobs.poll_source(tools, 1, source_id)

    told = await rows(
        work,
        "SELECT failures, last_error, error_kind, failing_since FROM ingest.source",
    )
    assert told == [
        {"failures": 0, "last_error": None, "error_kind": None, "failing_since": None}
    ]


async def test_an_item_that_can_not_be_had_is_counted_and_nothing_else(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    gone = SourceError("gone", ErrorKind.SKIP_ITEM, code="vk:104")
    feed.answers = [gone, gone]

    for _ in range(2):
        await jobs.poll_source(tools, 1, source_id)

    told = await rows(work, "SELECT failures, unknown, state FROM ingest.source")
    assert told == [
        {"failures": 0, "unknown": {"skipped vk:104": 2}, "state": "active"}
    ]


async def test_waiting_for_a_short_turn_is_nothing_to_tell(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    turn = timedelta(seconds=30)
    feed.answers = [SourceError("busy", ErrorKind.WAIT, retry_after=turn)]

    await jobs.poll_source(tools, 1, source_id)

    found = await state(work)
    assert (found["last_error"], found["next_poll_at"]) == (None, NOW + turn)


async def test_a_connector_that_crashes_fails_like_any_other(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    feed.answers = []

    await jobs.poll_source(tools, 1, source_id)

    told = await rows(work, "SELECT state, error_kind, error_code FROM ingest.source")
    assert told == [
        {"state": "active", "error_kind": "retry", "error_code": "otklik:parser"}
    ]
