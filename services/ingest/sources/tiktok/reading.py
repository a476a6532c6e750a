"""One poll of TikTok, a call a step: videos of some days, then comments."""

from datetime import UTC, datetime, timedelta
from typing import Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.memory import Seen
from services.ingest.sources.remarks import Remark, put_off
from services.ingest.sources.tiktok.harvest import Harvest
from services.ingest.sources.tiktok.parse import Item, second_of, video_of
from services.ingest.sources.tiktok.query import conditions_of
from services.ingest.sources.tiktok.state import Slice, TikTokState, day_of
from services.ingest.sources.tiktok.threads import (
    MOST_EMPTY,
    closed,
    next_branch,
    plan,
    read_page,
)
from shared.networks.tiktok import TikTok
from shared.networks.tiktok.client import Page, Search
from shared.networks.tiktok.errors import INVALID, SEARCH_LOST, code_of

FIRST_DAYS: Final = 7
WATCHED_DAYS: Final = 7
MOST_DAYS: Final = 30
MOST_FAILURES: Final = 3
MOST_RESTARTS: Final = 3

_DAY: Final = 86_400
_DEEP_EVERY: Final = 6 * 3_600
_CONFIRMING: Final = 300
_ENOUGH: Final = 300
_WITH_COMMENTS: Final = frozenset({"account", "video"})


class Reading:
    """The steps of one poll; each makes one call and leaves the state consistent."""

    def __init__(
        self, place: Place, tiktok: TikTok, state: TikTokState, harvest: Harvest
    ) -> None:
        self._place = place
        self._tiktok = tiktok
        self._state = state
        self._options = tiktok.access.options
        self.harvest = harvest
        self.time = int(harvest.now.timestamp())
        self.notes: tuple[Remark, ...] = ()

    def begin(self) -> None:
        """Decide which days are looked at, unless there is enough left to read."""
        state = self._state
        is_fresh = self.time - state.read_at < _ENOUGH
        if state.slices or (state.branches and is_fresh):
            return
        if self._place.kind == "video":
            state.read_at = self.time
            published = second_of(int(self._place.native))
            state.slices = [Slice(day_of(published - _DAY), day_of(published + _DAY))]
            return
        since = self._since()
        state.read_at = self.time
        state.slices = list(_slices(since, self.time))

    def _since(self) -> int:
        """Look a day back each time, and every six hours at all that is watched.

        TikTok tells of no edit and no loss, and counts days late.
        """
        state = self._state
        if not state.read_at:
            state.deep_at = self.time
            days = float(self._options.get("first_days", FIRST_DAYS))
            return self.time - int(days * _DAY)
        pause = _CONFIRMING if state.videos.is_missing_some() else _DEEP_EVERY
        back = min(state.read_at, self.time) - _DAY
        if self.time - state.deep_at < pause:
            return back
        state.deep_at = self.time
        days = float(self._options.get("watched_days", WATCHED_DAYS))
        return min(back, self.time - int(days * _DAY))

    async def go_on(self) -> bool:
        """Make the most urgent call; False when there is none left to make."""
        if self._state.slices:
            await self._search(self._state.slices[-1])
        elif self._state.branches:
            await self._comments()
        else:
            return False
        return True

    def gives_up(self, error: SourceError) -> bool:
        """Say whether a failure is that of a deep page: it is kept, and counted.

        After the third one the days are read in two halves, which are not so deep; of
        a single day the rest can not be had.
        """
        part = self._state.slices[-1] if self._state.slices else None
        if part is None or not part.cursor or error.kind is not ErrorKind.RETRY:
            return False
        part.failures += 1
        self.notes = (put_off(error),)
        if part.failures < MOST_FAILURES:
            return True
        self._state.slices.pop()
        halves = _halves(part)
        self._state.slices += halves
        if not halves:
            self.harvest.unknown["days cut off"] += 1
            self.notes = (put_off(error, "tiktok:day-cut-off", day=str(part.start)),)
        return True

    async def _search(self, part: Slice) -> None:
        if not part.has_begun:
            self._state.unseen = self._known_in(part)
        conditions = conditions_of(self._place, self._options.get("regions"))
        asked = Search(conditions, part.start, part.end, part.cursor, part.search_id)
        try:
            page = await self._tiktok.videos(asked)
        except SourceError as error:
            if code_of(error) != SEARCH_LOST or part.restarts >= MOST_RESTARTS:
                raise
            part.begin_again()
            part.restarts += 1
            return
        for data in page.records:
            item = video_of(data, self.harvest.unknown)
            if item is not None:
                self._take(item)
        self._turn_page(part, page)

    def _turn_page(self, part: Slice, page: Page) -> None:
        """Go on to the next page, or close the days and count what they missed."""
        part.empty = 0 if page.records else part.empty + 1
        search_id = page.search_id or part.search_id
        moves_on = page.onward is not None and page.onward > part.cursor
        if moves_on and search_id and part.empty < MOST_EMPTY:
            part.cursor = page.onward or 0
            part.search_id, part.failures = search_id, 0
            return
        self._state.slices.pop()
        unseen, self._state.unseen = self._state.unseen, []
        for video in unseen if page.onward is None else ():
            known = self._state.videos.get(video)
            if known is not None and not known.is_gone:
                self._lose(video)

    def _take(self, item: Item) -> None:
        state = self._state
        if item.video in state.unseen:
            state.unseen.remove(item.video)
        seen = self.harvest.take(item, state.videos, again=True)
        if self._place.kind not in _WITH_COMMENTS:
            return
        if seen is Seen.BACK:
            state.thread(item.video).read_at = 0
        plan(state, item, self.time)

    def _lose(self, video: int) -> None:
        state = self._state
        state.drop_branches(video)
        self.harvest.lose_video(video, state.videos, state.thread(video))

    def _known_in(self, part: Slice) -> list[int]:
        """Videos that these days must show."""
        return [
            video
            for video in self._state.videos.standing()
            if part.start <= day_of(self._state.videos.date(video)) <= part.end
        ]

    async def _comments(self) -> None:
        branch = next_branch(self._state)
        try:
            page = await self._tiktok.comments(
                video=branch.video, comment=branch.comment, cursor=branch.cursor
            )
        except SourceError as error:
            if code_of(error) != INVALID:
                raise
            # What is wrong with one video must not stop the others.
            self.harvest.unknown["comments refused"] += 1
            closed(self._state, branch.video, self.time)
            return
        read_page(self._state, branch, page, self.harvest, self.time)


def _slices(since: int, until: int) -> list[Slice]:
    """Cut a stretch into days TikTok takes at once; the last one is read first."""
    start = datetime.fromtimestamp(since, UTC).date()
    end = datetime.fromtimestamp(until, UTC).date()
    slices = []
    while start <= end:
        last = min(end, start + timedelta(days=MOST_DAYS - 1))
        slices.append(Slice(f"{start:%Y%m%d}", f"{last:%Y%m%d}"))
        start = last + timedelta(days=1)
    return slices


def _halves(part: Slice) -> list[Slice]:
    start, end = (
        datetime.strptime(each, "%Y%m%d").replace(tzinfo=UTC)
        for each in (part.start, part.end)
    )
    if start >= end:
        return []
    middle = start + (end - start) // 2
    middle = middle.replace(hour=0)
    after = middle + timedelta(days=1)
    return [
        Slice(part.start, f"{middle:%Y%m%d}"),
        Slice(f"{after:%Y%m%d}", part.end),
    ]
