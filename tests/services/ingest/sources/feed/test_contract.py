"""Feeds and journals keep the contract of all sources, as far as they can.

A feed shows its newest entries and nothing else: what is not in it proves nothing, and
there is nothing to be refused. Its past is what it happens to show.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import TypeAlias
from xml.sax.saxutils import escape

import httpx
import pytest

from services.ingest.domain.posts import Network
from services.ingest.domain.versions import Effect
from services.ingest.sources.base import (
    PERSON,
    Cursor,
    ErrorKind,
    Evidence,
    FetchedPost,
    Source,
    SourceError,
)
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.feed_connector import FeedConnector, JournalConnector
from shared.networks.budget import LocalBudget
from tests.factories import NOW
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.contract import (
    Can,
    SourceContract,
    World,
    read,
    settled,
)

Entry: TypeAlias = tuple[int, datetime, datetime | None, str]
"""Number, time, time of the last edit, text."""

AUTHOR = "Тестов Пётр"
LINK = "https://test-blog.livejournal.com/{}.html"
JOURNAL = Place(Network.LIVEJOURNAL, "journal", "test_blog", "https://test.invalid/")
FEED = Place(Network.RSS, "feed", "", "https://news.invalid/rss", "Новости")


class FeedWorld(World):
    """A site that answers conditional requests; `newest` entries are shown."""

    can = frozenset({Can.EDIT})
    people = (AUTHOR,)
    newest = 1_000

    def __init__(self) -> None:
        self.time = NOW.replace(microsecond=0)
        self.entries: list[Entry] = []
        self.asked: list[tuple[str, int]] = []
        self.broken: set[str] = set()
        self.replies: dict[int, int] = {}
        self.is_strange = False

    @property
    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)

    def source(self) -> Source:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        access = Access(
            http=http,
            budget=LocalBudget(lambda: self.time),
            clock=lambda: self.time,
            options={"zone": "Europe/Moscow"},
        )
        return self.open(access)

    def open(self, access: Access) -> Source:
        return FeedConnector().open(FEED, access)

    def key(self, number: int) -> str:
        return f"news-{number}"

    def standing(self) -> dict[str, str]:
        return {self.key(number): text for number, _, _, text in self.entries}

    def publish(self, text: str) -> str:
        self.forward(seconds=1)
        number = len(self.entries) + 1
        self.entries.append((number, self.time, None, text))
        return self.key(number)

    def publish_many(self, count: int) -> None:
        for number in range(count):
            self.publish(f"Яма номер {number}")

    def publish_strange(self) -> str:
        """Publish an entry without words; it is refused, by its place."""
        self.is_strange = True
        return "strange"

    def edit(self, key: str, text: str) -> None:
        place = next(
            place for place, one in enumerate(self.entries) if self.key(one[0]) == key
        )
        number, at, _, _ = self.entries[place]
        self.entries[place] = (number, at, self.time, text)

    def calls(self) -> int:
        return len(self.asked)

    def calls_too_many(self) -> int:
        return 0

    def _answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if name in self.broken:
            return httpx.Response(502)
        body = self.document(name, self.entries[-self.newest :][::-1]).encode()
        etag = f'"{sha256(body).hexdigest()[:12]}"'
        is_known = request.headers.get("If-None-Match") == etag
        self.asked.append((name, 304 if is_known else 200))
        if is_known:
            return httpx.Response(304, headers={"ETag": etag})
        stream = httpx.ByteStream(body)
        return httpx.Response(200, stream=stream, headers={"ETag": etag})

    def document(self, name: str, shown: list[Entry]) -> str:  # noqa: ARG002 -- there is one
        """Write RSS; a feed of news dates no edit: what comes last counts."""
        items = "".join(
            f"<item><guid>news-{number}</guid><author>{AUTHOR}</author>"
            f"<pubDate>{format_datetime(at)}</pubDate>"
            f"<description>{escape(text)}</description></item>"
            for number, at, _, text in shown
        )
        return rss(items + "<item><guid>strange</guid></item>" * self.is_strange)


class JournalWorld(FeedWorld):
    """A journal's Atom, which tells when an entry was edited."""

    can = frozenset({Can.EDIT, Can.DATE})
    newest = 500

    def __init__(self, journal: str = "community") -> None:
        super().__init__()
        self.journal = journal

    def open(self, access: Access) -> Source:
        return JournalConnector().open(JOURNAL, access)

    def key(self, number: int) -> str:
        return f"test_blog:{number}"

    def document(self, name: str, shown: list[Entry]) -> str:
        if name == "rss":
            counted = "".join(self._counted(number) for number, *_ in shown)
            return rss(counted, self.journal)
        entries = "".join(
            f"<entry><id>urn:lj:livejournal.com:atom1:test_blog:{number}</id>"
            f"<link rel='alternate' href='{LINK.format(number)}'/>"
            f"<published>{at.isoformat()}</published>"
            f"<updated>{(edited or at).isoformat()}</updated>"
            f"<author><name>{AUTHOR}</name></author>"
            f"<content type='text'>{escape(text)}</content></entry>"
            for number, at, edited, text in shown
        )
        strange = "<entry><id>strange</id></entry>" * self.is_strange
        return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}{strange}</feed>"

    def _counted(self, number: int) -> str:
        """Write an entry of a journal that shows titles alone, but counts replies."""
        count = self.replies.get(number, 0)
        return (
            f"<item><guid>{LINK.format(number)}</guid><title>Запись</title>"
            f"<link>{LINK.format(number)}</link><lj:poster>{AUTHOR}</lj:poster>"
            f"<lj:reply-count>{count}</lj:reply-count></item>"
        )


