"""The steps of one poll of Graph; each leaves the state consistent."""

from collections.abc import Iterable, Iterator
from typing import Final

from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.memory import Seen
from services.ingest.sources.meta import lanes, threads
from services.ingest.sources.meta.harvest import Harvest
from services.ingest.sources.meta.items import Edges, Item, Listing
from services.ingest.sources.meta.shapes import Lost
from services.ingest.sources.meta.state import Chain, GraphState, Thread
from services.ingest.sources.steps import Step, Steps

_COUNTERS_EVERY: Final = 60 * 60
_REFUSED: Final = frozenset({ErrorKind.DISABLE, ErrorKind.SKIP_ITEM, ErrorKind.BUG})
"""What concerns one object or edge alone, as long as the page itself can be read."""


class Reading(Steps):
    """What a poll does, the most urgent call first."""

    def __init__(self, edges: Edges, state: GraphState, harvest: Harvest) -> None:
        super().__init__()
        self._edges = edges
        self._state = state
        self._harvest = harvest
        self.time = int(harvest.now.timestamp())

    def _steps(self) -> Iterator[Step]:
        """News, then what events told of, then comments, then history."""
        state = self._state
        if any(not chain.after for chain in state.chains):
            yield self._read_head
        if state.doubts:
            yield self._read_again
        if state.branches:
            yield self._read_comments
        if any(chain.after for chain in state.chains):
            yield self._read_page

    def touch(self, names: Iterable[str]) -> None:
        """Read things again of which events told, and take nothing for known.

        The archive may have heard of a deletion that was not true, or was late.
        """
        for name in names:
            self._state.doubt([name])
            post, _, comment = name.removeprefix("~").partition("/")
            number, thread = self._state.names.known(post), self._thread_of(name)
            if number is not None and not comment and number in self._state.posts:
                self._state.posts.doubt(number)
            known = thread.names.known(comment) if thread else None
            if thread and known is not None:
                thread.comments.doubt(known)

    # The posts

    async def _read_head(self) -> None:
        chain = next(each for each in self._state.chains if not each.after)
        try:
            page = await self._listed(chain)
        except SourceError as error:
            if chain.lane == self._edges.lanes[0] or error.kind not in _REFUSED:
                raise of_the_place(error) from error
            self._state.refused[chain.lane] = self.time
            self._state.chains.remove(chain)
            return
        state, lane = self._state, chain.lane
        state.heads[lane] = self.time
        dates = [item.date for item in page.items]
        self._take_page(chain, page)
        state.high[lane] = min(max([state.high.get(lane, 1), *dates]), self.time)

    async def _read_page(self) -> None:
        chain = next(each for each in self._state.chains if each.after)
        try:
            page = await self._listed(chain)
        except SourceError as error:
            if error.kind is not ErrorKind.BUG:
                raise of_the_place(error) from error
            # The cursor has died; the next reading begins anew.
            self._state.chains.remove(chain)
            self._state.deeps.pop(chain.lane, None)
            return
        self._take_page(chain, page)

    async def _listed(self, chain: Chain) -> Listing:
        unknown = self._harvest.unknown
        return await self._edges.posts(chain.lane, chain.after or None, unknown)

    def _take_page(self, chain: Chain, page: Listing) -> None:
        state = self._state
        has_news = any(self._is_news(item) for item in page.items)
        for item in page.items:
            self._take(item, lane=chain.lane)
        self._miss(chain.lane, lanes.missing_on(state, chain, page))
        onward = lanes.follow(chain, page, has_news=has_news)
        place = state.chains.index(chain)
        state.chains[place : place + 1] = [] if onward is None else [onward]

    def _miss(self, lane: str, missing: list[int]) -> None:
        state = self._state
        if lane in self._edges.fleeting:
            return
        if lane not in self._edges.strange:
            state.doubt(state.names.name(post) for post in missing)
            return
        for post in missing:
            self._miss_post(post)

    def _miss_post(self, post: int) -> None:
        """Tell that a post is missing; its comments are not read for now."""
        state = self._state
        state.drop_branches(post)
        name, thread = state.names.name(post), state.thread(post)
        lost = Lost(
            PostKind.POST, name, name, date=state.posts.date(post), url=thread.url
        )
        self._harvest.miss_post(lost, post, state.posts, thread)

    def _is_news(self, item: Item) -> bool:
        number = self._state.names.known(item.id)
        known = None if number is None else self._state.posts.get(number)
        return known is None or known.is_gone or known.digest != item.digest

    def _take(self, item: Item, *, lane: str = "") -> None:
        """Take a post in; hand its counters on once in a while."""
        state = self._state
        number = state.names.number(item.id)
        thread = state.thread(number)
        thread.lane, thread.url = thread.lane or lane, item.url
        thread.seen_at = self.time
        again = self.time - thread.told_at >= _COUNTERS_EVERY
        seen = self._harvest.take_post(item, number, state.posts, again=again)
        if again or seen is not Seen.SAME:
            thread.told_at = self.time
        if not item.has_thread:
            return
        if seen is Seen.BACK:
            threads.read_in_full(state, number)
        threads.plan(state, number, item, self.time)

    # The comments

    async def _read_comments(self) -> None:
        state = self._state
        branch = threads.next_branch(state)
        post = state.names.name(branch.post)
        try:
            page = await self._edges.comments(
                branch.comment or post,
                branch.after or None,
                post,
                state.thread(branch.post).url,
                self._harvest.unknown,
            )
        except SourceError as error:
            if error.kind not in _REFUSED:
                raise
            self._refused(branch.post, branch.comment, error)
            return
        threads.read_page(state, branch, page, self._harvest)

    def _refused(self, post: int, comment: str, error: SourceError) -> None:
        """Leave the comments alone; ask about the post itself if it seems gone.

        A cursor that has died, or a comment that went meanwhile, is no reason to wait:
        the comments are read again when the post is seen next.
        """
        state = self._state
        threads.closed(state, post, self.time)
        if error.kind is ErrorKind.BUG or comment:
            state.thread(post).read_at = 0
        elif error.kind is ErrorKind.SKIP_ITEM:
            state.doubt([state.names.name(post)])

    # Single objects

    async def _read_again(self) -> None:
        """Read one thing by its id; what can not be had is missing.

        Graph says the same words of what is gone and of what we may not see (any
        more): that is no proof, and the store counts how often.
        """
        state = self._state
        name = state.doubts[0]
        thread = self._thread_of(name)
        try:
            item = await self._edges.again(
                name, thread.url if thread else None, self._harvest.unknown
            )
        except SourceError as error:
            if error.kind not in _REFUSED:
                raise
            state.doubts.remove(name)
            if error.kind is ErrorKind.SKIP_ITEM:
                self._miss_again(name)
            else:
                self._harvest.unknown["object that is not for us"] += 1
            return
        state.doubts.remove(name)
        if item is not None:
            self._take_again(item)

    def _take_again(self, item: Item) -> None:
        if item.kind is PostKind.POST:
            self._take(item)
            return
        thread = self._state.thread(self._state.names.number(item.post))
        for each in threads.flat([item]):
            self._harvest.take_comment(each, thread)

    def _miss_again(self, name: str) -> None:
        """Tell that something remembered is missing; what nobody knew is no loss."""
        post, _, comment = name.removeprefix("~").partition("/")
        number, thread = self._state.names.known(post), self._thread_of(name)
        if number is None or thread is None:
            return
        if comment:
            known = thread.names.known(comment)
            if known is not None:
                self._harvest.miss_comment(post, known, thread)
            return
        known_post = self._state.posts.get(number)
        if known_post is not None and not known_post.is_gone:
            self._miss_post(number)

    def _thread_of(self, name: str) -> Thread | None:
        number = self._state.names.known(name.removeprefix("~").partition("/")[0])
        return None if number is None else self._state.threads.get(number)


def of_the_place(error: SourceError) -> SourceError:
    """What would be one post's elsewhere is the whole page's here."""
    if error.kind is not ErrorKind.SKIP_ITEM:
        return error
    return SourceError(
        str(error), ErrorKind.DISABLE, code=error.code, token=error.token
    )
