"""Pushes what residents write into the ingest API, the past first, then live.

It never gives up: a call that fails is made again, word for word, until it is
accepted. Ids are a function of the seed and time, so a repeated post is known to
the receiver.
"""

import asyncio
import hashlib
import math
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Final

import httpx

from infra.sandbox import diary, wire
from infra.sandbox.world import Post, World
from shared.clock import Clock
from shared.logs import log

MOST_IN_A_CALL: Final = 500
_BACKOFF: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
_MOST_PATIENCE: Final = 600.0
_LOOK_EVERY: Final = 1.0
_PATH: Final = "/api/v1/ingest/posts"

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Delivery:
    """How the push goes: where posts can be read, how much is made up after a rest.

    After a stop longer than `catch_up` only its last part is pushed, so that a
    world left for a week does not flood the desk. `pages` are those that push: all
    that may, if none is named.
    """

    base_url: str
    diary: Path
    catch_up: timedelta = timedelta(minutes=30)
    pages: frozenset[str] = frozenset()


class Pusher:
    """Pushes the posts of pages with `delivery` "push"; give it an open client."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        world: World,
        *,
        now: Clock,
        delivery: Delivery,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._client = client
        self._world = world
        self._now = now
        self._delivery = delivery
        self._pause = pause
        self._diary = diary.open_diary(delivery.diary, world.seed, world.start)
        self._until = self._diary.pushed_until or world.since
        pushing = {page.code for page in world.region.pages if page.delivery == "push"}
        self._pages = pushing & (delivery.pages or pushing)

    async def run(self) -> None:
        """Push for ever; a failure nobody thought of is logged and tried again."""
        while True:
            wait = _LOOK_EVERY
            try:
                await self.push_due()
            except Exception:  # noqa: BLE001 -- the edge of the process: logged and retried
                log.exception("sandbox.push_broke")
                wait = _BACKOFF[-1]
            await self._pause(wait)

    async def push_due(self) -> int:
        """Push all that has appeared since the last push; return how many posts."""
        pushed = 0
        for since, until in self._windows():
            due = self._world.arrivals(since, until)
            mine = (post for post in due if post.page in self._pages)
            for posts in _batches(mine, MOST_IN_A_CALL):
                await self._deliver(posts)
                pushed += len(posts)
                # The next call may have posts of the same second: after a crash
                # here they come again, and the receiver knows the known ones.
                self._remember(posts[-1].arrived_at - timedelta(seconds=1))
            self._until = until
        if pushed:
            self._remember(self._until)
        return pushed

    def _windows(self) -> Iterator[tuple[datetime, datetime]]:
        """The rest of the past, then what is new since the last push."""
        start, now = self._world.start, self._now()
        if self._until < start:
            yield self._until, start
        yield max(self._until, start, now - self._delivery.catch_up), now

    def _remember(self, until: datetime) -> None:
        self._until = until
        self._diary = self._diary.pushed(until)
        diary.save(self._delivery.diary, self._diary)

    async def _deliver(self, posts: Sequence[Post]) -> None:
        """Make one call until it is accepted; split it where it is too large."""
        body = wire.ndjson(posts, self._delivery.base_url)
        headers = {
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": hashlib.sha256(body).hexdigest(),
        }
        failures = 0
        while True:
            answer = await self._call(body, headers)
            if isinstance(answer, httpx.Response) and answer.is_success:
                _report(answer, len(posts))
                return
            if _is_too_large(answer) and len(posts) > 1:
                middle = len(posts) // 2
                await self._deliver(posts[:middle])
                await self._deliver(posts[middle:])
                return
            wait = _wait(answer, failures, self._now())
            failures += 1
            log.warning(
                "sandbox.push_failed",
                problem=_problem(answer),
                wait=wait,
                tries=failures,
            )
            await self._pause(wait)

    async def _call(
        self, body: bytes, headers: dict[str, str]
    ) -> httpx.Response | httpx.TransportError:
        try:
            return await self._client.post(_PATH, content=body, headers=headers)
        except httpx.TransportError as error:
            return error


def _batches(posts: Iterator[Post], size: int) -> Iterator[list[Post]]:
    while batch := list(islice(posts, size)):
        yield batch


def _is_too_large(answer: httpx.Response | httpx.TransportError) -> bool:
    too_large = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return isinstance(answer, httpx.Response) and answer.status_code == too_large


def _wait(
    answer: httpx.Response | httpx.TransportError, failures: int, now: datetime
) -> float:
    """Seconds to the next try: as long as the receiver asks, else ever longer."""
    backoff = _BACKOFF[min(failures, len(_BACKOFF) - 1)]
    if isinstance(answer, httpx.TransportError):
        return backoff
    asked = _asked_wait(answer.headers.get("Retry-After", ""), now)
    return backoff if asked is None else min(max(asked, 0.0), _MOST_PATIENCE)


def _asked_wait(retry_after: str, now: datetime) -> float | None:
    """Read Retry-After: seconds or a date; None if there is none or it is odd."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    wait: float = (aware - now).total_seconds()
    return math.ceil(wait)


def _problem(answer: httpx.Response | httpx.TransportError) -> str:
    if isinstance(answer, httpx.Response):
        return f"{answer.status_code} {answer.text[:300]}"
    return f"{type(answer).__name__}: {answer}"


def _report(answer: httpx.Response, posts: int) -> None:
    """Log what the receiver made of a call; refused lines are worth a warning."""
    try:
        outcome = answer.json()
    except ValueError:
        outcome = {}
    rejected = outcome.get("rejected") or []
    say = log.warning if rejected else log.debug
    say(
        "sandbox.pushed",
        posts=posts,
        accepted=outcome.get("accepted"),
        duplicates=outcome.get("duplicates"),
        rejected=rejected[:5],
    )
