"""Plays the seeded world onto the stages, up to the virtual now."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from infra.sandbox.stage.journal import Journal
from infra.sandbox.stage.model import AuthorKind, Counters, StagePage, Writer
from infra.sandbox.stage.stage import Stage
from infra.sandbox.world import Kind, Page, Post, Region, World
from infra.sandbox.world.dice import chance, throw

NETWORKS: Final = (
    "vk",
    "ok",
    "telegram",
    "livejournal",
    "tiktok",
    "x",
    "facebook",
    "instagram",
    "max",
)
"""Networks that have a stage; the region has pages of others, too."""

_MEMORY: Final = timedelta(days=1)
_KEPT: Final = timedelta(days=7)
_TIDY_EVERY: Final = timedelta(hours=1)
_LONGEST_JUMP: Final = timedelta(hours=2)
_PAGES_FROM: Final = 900_000_001
_PEOPLE_FROM: Final = 700_000_000
_NESTED: Final = 35


class Feeder:
    """Brings the stages of one world up to date; call `catch_up` before reading.

    A world that started long ago is played from a day ago, and a jump forward longer
    than two hours plays its last two hours only: writing posts takes time.
    """

    def __init__(self, world: World, journal: Journal | None = None) -> None:
        self._world = world
        self._until: datetime | None = None
        self._tidy_at = world.start + _KEPT
        journal = journal or Journal()
        self._placed: dict[str, tuple[str, int]] = {}
        self._last_comment: dict[tuple[str, int], int] = {}
        region = world.region
        self.stages: Mapping[str, Stage] = {
            network: Stage(
                network,
                stage_pages(region, network),
                epoch=world.since,
                record=journal.recorder(network, "stage"),
            )
            for network in NETWORKS
        }
        self._network_of = {page.code: page.network for page in region.pages}

    def catch_up(self, now: datetime) -> int:
        """Publish and edit what residents wrote until now; return how many lines."""
        now = now.replace(microsecond=0)
        since = self._since(now)
        if now <= since:
            return 0
        self._until = now
        if now >= self._tidy_at:
            self._tidy_at = now + _TIDY_EVERY
            for stage in self.stages.values():
                stage.forget(now - _KEPT)
        due = self._world.arrivals(since, now)
        return sum(self._play(post) for post in due if self._has_stage(post))

    def _since(self, now: datetime) -> datetime:
        """Say from when on to play: from where we stopped, but not from long ago."""
        if self._until is None:
            is_young = now - self._world.start <= _MEMORY
            return self._world.since if is_young else now - _MEMORY
        return max(self._until, now - _LONGEST_JUMP)

    def _has_stage(self, post: Post) -> bool:
        return self._network_of[post.page] in self.stages

    def _play(self, post: Post) -> bool:
        """Put one arrival on its stage; False where its parent or first is gone."""
        stage = self.stages[self._network_of[post.page]]
        stage.is_playing = True
        try:
            return self._put(stage, post)
        finally:
            stage.is_playing = False

    def _put(self, stage: Stage, post: Post) -> bool:
        if post.edited_at is not None:
            return self._edit(stage, post)
        parent = None if post.parent_id is None else self._parent(stage, post)
        if post.kind is Kind.COMMENT and parent is None:
            return False
        item = stage.publish(
            post.page,
            post.text,
            at=post.published_at,
            writer=writer(post),
            parent=parent,
            counters=_counters(post),
        )
        self._placed[post.id] = (post.page, item.id)
        if item.root is not None:
            self._last_comment[post.page, item.root] = item.id
        return True

    def _edit(self, stage: Stage, post: Post) -> bool:
        page, number = self._placed.get(post.id, ("", 0))
        item = stage.find(page, number)
        if item is None or item.is_deleted:
            return False
        stage.edit(page, number, post.text, at=post.arrived_at)
        return True

    def _parent(self, stage: Stage, post: Post) -> int | None:
        """Find what is answered: the post, at times the last comment under it."""
        page, root = self._placed.get(post.parent_id or "", ("", 0))
        above = stage.find(page, root)
        if above is None or above.is_deleted or above.comments_closed:
            return None
        last = self._last_comment.get((page, root))
        if last is None or not chance(throw(post.id, "nested"), _NESTED):
            return root
        return root if stage.item(page, last).is_deleted else last


def stage_pages(region: Region, network: str) -> Iterator[StagePage]:
    """Number the pages of a network in the order of the region's file."""
    pages = [page for page in region.pages if page.network == network]
    for offset, page in enumerate(pages):
        yield _stage_page(page, _PAGES_FROM + offset)


def writer(post: Post) -> Writer:
    """Give a resident the made-up number of a user of the network."""
    number = int(post.author.id.lstrip("u"))
    return Writer(AuthorKind.USER, _PEOPLE_FROM + number, post.author.name)


def _stage_page(page: Page, number: int) -> StagePage:
    return StagePage(
        code=page.code,
        number=number,
        screen_name=page.code.replace("-", "_"),
        name=page.name,
        official=page.official,
        municipality=page.municipality,
        members=throw(page.code, "members").randint(900, 60_000),
    )


def _counters(post: Post) -> Counters:
    dice = throw(post.id, "counters")
    if post.kind is Kind.COMMENT:
        return Counters(likes=post.likes, reposts=None, comments=None, views=None)
    views = None if chance(dice, 10) else post.likes * 40 + dice.randint(10, 900)
    return Counters(likes=post.likes, reposts=dice.choice((0, 0, 0, 1, 2)), views=views)