def rss(items: str, journal: str = "community") -> str:
    """Write a channel; LiveJournal's words stand in a space of their own."""
    space = "xmlns:lj='http://www.livejournal.org/rss/lj/1.0/'"
    head = f"<rss version='2.0' {space}><channel><title>Новости</title>"
    return f"{head}<lj:journaltype>{journal}</lj:journaltype>{items}</channel></rss>"


class FeedContract(SourceContract):
    """What differs: a flood is read as it comes, and nobody counts calls but we."""

    @pytest.mark.no_cover  # the same lines ten thousand times
    async def test_thousands_of_posts_are_read_to_the_last(self, world: World) -> None:
        assert isinstance(world, FeedWorld)
        poller = Poller(world.source())

        for _ in range(self.soak // world.newest):
            world.publish_many(world.newest)
            await read(world, poller)

        assert poller.archive.standing == world.standing()
        assert len(poller.archive.effects) == len(world.standing()) == self.soak

    async def test_no_call_is_above_the_limit(self, world: World) -> None:
        """One call a poll and document; unchanged ones are not sent again."""
        assert isinstance(world, FeedWorld)
        world.publish("Яма")
        poller = await settled(world)
        world.publish("Люк")

        await settled_again(world, poller)

        for name in {name for name, _ in world.asked}:
            statuses = [status for asked, status in world.asked if asked == name]
            assert len(statuses) == poller.polls
            assert statuses.count(200) == 2

    async def test_unknown_shapes_are_counted_and_lose_nothing(
        self, world: World
    ) -> None:
        """An entry without words is refused, and told by its place."""
        world.publish_many(6)
        world.publish_strange()

        poller = await settled(world)

        assert poller.refused == ["entry 7: text: must not be empty"]
        assert poller.archive.standing == world.standing()

    async def test_what_leaves_the_feed_is_not_deleted(self, world: World) -> None:
        assert isinstance(world, FeedWorld)
        world.publish_many(40)
        poller = await settled(world)
        world.newest = 25

        await settled_again(world, poller)

        assert poller.archive.standing == world.standing()

    async def test_an_old_document_brings_nothing_deleted_back(
        self, world: World
    ) -> None:
        """A feed deletes nothing; what another source knows to be gone stays so."""
        key = world.publish("Снесите это")
        poller = await settled(world)
        post = poller.archive.posts[key]
        gone = replace(post, text="", deleted=True, edited_at=world.now)
        poller.archive.take([FetchedPost(gone, evidence=Evidence.EVENT)], world.now)

        poller.cursor = {}
        await settled_again(world, poller)

        assert poller.archive.effects_on(key) == [Effect.NEW, Effect.DELETED]


async def settled_again(world: World, poller: Poller) -> None:
    for _ in range(3):
        world.forward(hours=1)
        await read(world, poller)


class TestFeed(FeedContract):
    """Any site's RSS."""

    @pytest.fixture
    def world(self) -> World:
        return FeedWorld()


class TestJournal(FeedContract):
    """A journal of LiveJournal: of the same reader, so that its soak is short."""

    soak = 1_000

    @pytest.fixture
    def world(self) -> World:
        return JournalWorld()

    async def test_replies_are_counted_without_a_revision(self) -> None:
        world = JournalWorld()
        one, other = world.publish("Яма"), world.publish("Люк")
        poller = await settled(world)
        world.replies = {1: 7}

        await settled_again(world, poller)

        counts = [poller.archive.posts[key].metrics for key in (one, other)]
        told = [each.post.metrics for each in await posts(world, {})]
        assert counts == [{"comments": 0}] * 2
        assert told == [{"comments": 0}, {"comments": 7}]
        assert poller.archive.effects == [(other, Effect.NEW), (one, Effect.NEW)]

    async def test_changed_counts_bring_the_entries_again(self) -> None:
        world = JournalWorld()
        world.publish("Яма")
        poller = await settled(world)
        world.replies = {1: 7}

        again = await posts(world, poller.cursor)

        assert [each.post.metrics for each in again] == [{"comments": 7}]

    async def test_what_can_not_be_counted_holds_nothing_up(self) -> None:
        world = JournalWorld()
        world.publish("Люк")
        poller = await settled(world)
        world.broken = {"rss"}
        key = world.publish("Яма")

        await settled_again(world, poller)

        assert poller.archive.posts[key].metrics == {}
        assert poller.notes[0] == "replies can not be counted: the server answered 502"

    @pytest.mark.parametrize("kind", ["personal", "identity"])
    async def test_a_persons_journal_is_not_read(self, kind: str) -> None:
        world = JournalWorld(kind)
        world.publish("Как я провела лето")

        with pytest.raises(SourceError) as refused:
            await world.source().fetch({}, now=world.now)

        assert (refused.value.kind, refused.value.code) == (ErrorKind.DISABLE, PERSON)
        assert [name for name, _ in world.asked] == ["rss"]

    async def test_a_community_that_became_a_persons_journal_is_left(self) -> None:
        world = JournalWorld()
        world.publish("Яма")
        poller = await settled(world)
        world.journal = "personal"

        with pytest.raises(SourceError, match="a person's journal"):
            await world.source().fetch(poller.cursor, now=world.now)

    async def test_nothing_is_read_before_it_is_known_whose_journal_it_is(self) -> None:
        untold, broken = JournalWorld(""), JournalWorld()
        broken.broken = {"rss"}
        codes = []

        for world in (untold, broken):
            world.publish("Яма")
            with pytest.raises(SourceError) as refused:
                await world.source().fetch({}, now=world.now)
            codes.append((refused.value.kind, refused.value.code))

        assert codes[0] == (ErrorKind.RETRY, "livejournal:untold")
        assert codes[1][0] is ErrorKind.RETRY
        assert [name for name, _ in (*untold.asked, *broken.asked)] == ["rss"]

    async def test_a_source_of_before_asks_whose_journal_it_is(self) -> None:
        """RSS would answer that nothing has changed, and tell nothing."""
        world = JournalWorld()
        world.publish("Яма")
        poller = await settled(world)
        rss = {k: v for k, v in poller.cursor["rss"].items() if k != "journal"}
        world.asked.clear()

        fetched = await world.source().fetch(
            {**poller.cursor, "rss": rss}, now=world.now
        )

        assert fetched.cursor == poller.cursor
        assert world.asked == [("rss", 200), ("atom", 304)]

    async def test_cursor_of_before_goes_on(self) -> None:
        """Until there were counts, the cursor was that of the Atom feed."""
        world = JournalWorld()
        world.publish("Яма")
        poller = await settled(world)
        world.asked.clear()

        fetched = await world.source().fetch(poller.cursor["atom"], now=world.now)

        assert fetched.cursor == poller.cursor
        assert [post.post.metrics for post in fetched.posts] == [{"comments": 0}]


async def posts(world: World, cursor: Cursor) -> Sequence[FetchedPost]:
    return (await world.source().fetch(cursor, now=world.now)).posts
