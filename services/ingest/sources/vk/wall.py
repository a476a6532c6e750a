"""A community's wall: its posts, their comments, edits and losses."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from services.ingest.sources.base import (
    Cursor,
    ErrorKind,
    Evidence,
    Fetched,
    SourceError,
)
from services.ingest.sources.calls import is_skewed
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.memory import Seen
from services.ingest.sources.vk import pages, threads
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.owner import owner_of
from services.ingest.sources.vk.parse import Item, comment_of, post_of
from services.ingest.sources.vk.state import Branch, Chain, WallState, load, save
from shared.networks.vk import Vk
from shared.networks.vk.errors import concerns_one_post

Step: TypeAlias = Callable[[], Awaitable[None]]

MOST_CALLS: Final = 10
"""Calls in one poll; the rest waits in the cursor, and `more` asks to come again."""

HISTORY: Final = timedelta(days=7)
WATCHED: Final = timedelta(days=7)
_OVERLAP: Final = timedelta(hours=1)
_HEAD_EVERY: Final = timedelta(seconds=20)
_COUNTERS_EVERY: Final = timedelta(hours=1)
_CHECKED_EVERY: Final = timedelta(minutes=30)
_CHECKED_AT_ONCE: Final = 100
_PASSING: Final = frozenset({ErrorKind.RETRY, ErrorKind.WAIT})


class WallSource:
    """One wall. A poll reads the newest posts, then what their changes ask for.

    With `post`, only that post and its comments are read. The operator's options:
    `history_days` (first reading), `calls_per_poll`.
    """

    def __init__(
        self, place: Place, access: Access, *, post: int | None = None
    ) -> None:
        self._place = place
        self._access = access
        self._post = post
        self._vk = Vk(access)

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts and comments that are new, changed or gone; raises `SourceError`.

        When only a part can not be had just now, the rest is brought, with a note.
        """
        state = load(cursor)
        harvest = Harvest(now)
        reading = _Reading(self._vk, state, harvest, now)
        state.owner = state.owner or await owner_of(self._place, self._vk)
        self._begin(state, reading, cursor)
        for _ in range(self._most_calls):
            if not await reading.go_on():
                break
        state.forget(_unix(now - WATCHED))
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            note=reading.note or self._clock_note(),
            more=state.is_busy and reading.note is None,
            unknown=dict(harvest.unknown) or None,
        )

    @property
    def _most_calls(self) -> int:
        return int(self._access.options.get("calls_per_poll", MOST_CALLS))

    def _begin(self, state: WallState, reading: "_Reading", cursor: Cursor) -> None:
        """Decide what this poll looks at first: the news, and what was pushed."""
        history = self._access.options.get("history_days", HISTORY.days)
        since = _unix(reading.now - timedelta(days=float(history)))
        for touched in cursor.get("touched", ()):
            reading.touch(str(touched))
        if self._post is not None:
            reading.check_again([self._post])
        elif reading.time - state.head_at >= _HEAD_EVERY.total_seconds():
            overlap = int(_OVERLAP.total_seconds())
            until = state.high - overlap if state.high else since
            if not any(chain.offset == 0 for chain in state.chains):
                state.chains.insert(0, Chain(until))
            reading.check_again(reading.long_unseen())

    def _clock_note(self) -> str | None:
        skew = self._vk.skew
        if skew is None or not is_skewed(skew):
            return None
        return f"VK's clock and ours differ by {int(abs(skew.total_seconds()))} s"


