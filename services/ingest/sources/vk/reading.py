"""The steps in which a wall is read, the most urgent one first."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Evidence, SourceError
from services.ingest.sources.memory import Seen
from services.ingest.sources.steps import Step, Steps
from services.ingest.sources.vk import pages, threads
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.parse import Item, comment_of, post_of
from services.ingest.sources.vk.state import Branch, Chain, WallState
from shared.networks.vk import Vk
from shared.networks.vk.batch import Call, many, most_at_once
from shared.networks.vk.client import Value
from shared.networks.vk.errors import code_of, concerns_one_post

_COUNTERS_EVERY: Final = timedelta(hours=1)
_CHECKED_EVERY: Final = timedelta(minutes=30)
_BAD_PARAMETER: Final = 100
_CHECKED_AT_ONCE: Final = 100


class Reading(Steps):
    """The steps of one poll; each makes one call and leaves the state consistent."""

    def __init__(
        self, vk: Vk, state: WallState, harvest: Harvest, now: datetime
    ) -> None:
        super().__init__()
        self._vk = vk
        self._state = state
        self._harvest = harvest
        self.now = now
        self.time = unix(now)

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
        """Read a comment again of which an event told: `post_comment`.

        With a `+` before it the comment was told as new, which only matters when we
        hold it for gone: the event may be late.
        """
        post, _, comment = name.removeprefix("+").partition("_")
        if not post.isdecimal() or not comment.isdecimal():
            return
        memory = self._state.thread(int(post)).comments
        known = memory.get(int(comment))
        if name.startswith("+") and (known is None or not known.is_gone):
            return
        memory.doubt(int(comment))
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
        if evidence is Evidence.ABSENT:
            state.posts.miss(post)
        elif not state.posts.bury(post):
            return
        state.drop_branches(post)
        comments = state.thread(post).comments
        self._harvest.lose(state.owner, post, evidence, state.posts, comments)

    async def _read_comments(self) -> None:
        """Read one level on, or 25 of them where a token may bundle its calls."""
        branches = threads.next_branches(self._state, most_at_once(self._vk))
        calls = [self._comments_of(branch) for branch in branches]
        for branch, answer in zip(branches, await many(self._vk, calls), strict=True):
            if isinstance(answer, SourceError):
                self._refused(branch, answer)
            elif branch in self._state.branches:
                threads.read_page(
                    self._state, branch, self._comments(branch, answer), self._harvest
                )

    def _refused(self, branch: Branch, error: SourceError) -> None:
        """Go on with the next post, if only this one's comments can not be read.

        A thread whose first comment has gone meanwhile is a bad parameter to VK.
        """
        is_thread_gone = bool(branch.comment) and code_of(error) == _BAD_PARAMETER
        if not is_thread_gone and not concerns_one_post(error):
            raise error
        threads.closed(self._state, branch.post, self.time)

    def _comments(self, branch: Branch, response: object) -> list[Item]:
        owner, unknown = self._state.owner, self._harvest.unknown
        found = (
            comment_of(each, unknown, owner=owner, post=branch.post)
            for each in _listed(response)
        )
        return [item for item in found if item is not None]

    def _comments_of(self, branch: Branch) -> Call:
        params: dict[str, Value] = {
            "owner_id": self._state.owner,
            "post_id": branch.post,
            "comment_id": branch.comment or None,
            "start_comment_id": branch.start or None,
            "count": threads.PAGE,
            "sort": "asc",
            "need_likes": True,
            "preview_length": 0,
            "thread_items_count": threads.SHOWN_REPLIES,
        }
        return "wall.getComments", params

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
            elif number in state.posts:
                self._miss(number)

    def _miss(self, number: int) -> None:
        """Count an absence; what is gone already is asked for as rarely as others."""
        known = self._state.posts.get(number)
        if known and known.is_gone:
            self._state.thread(number).seen_at = self.time
        else:
            self._lose(number, Evidence.ABSENT)


def _listed(response: object) -> list[Any]:
    """Items of a response; older versions give the list alone."""
    if isinstance(response, dict):
        response = response.get("items")
    return response if isinstance(response, list) else []


def unix(moment: datetime) -> int:
    return int(moment.timestamp())
