"""The whole world: what was published before the start, and what is from then on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from infra.sandbox.world.lanes import DayLane, Lane, LiveLane, days_before
from infra.sandbox.world.model import Post
from infra.sandbox.world.plans import REACH, Planner, Role
from infra.sandbox.world.region import Page, Region, load_region
from infra.sandbox.world.scribe import Scribe

_ID: Final = re.compile(r"(\d+)-(live|\d{8})-(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Pace:
    """How busy the world is: days before the start, posts a day, live interval."""

    days: int = 2
    per_day: int = 400
    interval: timedelta = timedelta(seconds=5)


class World:
    """Posts of one seed around one start, in the order of their arrival.

    An edited post arrives again. Nothing is remembered: any post can be asked for
    by its id, any stretch of time by its ends.
    """

    def __init__(self, *, seed: int, start: datetime, pace: Pace | None = None) -> None:
        self.seed = seed
        self.start = start.astimezone(UTC)
        self.pace = pace or Pace()
        self.region: Region = load_region()
        self._planner = Planner(seed, self.region)
        self._scribe = Scribe(seed, self._planner)
        self._live = LiveLane(seed, self.start, self.pace.interval)
        self._days = tuple(self._day_lanes())

    @property
    def since(self) -> datetime:
        """A moment before the first post there is."""
        return self.start - timedelta(days=self.pace.days + 1)

    def backfill(self, days: int | None = None) -> Iterator[Post]:
        """Posts of the last whole days before the start and of its day until then."""
        for lane in self._days if days is None else self._day_lanes(days):
            for number in range(lane.first, lane.end):
                yield self._scribe.post(lane, number)

    def stream(self) -> Iterator[Post]:
        """Posts from the start on, without end."""
        number = self._live.first
        while True:
            yield self._scribe.post(self._live, number)
            number += 1

    def arrivals(self, since: datetime, until: datetime) -> Iterator[Post]:
        """Posts, comments and edits with since < arrived <= until, oldest first."""
        for lane in self._lanes():
            for number in lane.numbers(since, until):
                yield self._scribe.post(lane, number)

    def find(self, post_id: str, until: datetime) -> Post | None:
        """Give the post as it stands at that moment."""
        place = self._placed(post_id)
        if place is None:
            return None
        lane, number = place
        if lane.at(number) > until:
            return None
        post = self._scribe.post(lane, number)
        if post.id != post_id:
            return None
        edits = self._followers(lane, number, Role.EDIT, until)
        return edits[-1] if edits else post

    def comments(self, post: Post, until: datetime) -> list[Post]:
        """Comments under a post, oldest first."""
        place = self._placed(post.id)
        if place is None:
            return []
        return self._followers(*place, Role.COMMENT, until)

    def recent(self, page: Page, until: datetime, limit: int) -> list[Post]:
        """Last posts of a page as they stand, newest first, without comments."""
        posts: list[Post] = []
        for lane, number in self._backwards(until):
            plan = self._planner.plan(lane, number)
            if plan.page != page or plan.role in {Role.COMMENT, Role.EDIT}:
                continue
            edits = self._followers(lane, number, Role.EDIT, until)
            posts.append(edits[-1] if edits else self._scribe.post(lane, number))
            if len(posts) == limit:
                break
        return posts

    def _lanes(self) -> tuple[Lane, ...]:
        return (*self._days, self._live)

    def _day_lanes(self, days: int | None = None) -> Iterator[DayLane]:
        zone = self.region.zone
        for day in days_before(self.start, days or self.pace.days, zone):
            yield DayLane(self.seed, day, zone, self.pace.per_day, self.start)

    def _backwards(self, until: datetime) -> Iterator[tuple[Lane, int]]:
        for lane in reversed(self._lanes()):
            for number in reversed(lane.numbers(self.since, until)):
                yield lane, number

    def _followers(
        self, lane: Lane, target: int, role: Role, until: datetime
    ) -> list[Post]:
        last = target + REACH if lane.end is None else min(target + REACH, lane.end - 1)
        return [
            self._scribe.post(lane, number)
            for number in range(target + 1, last + 1)
            if lane.at(number) <= until and self._follows(lane, number, role, target)
        ]

    def _follows(self, lane: Lane, number: int, role: Role, target: int) -> bool:
        plan = self._planner.plan(lane, number)
        return plan.role is role and plan.target == target

    def _placed(self, post_id: str) -> tuple[Lane, int] | None:
        """Lane and number that an id names, if there are such."""
        parts = _ID.fullmatch(post_id)
        if parts is None or int(parts[1]) != self.seed:
            return None
        lane = next((one for one in self._lanes() if one.name == parts[2]), None)
        number = int(parts[3])
        if lane is None or number < lane.first:
            return None
        return (lane, number) if lane.end is None or number < lane.end else None
