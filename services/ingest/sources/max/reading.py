"""The steps in which a chat is read, the most urgent one first."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.max import pages, threads
from services.ingest.sources.max.harvest import Harvest
from services.ingest.sources.max.messages import Item, read
from services.ingest.sources.max.state import Branch, Chain, ChatState
from services.ingest.sources.memory import Seen
from services.ingest.sources.steps import Step, Steps
from shared.networks.max.client import Max
from shared.networks.max.names import Spot

_COUNTERS_EVERY: Final = timedelta(hours=1)
_OF_ONE_MOMENT: Final = "page: all of one moment"


class Reading(Steps):
    """The steps of one poll; each makes one call and leaves the state consistent."""

    def __init__(
        self, api: Max, state: ChatState, harvest: Harvest, now: datetime
    ) -> None:
        super().__init__()
        self._api = api
        self._state = state
        self._harvest = harvest
        self.time = int(now.timestamp())

    def _steps(self) -> Iterator[Step]:
        """News, then comments, then what must be looked at again, then the past."""
        chains = self._state.chains
        if chains and chains[0].before is None:
            yield self._read_head
        if self._state.branches:
            yield self._read_comments
        if chains and chains[0].before is not None:
            yield self._read_page

    async def _read_head(self) -> None:
        self._state.head_at = self.time
        await self._page()

    async def _read_page(self) -> None:
        await self._page()

    async def _page(self) -> None:
        state = self._state
        chain = state.chains[0]
        answer = await self._api.get(
            "messages",
            {
                "chat_id": state.chat,
                "count": pages.PAGE,
                "from": _inclusive(chain),
                "to": max(chain.until, 0),
            },
        )
        shown = _listed(answer)
        items = self._items(shown)
        for item in items:
            self._take(item)
        state.high = max([state.high, *(_bounded(item, self.time) for item in items)])
        self._miss(chain, shown, items)
        onward = pages.follow(chain, shown)
        state.chains.remove(chain)
        if onward is not None:
            state.chains.insert(0, onward)

    def _items(self, shown: Sequence[Any], post: str | None = None) -> list[Item]:
        unknown, me = self._harvest.unknown, self._state.me
        found = (read(each, unknown, me=me, post=post) for each in shown)
        return [item for item in found if item is not None]

    def _take(self, item: Item) -> None:
        """Take a message in; hand a post's views on once in a while."""
        state = self._state
        again = False
        if state.is_channel and item.spot is not None:
            thread = state.thread(item.spot.seq)
            again = self.time - thread.told_at >= _COUNTERS_EVERY.total_seconds()
            again = again and bool(item.metrics)
        seen = self._harvest.take(item, state.messages, again=again)
        if seen is None or not state.is_channel or item.spot is None:
            return
        if again or seen is not Seen.SAME:
            state.thread(item.spot.seq).told_at = self.time
        if seen is Seen.BACK:
            threads.read_in_full(state, item.spot.seq)

    def _miss(self, chain: Chain, shown: Sequence[Any], items: Sequence[Item]) -> None:
        """Tell what is missing from a page, and with a post its comments."""
        state = self._state
        if pages.is_of_one_moment(chain, shown):
            self._harvest.unknown[_OF_ONE_MOMENT] += 1
        seen = {item.spot.seq for item in items if item.spot is not None}
        for number in pages.missing_from(state.messages, chain, shown, seen):
            spot = Spot(state.chat, number)
            self._harvest.miss(spot, state.chat, state.messages)
            if number in state.threads:
                threads.drop(state, number)
                threads.miss(state, number, self._harvest)

    async def _read_comments(self) -> None:
        branch = threads.next_branch(self._state)
        chain, post = branch.chain, Spot(self._state.chat, branch.post).mid
        asked = {
            "count": pages.PAGE,
            "before": _inclusive(chain),
            "after": max(chain.until, 0) or None,
        }
        try:
            answer = await self._api.get(f"messages/{post}/comments", asked)
        except SourceError as error:
            if error.kind is not ErrorKind.SKIP_ITEM:
                raise
            # They are switched off, or the post has gone: its own page tells.
            threads.closed(self._state, branch, self.time)
            return
        self._take_comments(branch, _listed(answer), post)

    def _take_comments(self, branch: Branch, shown: list[Any], post: str) -> None:
        state, chain = self._state, branch.chain
        state.branches.remove(branch)
        items = self._items(shown, post)
        threads.take(state.thread(branch.post), items, self._harvest)
        seen = {item.spot.seq for item in items if item.spot is not None}
        comments = state.thread(branch.post).comments
        for number in pages.missing_from(comments, chain, shown, seen):
            threads.miss(state, branch.post, self._harvest, only=number)
        onward = pages.follow(chain, shown)
        if onward is not None:
            state.branches.append(Branch(branch.post, onward, branch.whole))
        else:
            threads.finish(state.thread(branch.post), branch, self.time)


def _inclusive(chain: Chain) -> int | None:
    """Ask a millisecond further: MAX does not say whether the end is included."""
    return None if chain.before is None else chain.before + 1


def _bounded(item: Item, now: int) -> int:
    """Give a message's time; one in the future must not hide what comes till then."""
    return min(item.date, now * 1000)


def _listed(answer: object) -> list[Any]:
    found = answer.get("messages") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise SourceError("MAX's messages are no list")
    return found
