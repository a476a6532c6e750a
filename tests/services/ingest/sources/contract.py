"""What every network's source must do, whatever the network: one suite for all.

A network takes part by subclassing `SourceContract` with a fixture `world`, an adapter
of its fake to `World`:

    class TestVkWall(SourceContract):
        @pytest.fixture
        def world(self) -> World:
            return VkWorld()

What a network can not do (edits, comments) is left out of `World.can`, and the tests of
it say so when they are skipped. Texts, keys and times come from the adapter; the rules
by which posts are kept are those of the real archive (`archive.py`).
"""

from abc import ABC, abstractmethod
from datetime import datetime
from enum import StrEnum

import pytest

from services.ingest.domain.versions import Effect
from services.ingest.sources.base import (
    ErrorKind,
    Evidence,
    FetchedPost,
    Source,
    SourceError,
)
from tests.services.ingest.sources.archive import Poller

MOST_POLLS = 2_000


class Can(StrEnum):
    """Things that not every network does, or shows."""

    COMMENT = "comments"
    EDIT = "edits"
    DATE = "dates of edits"
    EVENT = "deletions it tells as events"
    FLAG = "deletions it shows"
    ABSENT = "deletions it only lets disappear"
    RESTORE = "restoring"
    TOKEN = "tokens"
    SHIFT = "pages that shift while they are read"


class World(ABC):
    """A network in which a test can act, and look at what stands.

    Keys are the external ids of posts. Times are virtual: `forward` moves them, and so
    may the budget of the source when it waits for its turn.
    """

    can: frozenset[Can] = frozenset(Can)
    people: tuple[str, ...] = ()
    """Traces of authors (ids, names); they may be nowhere in what comes."""

    @property
    @abstractmethod
    def now(self) -> datetime: ...

    @abstractmethod
    def forward(self, **by: float) -> None: ...

    @abstractmethod
    def source(self) -> Source:
        """Open the source anew, as another worker would."""

    @abstractmethod
    def standing(self) -> dict[str, str]:
        """Give the texts by their keys, as a perfect archive would hold them."""

    @abstractmethod
    def publish(self, text: str) -> str: ...

    @abstractmethod
    def publish_many(self, count: int) -> None:
        """Publish posts, and comments if there are any, `count` in all."""

    @abstractmethod
    def publish_strange(self) -> str:
        """Publish something of an unknown shape; name what must be counted."""

    def comment(self, post: str, text: str) -> str:
        raise NotImplementedError

    def edit(self, key: str, text: str) -> None:
        raise NotImplementedError

    def delete(self, key: str, evidence: Evidence) -> None:
        raise NotImplementedError

    def restore(self, key: str) -> None:
        raise NotImplementedError

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        """Publish, or delete the newest, between the next two calls of the source."""
        raise NotImplementedError

    def refuse_tokens(self) -> None:
        """Refuse every token from now on, for good."""
        raise NotImplementedError

    @abstractmethod
    def calls(self) -> int:
        """Count the calls so far."""

    @abstractmethod
    def calls_too_many(self) -> int:
        """Count the calls above the network's limits so far."""


