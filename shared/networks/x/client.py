"""Calls of X's API: below its limits and the operator's, failures classed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import httpx

from shared.networks.access import Access, Token
from shared.networks.allowance import Taken, month_of
from shared.networks.budget import Rate
from shared.networks.calls import Answer, call
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.x.errors import USAGE_CAPPED, problem_of, refusal
from shared.networks.x.guard import Guard, Paid
from shared.networks.x.names import Names, names_of

BASE: Final = "https://api.x.com"
APP: Final = "app"
USER: Final = "user"
SIZES: Final = (100, 50, 20, 10)
"""Posts a page may have; X gives no fewer than ten."""

MOST_AT_ONCE: Final = 100
_QUARTER: Final = timedelta(minutes=15)
_SOONEST: Final = timedelta(seconds=1)

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """A method: what it is called, and how many calls in 15 minutes it admits."""

    path: str
    rates: Mapping[str, int]


SEARCH: Final = Route("/2/tweets/search/recent", {APP: 450, USER: 300})
LOOKUP: Final = Route("/2/tweets", {APP: 3_500, USER: 5_000})
BY_NAME: Final = Route("/2/users/by/username/{}", {APP: 300, USER: 900})


@dataclass(frozen=True, slots=True)
class Page:
    """Posts of an answer, the partial errors beside them, and the next page's token.

    `asked` are the ids that were looked up: fewer than wanted when money is short.
    """

    posts: tuple[Json, ...] = ()
    errors: tuple[Json, ...] = ()
    onward: str | None = None
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: ids above `since`, below `until`, from a page on."""

    query: str
    since: int
    until: int = 0
    token: str = ""


