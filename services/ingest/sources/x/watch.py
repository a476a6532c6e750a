"""Searches, mentions of an account and conversations of X, all by its search."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from services.ingest.sources.base import (
    Cursor,
    ErrorKind,
    Evidence,
    Fetched,
    SourceError,
)
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.remarks import Remark, clock, put_off
from services.ingest.sources.steps import PASSING
from services.ingest.sources.x.harvest import Harvest
from services.ingest.sources.x.parse import post_of
from services.ingest.sources.x.query import LONGEST, query_of, refuse_unwatched
from services.ingest.sources.x.state import Chain, XState, load, save
from shared.networks.x.client import APP, MOST_AT_ONCE, USER, Json, Page, Search, X
from shared.networks.x.errors import GUARDS, INVALID, NOT_FOUND, problem_of
from shared.networks.x.ids import lowest_at, moment_of, number_of

MOST_CALLS: Final = 5
"""Calls in one poll: they are two to three seconds apart."""

ENOUGH: Final = timedelta(seconds=4)
"""A poll makes no further call then: what was paid for must not be lost with a poll
that takes too long, and a turn may be 20 s away."""

FIRST_HOURS: Final = 24
WATCHED_DAYS: Final = 2
SHOWN: Final = timedelta(days=7)
"""X searches no further back."""

_OVERLAP: Final = timedelta(minutes=10)
_MARGIN: Final = timedelta(hours=1)
_CHECKED_EVERY: Final = timedelta(minutes=30)
_CONFIRMED_EVERY: Final = timedelta(minutes=5)


class XSource:
    """Posts that a search of X finds, read again for a while for edits and losses."""

    def __init__(self, place: Place, access: Access) -> None:
        self._longest = int(access.options.get("longest_query", LONGEST))
        refuse_unwatched(place, self._longest)
        self._place = place
        self._access = access

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """What is new, edited or gone; raises `SourceError`.

        When a later call of a poll can not be made just now, the rest is brought.
        """
        state = load(cursor)
        reading = Reading(self._place, self._access, state, now, self._longest)
        reading.begin()
        most = int(self._access.options.get("calls_per_poll", MOST_CALLS))
        notes: tuple[Remark, ...] = ()
        began = self._access.clock()
        for calls in range(most):
            if self._access.clock() - began > ENOUGH:
                break
            try:
                if not await reading.go_on():
                    break
            except SourceError as error:
                if not calls or error.kind not in PASSING:
                    raise
                notes = (put_off(error),)
                break
        days = float(self._access.options.get("watched_days", WATCHED_DAYS))
        state.forget(int((now - timedelta(days=days)).timestamp()))
        harvest = reading.harvest
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            notes=notes or clock(reading.skew),
            more=bool(state.chain or state.checks) and not notes,
            unknown=dict(harvest.unknown) or None,
        )


class Reading:
    """One poll: a call a step, new posts before old ones."""

    def __init__(
        self, place: Place, access: Access, state: XState, now: datetime, longest: int
    ) -> None:
        self._place = place
        self._access = access
        self._state = state
        self._now = now
        self._longest = longest
        self._x = X(access, f"{place.kind}:{place.native}", state.paid)
        token = access.token(APP, USER)
        self._ours = token.secrets.get("account_id", "") if token else ""
        self.harvest = Harvest(now, state.memory)

    @property
    def skew(self) -> timedelta | None:
        """How far X's clock is ahead of ours, as far as it told."""
        return self._x.skew

    def begin(self) -> None:
        """Start a search where none is under way, and the checks that are due."""
        state, now = self._state, self._now
        if state.chain is None:
            state.chain = Chain(self._since())
        time = int(now.timestamp())
        if time - state.checked_at >= _CHECKED_EVERY.total_seconds():
            state.checked_at = state.confirmed_at = time
            # Old polls' checks that were not made are among these again.
            state.checks = self._by_cost(self._remembered())
        elif time - state.confirmed_at >= _CONFIRMED_EVERY.total_seconds():
            state.confirmed_at = time
            known = set(state.checks)
            state.checks += [e for e in self._missing() if e not in known]

    def _since(self) -> int:
        """Go back an overlap before the newest post; at most as far as X shows."""
        newest, floor = self._state.newest, lowest_at(self._now - SHOWN + _MARGIN)
        if not newest:
            hours = float(self._access.options.get("first_hours", FIRST_HOURS))
            return max(lowest_at(self._now - timedelta(hours=hours)), floor)
        written_at = moment_of(newest)
        is_fresh = self._now - written_at < _MARGIN
        # What X shows late is minutes late; further back it would only cost money.
        return max(lowest_at(written_at - _OVERLAP) if is_fresh else newest, floor)

    def _remembered(self) -> Iterator[str]:
        """Name the last known version of each post; gone ones may have come back."""
        for key in self._state.memory:
            known = self._state.memory.get(key)
            yield (known.digest if known else "") or str(key)

    def _missing(self) -> Iterator[str]:
        """Name those whose absence waits to be confirmed: asking for them is free."""
        for key in self._state.memory:
            known = self._state.memory.get(key)
            if known is not None and known.misses > 0:
                yield known.digest or str(key)

    def _by_cost(self, ids: Iterable[str]) -> list[str]:
        """Put those that are paid for today first."""
        listed = list(ids)
        new = set(self._state.paid.new_among(listed, self._now))
        return sorted(listed, key=lambda each: (each in new, each))

    async def go_on(self) -> bool:
        """Make the most urgent call; False when there is none left to make."""
        if self._place.kind == "conversation" and not self._state.root:
            await self._find_root()
        elif self._state.chain is not None:
            await self._search(self._state.chain)
        elif self._state.checks:
            await self._check()
        else:
            return False
        return True

    async def _find_root(self) -> None:
        """Ask which conversation a post belongs to: links name any of its posts."""
        page = await self._x.lookup([self._place.native])
        items = self._take(page.posts)
        if not items:
            raise SourceError("X shows no such post", ErrorKind.DISABLE, code=_GONE)
        self._state.root = items[0]
        if str(items[0]) != self._place.native:
            self._state.checks.append(str(items[0]))

    async def _search(self, chain: Chain) -> None:
        query = query_of(self._place, self._state.root, self._longest)
        until = 0 if chain.token else chain.oldest
        asked = Search(query, chain.since, until, chain.token)
        try:
            page = await self._x.search(asked)
        except SourceError as error:
            if error.code != f"x:{INVALID}" or not chain.token:
                raise
            # Tokens of pages do not live for ever; ids do.
            chain.token = ""
            return
        self._take(page.posts)
        numbers = [one for each in page.posts if (one := number_of(each.get("id")))]
        if numbers:
            self._state.newest = max(self._state.newest, *numbers)
            chain.oldest = min(chain.oldest or numbers[0], *numbers)
        is_new_page = page.onward is not None and page.onward != chain.token
        chain.token = page.onward or ""
        if not is_new_page:
            self._state.chain = None

    async def _check(self) -> None:
        """Read known posts again by id, for edits, losses and counters.

        New posts are worth the money more: what the day's share for checks does not
        cover is left out, what is paid for today is always looked at.
        """
        batch = self._state.checks[:MOST_AT_ONCE]
        try:
            page = await self._x.lookup(batch, for_checks=True)
        except SourceError as error:
            if error.code not in GUARDS:
                raise
            page = Page()
        rest = self._state.checks[MOST_AT_ONCE:]
        if len(page.asked) < len(batch):
            new = set(self._state.paid.new_among(rest, self._now))
            rest = [each for each in rest if each not in new]
        self._state.checks = rest
        self._take(page.posts, again=True)
        self._lose(page)

    def _lose(self, page: Page) -> None:
        """Bury what X says is not there; what it only does not show is missing."""
        not_found = {
            str(each.get("resource_id") or each.get("value"))
            for each in page.errors
            if problem_of(each) == NOT_FOUND
        }
        shown = {str(each.get("id")) for each in page.posts}
        for each in page.asked:
            if each in shown:
                continue
            key = self.harvest.key_of_version(int(each))
            is_told = each in not_found
            self.harvest.lose(key, Evidence.FLAG if is_told else Evidence.ABSENT)

    def _take(self, posts: Iterable[Json], *, again: bool = False) -> list[int]:
        """Hand posts on; give the conversations they belong to."""
        conversations = []
        for each in posts:
            item = post_of(each, self.harvest.unknown, ours=self._ours)
            if item is not None:
                conversations.append(item.conversation)
                self.harvest.take(item, again=again)
        known = set(self._state.checks)
        self._state.checks += [e for e in self.harvest.later if e not in known]
        self.harvest.later = []
        return conversations


_GONE: Final = f"x:{NOT_FOUND}"
