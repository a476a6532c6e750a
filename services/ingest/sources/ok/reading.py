"""The steps of one poll of a group; each leaves the state consistent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import ErrorKind, Evidence, SourceError
from services.ingest.sources.memory import Seen
from services.ingest.sources.ok import threads, topics
from services.ingest.sources.ok.activity import activity_of
from services.ingest.sources.ok.harvest import Harvest
from services.ingest.sources.ok.parse import (
    Item,
    comment_of,
    topics_in,
)
from services.ingest.sources.ok.state import Branch, Chain, GroupState
from services.ingest.sources.steps import Step, Steps
from shared.networks.ok import Ok
from shared.networks.ok.discussions import (
    FIRST,
    LAST,
    Page,
    backward,
    by_offset,
    forward,
)
from shared.networks.ok.errors import GONE, code_of
from shared.networks.ok.times import milliseconds

BY_NUMBER: Final = 50
"""Topics read by their numbers in one call."""

_COUNTERS_EVERY: Final = 60 * 60_000
_READ_EVERY: Final = 5 * 60_000
_CHECKED_EVERY: Final = 30 * 60_000
_ACTIVITY_EVERY: Final = 60_000
_NOT_TODAY: Final = 24 * 60 * 60_000
_BLOCKS: Final = 3
_NOTHING: Final = "OK answered nothing"


class Reading(Steps):
    """What a poll does, the most urgent call first.

    `asks_for_activity`: ask once a minute under which topics something was written.
    """

    def __init__(
        self, ok: Ok, state: GroupState, harvest: Harvest, ways: Sequence[str]
    ) -> None:
        super().__init__()
        self._ok = ok
        self._state = state
        self._harvest = harvest
        self._ways = ways
        self._figures: Mapping[int, Mapping[str, int]] = {}
        self._missed: set[int] = set()
        self._at_once = BY_NUMBER
        self.time = milliseconds(harvest.now)
        self.asks_for_activity = False

    def _steps(self) -> Iterator[Step]:
        """News, then comments, then history."""
        state = self._state
        if state.chains and not state.chains[0].anchor:
            yield self._read_head
        if self._asks_now():
            yield self._ask_for_activity
        if state.checks:
            yield self._read_by_number
        if state.branches:
            yield self._read_comments
        if state.chains and state.chains[0].anchor:
            yield self._read_page

    def long_unseen(self) -> list[int]:
        """Remembered topics that were not read for a while."""
        state = self._state
        limit = self.time - _CHECKED_EVERY
        standing = state.topics.standing()
        return [each for each in standing if state.thread(each).seen_at < limit]

    # The topics

    async def _read_head(self) -> None:
        state, chain = self._state, self._state.chains[0]
        page = await self._listed(chain)
        state.head_at = self.time
        newest = max([state.high, *page.dates.values()])
        self._take_page(chain, page)
        state.high = min(newest, self.time)

    async def _read_page(self) -> None:
        chain = self._state.chains[0]
        page = await self._listed(chain)
        if not page.told:
            raise SourceError(_NOTHING)
        self._take_page(chain, page)

    def _take_page(self, chain: Chain, page: topics.Listing) -> None:
        state = self._state
        state.check(topics.missing_on(state, chain, page))
        known = set(state.topics.standing())
        shown = {item.topic for item in page.topics}
        unread = (each for each in page.dates if each not in shown)
        state.check(
            [each for each in unread if each not in known or self._is_due(each, page)]
        )
        self._figures = {**self._figures, **page.figures}
        for item in page.topics:
            self._take(item)
        onward = topics.follow(chain, page, known)
        state.chains.remove(chain)
        if onward is not None:
            state.chains.insert(0, onward)

    def _is_due(self, topic: int, page: topics.Listing) -> bool:
        """Say whether a known topic that was only listed must be read by its number.

        Its comments are another number, or it may have been edited since.
        """
        thread = self._state.thread(topic)
        told = page.figures.get(topic, {}).get("comments")
        is_old = self.time - thread.seen_at >= _READ_EVERY
        return is_old or told != thread.count

    async def _listed(self, chain: Chain) -> topics.Listing:
        unknown = self._harvest.unknown
        return await topics.list_page(
            self._ok, self._state, chain, ways=self._ways, unknown=unknown
        )

    async def _read_by_number(self) -> None:
        """Read topics by number: what was listed, edits of old ones, what has gone."""
        state = self._state
        asked = state.checks[: self._at_once]
        try:
            answer = await self._ok.call(
                "mediatopic.getByIds", topic_ids=asked, media_limit=_BLOCKS
            )
        except SourceError as error:
            if error.kind is not ErrorKind.SKIP_ITEM:
                raise
            self._narrow(asked, error)
            return
        if answer is None:
            raise SourceError(_NOTHING)
        state.checks = state.checks[len(asked) :]
        shown = {item.topic: item for item in topics_in(answer, self._harvest.unknown)}
        for topic in asked:
            if topic in shown:
                self._take(shown[topic])
            else:
                self._miss(topic)

    def _miss(self, topic: int) -> None:
        """Count an absence, once in a poll however often the topic was asked for.

        What is gone already is asked for as rarely as others.
        """
        known = self._state.topics.get(topic)
        if known is None or topic in self._missed:
            return
        self._missed.add(topic)
        if not known.is_gone:
            self._lose(topic, Evidence.ABSENT)

    def _narrow(self, asked: list[int], error: SourceError) -> None:
        """Find the one topic for which OK refuses all that were asked together."""
        if len(asked) > 1:
            self._at_once = len(asked) // 2
            return
        state, topic = self._state, asked[0]
        state.checks = state.checks[1:]
        if code_of(error) not in GONE:
            self._miss(topic)
        elif topic in state.topics:
            self._lose(topic, Evidence.FLAG)

    def _take(self, item: Item) -> None:
        """Take a topic in; hand its counters on once in a while."""
        state = self._state
        metrics = {**self._figures.get(item.topic, {}), **(item.metrics or {})}
        item = replace(item, group=item.group or state.group, metrics=metrics)
        thread = state.thread(item.topic)
        thread.seen_at = self.time
        if item.removed:
            self._lose(item.topic, Evidence.FLAG)
            return
        again = self.time - thread.told_at >= _COUNTERS_EVERY
        seen = self._harvest.take_topic(item, state.topics, again=again)
        if again or seen in {Seen.NEW, Seen.CHANGED, Seen.BACK}:
            thread.told_at = self.time
        if seen is Seen.BACK:
            threads.read_in_full(state, item.topic)
        threads.plan(state, item, self.time)

    def _lose(self, topic: int, evidence: Evidence) -> None:
        state = self._state
        known = state.topics.get(topic)
        if known and known.is_gone and evidence is Evidence.FLAG:
            return
        state.drop_branches(topic)
        item = Item(PostKind.POST, state.group, topic, state.topics.date(topic), "", {})
        self._harvest.lose_topic(item, evidence, state.topics, state.thread(topic))

    # The comments

    async def _read_comments(self) -> None:
        state = self._state
        branch = threads.next_branch(state)
        try:
            page = await self._page_of(branch)
        except SourceError as error:
            is_closed = error.kind in {ErrorKind.SKIP_ITEM, ErrorKind.DISABLE}
            if not is_closed and not topics.is_not_for_us(error):
                raise
            threads.closed(state, branch.topic, self.time)
            if code_of(error) in GONE and branch.topic in state.topics:
                state.check([branch.topic])
            return
        found = (
            comment_of(
                each, self._harvest.unknown, group=state.group, topic=branch.topic
            )
            for each in page.comments
        )
        items = [item for item in found if item is not None]
        threads.read_page(state, branch, page, items, self._harvest)

    async def _page_of(self, branch: Branch) -> Page:
        """Read by anchors; by the older method where those are not for us."""
        if self._state.by_offset:
            return await by_offset(self._ok, branch.topic, branch.anchor)
        try:
            if branch.whole:
                return await forward(self._ok, branch.topic, branch.anchor or FIRST)
            return await backward(self._ok, branch.topic, branch.anchor or LAST)
        except SourceError as error:
            if not topics.is_not_for_us(error):
                raise
        page = await by_offset(self._ok, branch.topic)
        self._state.by_offset = True
        return page

    def _asks_now(self) -> bool:
        is_due = self.time - self._state.hint_at >= _ACTIVITY_EVERY
        return self.asks_for_activity and is_due and self._went_well

    async def _ask_for_activity(self) -> None:
        """Read again those topics under which something was written since.

        It tells of all groups of the user; only topics that are remembered count.
        """
        state = self._state
        state.hint_at = self.time
        try:
            active = await activity_of(self._ok)
        except SourceError as error:
            if not topics.is_not_for_us(error):
                raise
            state.hint_at = self.time + _NOT_TODAY
            return
        standing = set(state.topics.standing())
        state.check(
            [
                topic
                for topic, at in active.items()
                if topic in standing and at > state.thread(topic).seen_at
            ]
        )