@dataclass(slots=True)
class X:
    """X's API as one place needs it; make one for each poll.

    `paid` is what this source has paid for today. `skew` is how far X's clock was
    ahead of ours at the last call, None before the first.
    """

    access: Access
    place: str = ""
    paid: Paid = field(default_factory=Paid)
    skew: timedelta | None = None

    @property
    def names(self) -> Names:
        return names_of(self.access.options.get("names"))

    async def search(self, asked: Search, sizes: Sequence[int] = SIZES) -> Page:
        """Read a page of a search, the newest first; raises `NetworkError`.

        It has fewer posts where the budget is nearly spent; the guard raises WAIT
        instead of a call that might pass it.
        """
        token = await self._turn(SEARCH)
        size, taken = await self._guard(token).take_most(sizes)
        params = {"query": asked.query, "max_results": str(size)}
        params |= {"sort_order": "recency", "since_id": str(asked.since)}
        params |= {"next_token": asked.token} if asked.token else {}
        params |= {"until_id": str(asked.until)} if asked.until else {}
        return await self._posts(SEARCH, params, token, (size, taken))

    async def lookup(self, ids: Sequence[str], *, for_checks: bool = False) -> Page:
        """Read posts by their ids, a hundred at most; raises `NetworkError`.

        Those that are paid for today come first; of the others as many as the budget
        allows, which for checks is a part of the day's.
        """
        token = await self._turn(LOOKUP)
        new = self.paid.new_among(ids, self.access.clock())
        free = [each for each in dict.fromkeys(ids) if each not in set(new)]
        sizes = (*_halves(len(new)), *([0] if free else []))
        guard = self._guard(token)
        size, taken = await guard.take_most(sizes, for_checks=for_checks)
        asked = (*free, *new[:size])
        page = await self._posts(LOOKUP, {"ids": ",".join(asked)}, token, (size, taken))
        return replace(page, asked=asked)

    async def user(self, name: str) -> Json | None:
        """Read an account's card; None when X shows none. Raises `NetworkError`."""
        token = await self._turn(BY_NAME)
        guard = self._guard(token)
        taken = await guard.take_user()
        params = {"user.fields": "public_metrics,verified_type"}
        found: Json | None = None
        try:
            data = await self._get(BY_NAME, params, token, name)
            card = data.get("data")
            found = card if isinstance(card, Mapping) else None
        finally:
            await guard.settle(taken, 1, int(found is not None))
        return found

    def _guard(self, token: Token) -> Guard:
        return Guard(self.access, token, self.place, self.paid)

    async def _turn(self, route: Route) -> Token:
        token = self.access.token(APP, USER)
        if token is None:
            raise NetworkError(
                "X needs an app or user token", ErrorKind.DISABLE, code=NO_TOKEN
            )
        rate = Rate(route.rates[token.kind], _QUARTER)
        await self.access.budget.take(f"{token.id}{route.path}", rate)
        return token

    async def _posts(
        self,
        route: Route,
        params: dict[str, str],
        token: Token,
        paying: tuple[int, list[Taken]],
    ) -> Page:
        """Call, and pay for what came.

        What X does not answer is given back: the same posts, read again, cost X's
        money once a day, and ours when they come.
        """
        wanted, taken = paying
        new: list[str] = []
        try:
            params[self.names.parameter] = ",".join(self._fields(token))
            page = _page(await self._get(route, params, token))
            ids = [str(each.get("id")) for each in page.posts]
            new = self.paid.new_among(ids, self.access.clock())
        finally:
            await self._guard(token).settle(taken, wanted, min(len(new), wanted))
        self.paid.add(new)
        return page

    def _fields(self, token: Token) -> tuple[str, ...]:
        """Ask who wrote a post only to know our own account's."""
        asks = bool(token.secrets.get("account_id")) and self.names.can_tell_authors
        return (*self.names.fields, "author_id") if asks else self.names.fields

    async def _get(
        self, route: Route, params: Mapping[str, str], token: Token, *named: str
    ) -> Json:
        access = self.access
        base = (access.base or BASE).rstrip("/")
        request = access.http.build_request(
            "GET",
            f"{base}{route.path.format(*named)}",
            params=dict(params),
            headers={"Authorization": f"Bearer {token.secrets['token']}"},
        )
        answer = await call(access.http, request, now=access.clock())
        self.skew = answer.skew if answer.skew is not None else self.skew
        if not httpx.codes.is_success(answer.status):
            raise await self._heeded(answer, route, token)
        if not isinstance(answer.data, Mapping):
            raise NetworkError(f"X's answer to {route.path} is no object")
        if answer.headers.get("x-rate-limit-remaining") == "0":
            await self._park(f"{token.id}{route.path}", self._reset(answer))
        return answer.data

    async def _heeded(self, answer: Answer, route: Route, token: Token) -> NetworkError:
        """Keep everybody else with this token from the same refusal."""
        error = refusal(route.path, answer.status, answer.data)
        error.token = token.id
        if error.kind is ErrorKind.REAUTH:
            await self.access.budget.stop(token.id)
        if error.kind is not ErrorKind.WAIT:
            return error
        is_capped = problem_of(answer.data) == USAGE_CAPPED
        name = token.id if is_capped else f"{token.id}{route.path}"
        until = self._cycle_end() if is_capped else self._reset(answer)
        error.retry_after = max(until - self.access.clock(), _SOONEST)
        await self._park(name, until)
        return error

    async def _park(self, name: str, until: datetime) -> None:
        await self.access.budget.park(name, until)

    def _reset(self, answer: Answer) -> datetime:
        """Say by our clock when X admits calls again; in 15 minutes at the latest."""
        now = self.access.clock()
        told = str(answer.headers.get("x-rate-limit-reset", ""))
        if not told.isdecimal():
            return now + _QUARTER
        theirs = datetime.fromtimestamp(min(int(told), 2**32), UTC)
        ours = theirs - (answer.skew or timedelta())
        return min(max(ours, now + _SOONEST), now + _QUARTER + _SOONEST)

    def _cycle_end(self) -> datetime:
        """Say when the billing cycle ends: on `cycle_day` of this month or the next."""
        now = self.access.clock().astimezone(UTC)
        told = self.access.options.get("cycle_day", 1)
        day = min(max(int(told), 1), 28)
        _, following = month_of(now)
        this = following - timedelta(days=1)
        ends = this.replace(day=day)
        return ends if ends > now else following.replace(day=day)


def _halves(number: int) -> list[int]:
    """Count down from a number to one, by halves."""
    return [number >> shift for shift in range(number.bit_length())]


def _page(data: Json) -> Page:
    meta = data.get("meta")
    onward = meta.get("next_token") if isinstance(meta, Mapping) else None
    return Page(
        _objects(data.get("data")),
        _objects(data.get("errors")),
        onward if isinstance(onward, str) and onward else None,
    )


def _objects(listed: object) -> tuple[Json, ...]:
    found = listed if isinstance(listed, list) else []
    return tuple(each for each in found if isinstance(each, Mapping))
