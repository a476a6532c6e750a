"""Polling feeds: posts and cursor together, one transaction for what ends together."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.ingest import jobs
from services.ingest.domain.pace import next_turn
from services.ingest.domain.posts import Network
from services.ingest.jobs import Tools
from services.ingest.sources.base import Fetched, FetchedPost
from services.ingest.sources.remarks import Remark
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.asked_feed import FEED, fetched, state
from tests.services.ingest.doubles import Clock, FakeFeed, Quiet
from tests.services.ingest.incoming import incoming
from tests.services.ingest.pushing import rows, values

OTHER = {"kind": "feed", "name": "Другие", "url": "http://127.0.0.1:8088/atom"}


async def test_a_new_feed_is_asked_at_once(
    source_id: str, work: Work, feed: FakeFeed, quiet: Quiet
) -> None:
    feed.answers = [fetched("Яма", "Мёд")]

    await quiet()

    assert feed.asked == [("http://127.0.0.1:8088/rss", {})]
    assert sorted(await values(work, "SELECT text FROM ingest.post")) == ["Мёд", "Яма"]
    turn = next_turn(UUID(source_id), timedelta(minutes=15), now=NOW)
    assert await state(work) == {
        "state": "active",
        "cursor": {"etag": "1"},
        "next_poll_at": turn,
        "last_ok_at": NOW,
        "last_error": None,
        "failures": 0,
    }


async def test_what_a_page_writes_itself_is_kept_but_is_no_complaint(
    source_id: str, work: Work, feed: FakeFeed, quiet: Quiet
) -> None:
    ours, theirs = fetched("Яма", "Яму засыпали").posts
    feed.answers = [Fetched((ours, replace(theirs, from_page=True)), {"etag": "1"})]

    await quiet()

    matched = await values(
        work, "SELECT text FROM ingest.post WHERE batch_id IS NOT NULL"
    )
    kept = await values(work, "SELECT text FROM ingest.post ORDER BY text")
    assert (matched, kept) == (["Яма"], ["Яма", "Яму засыпали"])


@pytest.mark.parametrize(
    ("of_source", "of_feed", "kept"),
    [("vk", "rss", "vk"), ("rss", "livejournal", "livejournal")],
)
async def test_a_person_may_know_better_which_network_a_feed_mirrors(  # noqa: PLR0913, PLR0917 -- the table
    client: httpx.AsyncClient,
    work: Work,
    feed: FakeFeed,
    quiet: Quiet,
    of_source: str,
    of_feed: str,
    kept: str,
) -> None:
    await client.post("/ingest/sources", json=FEED | {"network": of_source})
    post = incoming(network=Network(of_feed), source="Новости")
    feed.answers = [Fetched((FetchedPost(post),), {})]

    await quiet()

    assert await values(work, "SELECT network FROM ingest.post") == [kept]


async def test_the_next_poll_begins_where_the_last_one_ended(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    feed.answers = [fetched("Яма"), fetched("Яма", "Мёд", cursor="2")]

    await jobs.poll_source(tools, 1, source_id)
    await jobs.poll_source(tools, 1, source_id)

    assert [cursor for _, cursor in feed.asked] == [{}, {"etag": "1"}]
    assert await values(work, "SELECT count(*) FROM ingest.post") == [2]
    assert (await state(work))["cursor"] == {"etag": "2"}


async def test_feeds_are_asked_when_their_time_has_come(
    source_id: str, feed: FakeFeed, tools: Tools, queue: FakeQueue, clock: Clock
) -> None:
    feed.answers = [fetched("Яма")]
    await jobs.poll_source(tools, 1, source_id)
    queue.rings.clear()

    await jobs.ring_due(tools)
    early = queue.take("ingest", "poll_sources")
    clock.forward(minutes=26, seconds=15)
    await jobs.ring_due(tools)
    due = queue.take("ingest", "poll_sources")
    await jobs.ring_due(tools)
    leased = queue.take("ingest", "poll_sources")

    assert (early, due, leased) == ([], [(1, [source_id])], [])


async def test_a_feed_may_ask_to_be_left_alone_for_longer(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    feed.answers = [fetched("Яма", poll_after=timedelta(hours=3))]

    await jobs.poll_source(tools, 1, source_id)

    assert (await state(work))["next_poll_at"] == NOW + timedelta(hours=3)


async def test_what_was_refused_is_told(
    source_id: str,
    client: httpx.AsyncClient,
    work: Work,
    feed: FakeFeed,
    tools: Tools,
) -> None:
    feed.answers = [
        fetched("Яма", refused=("entry 2: no text",), notes=(Remark("vk:cut-off"),))
    ]

    await jobs.poll_source(tools, 1, source_id)

    assert (await state(work))["last_error"] == (
        "more was found in one second than VK shows; "
        "1 entries refused: entry 2: no text"
    )
    shown = (await client.get(f"/ingest/sources/{source_id}")).json()
    assert shown["remarks"] == [
        {
            "code": "vk:cut-off",
            "figures": {},
            "text": "more was found in one second than VK shows",
        },
        {
            "code": "refused-entries",
            "figures": {"entries": 1, "first": "entry 2: no text"},
            "text": "1 entries refused: entry 2: no text",
        },
    ]


async def test_a_note_has_its_code_until_a_poll_has_none(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools, clock: Clock
) -> None:
    note = Remark("vk:stream", {"error": "not heard", "code": "vk:stream"})
    feed.answers = [
        fetched("Яма", notes=(note,), code="vk:stream"),
        fetched("Мёд"),
    ]
    told = "SELECT last_error, error_kind, error_code, failures FROM ingest.source"

    await jobs.poll_source(tools, 1, source_id)
    noted = await rows(work, told)
    await jobs.poll_source(tools, 1, source_id)
    fine = await rows(work, told)

    unnoted = {"last_error": None, "error_kind": None, "error_code": None}
    assert [dict(each) for each in noted] == [
        {**unnoted, "last_error": "not heard", "error_code": "vk:stream", "failures": 0}
    ]
    assert [dict(each) for each in fine] == [{**unnoted, "failures": 0}]


async def test_what_is_for_a_place_nobody_watches_is_dropped(
    source_id: str, client: httpx.AsyncClient, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    other = {**FEED, "name": "Другое", "url": "http://127.0.0.1:8088/other"}
    other_id = (await client.post("/ingest/sources", json=other)).json()["id"]
    naming = "UPDATE ingest.source SET native = 'люк' WHERE id = :id RETURNING 1"
    await rows(work, naming, id=other_id)
    heard = fetched("Своё", "Ничьё", "Чужое", "Как у бота")
    own, nobodys, others, loose = heard.posts
    posts = (
        own,
        replace(nobodys, place="мёд", only_there=True),
        replace(others, place="люк", only_there=True),
        replace(loose, place="мёд"),
    )
    feed.answers = [replace(heard, posts=posts)]

    await jobs.poll_source(tools, 1, source_id)

    homes = await rows(work, "SELECT text, source_id FROM ingest.post")
    assert {each["text"]: str(each["source_id"]) for each in homes} == {
        "Своё": source_id,
        "Чужое": other_id,
        "Как у бота": source_id,
    }


async def test_two_polls_at_once_take_the_posts_in_once(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    feed.answers = [fetched("Яма", cursor="a"), fetched("Яма", cursor="b")]

    await asyncio.gather(*(jobs.poll_source(tools, 1, source_id) for _ in range(2)))

    assert await values(work, "SELECT count(*) FROM ingest.post") == [1]
    assert await values(work, "SELECT count(*) FROM ingest.batch") == [1]


async def test_polls_that_end_together_are_stored_together(
    source_id: str, client: httpx.AsyncClient, tools: Tools, work: Work, feed: FakeFeed
) -> None:
    other = await client.post("/ingest/sources", json=OTHER)
    feed.answers = [fetched("Яма", "Мёд"), fetched("Лес", "Снег", "Лёд")]

    went_wrong = await tools.polling.poll(
        1, [UUID(source_id), UUID(other.json()["id"])]
    )

    assert went_wrong == []
    assert await values(work, "SELECT count(*) FROM ingest.post") == [5]
    assert await values(work, "SELECT count(DISTINCT xmin::text) FROM ingest.post") == [
        1
    ]
    assert await values(work, "SELECT cursor FROM ingest.source") == [{"etag": "1"}] * 2


async def test_what_can_not_be_stored_stops_no_other_poll(
    source_id: str, client: httpx.AsyncClient, tools: Tools, work: Work, feed: FakeFeed
) -> None:
    other = await client.post("/ingest/sources", json=OTHER)
    feed.answers = [fetched("Яма", cursor="\x00"), fetched("Лес")]

    went_wrong = await tools.polling.poll(
        1, [UUID(source_id), UUID(other.json()["id"])]
    )

    assert [type(each) for each in went_wrong] == [DBAPIError]
    assert await values(work, "SELECT text FROM ingest.post") == ["Лес"]


async def test_a_feed_paused_while_it_was_asked_changes_nothing(
    source_id: str, work: Work, feed: FakeFeed, tools: Tools
) -> None:
    feed.answers = [fetched("Яма")]

    async def pause() -> None:
        async with work.unit(1) as uow:
            await uow.session.execute(text("UPDATE ingest.source SET state = 'paused'"))

    feed.meanwhile = pause
    await jobs.poll_source(tools, 1, source_id)
    await jobs.poll_source(tools, 1, source_id)

    assert len(feed.asked) == 1
    assert await values(work, "SELECT count(*) FROM ingest.post") == [0]
    assert (await state(work))["cursor"] == {}


async def test_a_feed_of_another_region_is_not_asked(
    source_id: str, feed: FakeFeed, tools: Tools
) -> None:
    await jobs.poll_source(tools, 2, source_id)

    assert feed.asked == []