class SourceContract:
    """The suite; see the module. `soak` is how many posts the long reading has."""

    soak: int = 10_000

    async def test_what_stands_is_brought(self, world: World) -> None:
        world.publish_many(12)

        poller = await settled(world)

        assert poller.archive.standing == world.standing()

    async def test_reading_twice_brings_the_same_posts(self, world: World) -> None:
        world.publish_many(12)
        once, twice = await settled(world), await settled(world)

        await settle(world, twice)
        await read(world, once)
        await read(world, twice)

        assert twice.archive.standing == once.archive.standing
        assert sorted(twice.archive.effects) == sorted(once.archive.effects)

    async def test_a_quiet_network_changes_nothing(self, world: World) -> None:
        world.publish_many(6)
        poller = await settled(world)
        before = list(poller.archive.effects)
        known = set(poller.archive.posts)

        await settle(world, poller)

        after = [each for each in poller.archive.effects if each[0] in known]
        assert after == before

    async def test_a_new_post_is_brought_by_the_next_poll(self, world: World) -> None:
        world.publish_many(6)
        poller = await settled(world)
        key = world.publish("Автобус снова не пришёл")

        await poller.poll(world.now)

        assert poller.archive.standing[key] == "Автобус снова не пришёл"

    @pytest.mark.no_cover
    async def test_pages_may_shift_while_they_are_read(self, world: World) -> None:
        needs(world, Can.SHIFT)
        world.publish_many(330)
        poller = Poller(world.source())
        world.while_reading(publish=7)
        await settle(world, poller)

        world.while_reading(delete=25)
        await settle(world, poller)

        missing = world.standing().items() - poller.archive.standing.items()
        assert missing == set()

    @pytest.mark.no_cover
    async def test_deletions_during_the_first_reading_skip_nothing(
        self, world: World
    ) -> None:
        needs(world, Can.SHIFT)
        world.publish_many(330)
        poller = Poller(world.source())
        world.while_reading(publish=0)
        world.while_reading(delete=60)

        await settle(world, poller)

        missing = world.standing().items() - poller.archive.standing.items()
        assert missing == set()

    async def test_an_edit_is_a_revision_of_the_same_post(self, world: World) -> None:
        needs(world, Can.EDIT)
        key = world.publish("Нет света")
        poller = await settled(world)
        world.forward(minutes=1)
        world.edit(key, "Нет света на Лесной")

        await settle(world, poller)

        assert poller.archive.standing[key] == "Нет света на Лесной"
        assert poller.archive.effects_on(key) == [Effect.NEW, Effect.REVISION]

    async def test_an_edit_of_a_comment_is_noticed(self, world: World) -> None:
        needs(world, Can.EDIT, Can.COMMENT)
        key = world.comment(world.publish("Пишите здесь"), "Яма")
        poller = await settled(world)
        world.forward(minutes=1)
        world.edit(key, "Яма на Садовой")

        await settle(world, poller)

        assert poller.archive.standing[key] == "Яма на Садовой"

    async def test_an_older_version_changes_nothing(self, world: World) -> None:
        needs(world, Can.EDIT, Can.DATE)
        key = world.publish("Первая")
        late = Poller(world.source())
        await settle(world, late)
        world.forward(minutes=1)
        world.edit(key, "Вторая")
        poller = await settled(world)

        for each in late.archive.posts.values():
            poller.archive.take([FetchedPost(each)], world.now)

        assert poller.archive.standing[key] == "Вторая"

    @pytest.mark.parametrize("evidence", Evidence)
    async def test_a_deletion_is_noticed(
        self, world: World, evidence: Evidence
    ) -> None:
        needs(world, Can(_MEANS[evidence]))
        world.publish_many(6)
        key = world.publish("Снесите это")
        poller = await settled(world)
        world.delete(key, evidence)

        await settle(world, poller)

        assert key not in poller.archive.standing
        assert poller.archive.evidence[key] is evidence
        assert poller.archive.standing == world.standing()

    @pytest.mark.parametrize("evidence", [Evidence.FLAG, Evidence.ABSENT])
    async def test_a_deleted_comment_is_noticed(
        self, world: World, evidence: Evidence
    ) -> None:
        needs(world, Can.COMMENT, Can(_MEANS[evidence]))
        post = world.publish("Пишите здесь")
        key = world.comment(post, "Снесите это")
        stays = world.comment(post, "А это оставьте")
        poller = await settled(world)
        world.delete(key, evidence)

        await settle(world, poller)

        assert (key in poller.archive.standing, stays in poller.archive.standing) == (
            False,
            True,
        )

    async def test_one_absence_is_no_deletion(self, world: World) -> None:
        needs(world, Can.ABSENT)
        world.publish_many(6)
        key = world.publish("Пропало на минуту")
        poller = await settled(world)
        world.delete(key, Evidence.ABSENT)
        world.forward(minutes=1)

        await poller.poll(world.now)

        assert key in poller.archive.standing

    @pytest.mark.parametrize("evidence", [Evidence.FLAG, Evidence.ABSENT])
    async def test_what_was_deleted_comes_back_only_when_restored(
        self, world: World, evidence: Evidence
    ) -> None:
        needs(world, Can.RESTORE, Can(_MEANS[evidence]))
        world.publish_many(6)
        key = world.publish("Было и есть")
        first = await settled(world)
        poller = await settled(world)
        world.delete(key, evidence)
        await settle(world, poller)

        poller.archive.take([FetchedPost(first.archive.posts[key])], world.now)
        late = key in poller.archive.standing
        world.restore(key)
        await settle(world, poller)

        # What was only presumed to be gone is taken back at the first sign of life.
        assert late is (evidence is Evidence.ABSENT)
        assert key in poller.archive.standing

    async def test_an_edit_after_a_restoring_is_noticed(self, world: World) -> None:
        needs(world, Can.RESTORE, Can.EDIT, Can.ABSENT)
        world.publish_many(6)
        key = world.publish("Было")
        poller = await settled(world)
        world.delete(key, Evidence.ABSENT)
        await settle(world, poller)
        world.restore(key)
        await settle(world, poller)
        world.forward(minutes=5)
        world.edit(key, "Стало")

        await settle(world, poller)

        assert poller.archive.standing[key] == "Стало"

    async def test_being_killed_before_the_cursor_is_saved_loses_nothing(
        self, world: World
    ) -> None:
        world.publish_many(150)
        poller = Poller(world.source())
        for turn in range(MOST_POLLS):
            is_killed = turn % 2 == 0
            more = await poller.poll(world.now, saves=not is_killed)
            if not more and not is_killed:
                break

        assert poller.archive.standing == world.standing()
        assert len(poller.archive.effects) == len(poller.archive.posts)

    @pytest.mark.no_cover  # the same lines ten thousand times
    async def test_thousands_of_posts_are_read_to_the_last(self, world: World) -> None:
        world.publish_many(self.soak)
        poller = Poller(world.source())

        await settle(world, poller, rounds=2)

        assert len(poller.archive.posts) == len(world.standing())
        assert poller.archive.standing == world.standing()
        assert world.calls_too_many() == 0

    @pytest.mark.no_cover
    async def test_no_call_is_above_the_limit(self, world: World) -> None:
        world.publish_many(100)
        poller = Poller(world.source())

        end = world.now.timestamp() + 600
        while world.now.timestamp() < end:
            await poller.poll(world.now)
            world.publish("Ещё одна жалоба")
            world.forward(seconds=5)

        assert world.calls_too_many() == 0

    async def test_a_refused_token_is_not_used_again(self, world: World) -> None:
        needs(world, Can.TOKEN)
        source = world.source()
        world.refuse_tokens()
        kinds = []
        for _ in range(3):
            with pytest.raises(SourceError) as caught:
                await source.fetch({}, now=world.now)
            kinds.append(caught.value.kind)
            world.forward(minutes=30)

        assert (kinds, world.calls()) == ([ErrorKind.REAUTH] * 3, 1)

    async def test_unknown_shapes_are_counted_and_lose_nothing(
        self, world: World
    ) -> None:
        world.publish_many(6)
        strange = world.publish_strange()

        poller = await settled(world)

        assert poller.unknown.get(strange, 0) > 0
        assert world.standing().items() <= poller.archive.standing.items()

    async def test_no_author_is_in_what_comes(self, world: World) -> None:
        world.publish_many(12)
        poller = Poller(world.source())
        fetched = await poller.source.fetch({}, now=world.now)

        await settle(world, poller)

        told = repr((fetched, poller.cursor, poller.archive.raws, poller.source))
        assert world.people
        assert [person for person in world.people if person in told] == []


_MEANS = {
    Evidence.EVENT: Can.EVENT,
    Evidence.FLAG: Can.FLAG,
    Evidence.ABSENT: Can.ABSENT,
}


def needs(world: World, *abilities: Can) -> None:
    """Skip a test of what this network does not do."""
    for ability in abilities:
        if ability not in world.can:
            pytest.skip(f"this network does not have {ability}")


async def settled(world: World) -> Poller:
    """Read a network for the first time, to the end."""
    poller = Poller(world.source())
    await settle(world, poller)
    return poller


async def settle(world: World, poller: Poller, *, rounds: int = 5) -> None:
    """Read everything there is, some rounds of it, with an hour in between."""
    for _ in range(rounds):
        await read(world, poller)
        world.forward(hours=1)


async def read(world: World, poller: Poller) -> None:
    """Poll until there is no more."""
    for _ in range(MOST_POLLS):
        if not await poller.poll(world.now):
            return
    raise AssertionError(f"there was still more after {MOST_POLLS} polls")