class _Reading:
    """The steps of one poll; each makes one call and leaves the state consistent."""

    def __init__(
        self, vk: Vk, state: WallState, harvest: Harvest, now: datetime
    ) -> None:
        self._vk = vk
        self._state = state
        self._harvest = harvest
        self.now = now
        self.time = _unix(now)
        self.note: str | None = None
        self._went_well = False
        self._blocked: list[Step] = []

    async def go_on(self) -> bool:
        """Make the most urgent call; False when there is none left to make.

        What fails in passing is left for the next poll. But a poll without any posts
        is none, so that their failure is raised when nothing else went well; comments
        may be parked for hours, which is no reason to read no posts.
        """
        step = next((each for each in self._steps() if each not in self._blocked), None)
        if step is None:
            return False
        try:
            await step()
            self._went_well = True
        except SourceError as error:
            may_wait = self._went_well or step == self._read_comments
            if error.kind not in _PASSING or not may_wait:
                raise
            self._blocked.append(step)
            self.note = str(error)
        return True

    def _steps(self) -> Iterator[Step]:
        """News, then comments, then what must be looked at again, then history."""
        state = self._state
        if state.chains and not state.chains[0].offset:
            yield self._read_head
        if state.branches:
            yield self._read_comments
        if state.checks:
            yield self._read_again
        if state.chains and state.chains[0].offset:
            yield self._read_page

    def touch(self, name: str) -> None:
        """Read a comment again of which an event told (`post_comment`)."""
        post, _, comment = name.partition("_")
        if not post.isdecimal() or not comment.isdecimal():
            return
        thread = self._state.thread(int(post))
        thread.comments.doubt(int(comment))
        threads.read_in_full(self._state, int(post))

    def check_again(self, posts: list[int]) -> None:
        """Queue posts to be read by their ids."""
        new = [each for each in posts if each not in self._state.checks]
        self._state.checks.extend(new)

    def long_unseen(self) -> list[int]:
        """Remembered posts that no page has shown for a while."""
        state = self._state
        limit = self.time - _CHECKED_EVERY.total_seconds()
        return [
            each
            for each in state.posts.standing()
            if state.thread(each).seen_at < limit
        ]

    async def _read_head(self) -> None:
        self._state.head_at = self.time
        before = self._state.high
        items = await self._page_of(self._state.chains[0])
        dates = [each.date for each in items if not each.pinned]
        self._state.high = min(max([before, *dates]), self.time)

    async def _read_page(self) -> None:
        await self._page_of(self._state.chains[0])

    async def _page_of(self, chain: Chain) -> list[Item]:
        response = await self._vk.call(
            "wall.get",
            owner_id=self._state.owner,
            count=pages.PAGE,
            offset=chain.offset,
        )
        shown = _listed(response)
        found = [post_of(each, self._harvest.unknown) for each in shown]
        items = [item for item in found if item is not None]
        self.check_again(pages.missing_on(self._state, chain, items))
        for item in items:
            self._take(item)
        onward = pages.follow(chain, items, len(shown))
        self._state.chains.remove(chain)
        if onward is not None:
            self._state.chains.insert(0, onward)
        return items

    def _take(self, item: Item) -> None:
        """Take a post in; hand its counters on once in a while."""
        state = self._state
        thread = state.thread(item.id)
        again = self.time - thread.told_at >= _COUNTERS_EVERY.total_seconds()
        thread.seen_at = self.time
        if item.deleted:
            self._lose(item.id, Evidence.FLAG)
            return
        seen = self._harvest.take(item, state.posts, again=again)
        if again or seen in {Seen.NEW, Seen.CHANGED, Seen.BACK}:
            thread.told_at = self.time
        if seen is Seen.BACK:
            threads.read_in_full(state, item.id)
        threads.plan(state, item, self.time)

    def _lose(self, post: int, evidence: Evidence) -> None:
        state = self._state
        if not state.posts.bury(post) and evidence is Evidence.FLAG:
            return
        state.drop_branches(post)
        comments = state.thread(post).comments
        self._harvest.lose(state.owner, post, evidence, state.posts, comments)

    async def _read_comments(self) -> None:
        branch = threads.next_branch(self._state)
        try:
            response = await self._comments_of(branch)
        except SourceError as error:
            if not concerns_one_post(error):
                raise
            threads.closed(self._state, branch.post, self.time)
            return
        found = (
            comment_of(
                each, self._harvest.unknown, owner=self._state.owner, post=branch.post
            )
            for each in _listed(response)
        )
        items = [item for item in found if item is not None]
        threads.read_page(self._state, branch, items, self._harvest)

    async def _comments_of(self, branch: Branch) -> Any:  # noqa: ANN401 -- JSON
        return await self._vk.call(
            "wall.getComments",
            owner_id=self._state.owner,
            post_id=branch.post,
            comment_id=branch.comment or None,
            start_comment_id=branch.start or None,
            count=threads.PAGE,
            sort="asc",
            need_likes=True,
            preview_length=0,
            thread_items_count=threads.SHOWN_REPLIES,
        )

    async def _read_again(self) -> None:
        """Read posts by id: edits and counters of old ones, and what has gone."""
        state = self._state
        asked = state.checks[:_CHECKED_AT_ONCE]
        response = await self._vk.call(
            "wall.getById", posts=[f"{state.owner}_{number}" for number in asked]
        )
        state.checks = state.checks[_CHECKED_AT_ONCE:]
        found = (post_of(each, self._harvest.unknown) for each in _listed(response))
        shown = {item.id: item for item in found if item is not None}
        for number in asked:
            if number in shown:
                self._take(shown[number])
            elif number in state.posts and state.posts.miss(number):
                self._lose(number, Evidence.ABSENT)


def _listed(response: object) -> list[Any]:
    """Items of a response; older versions give the list alone."""
    if isinstance(response, dict):
        response = response.get("items")
    return response if isinstance(response, list) else []


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
