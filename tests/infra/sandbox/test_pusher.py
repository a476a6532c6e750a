"""The pusher against a receiver that fails in every nasty way."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.sandbox.diary import open_diary
from infra.sandbox.pusher import Delivery, Pusher
from infra.sandbox.world import Pace, Post, World
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import START

PACE = Pace(days=2, per_day=300, interval=timedelta(seconds=5))
WORLD = World(seed=4, start=START, pace=PACE)
PUSHED = {page.code for page in WORLD.region.pages if page.delivery == "push"}

Trouble = Callable[[httpx.Request], httpx.Response]


@dataclass
class FakeIngest:
    """Takes posts in once each, as the real one does, with planned troubles.

    `troubles` are used up one per call; a trouble may accept before it fails.
    """

    calls: list[httpx.Request] = field(default_factory=list)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        if self.troubles:
            return self.troubles.pop(0)(request)
        return self.accept(request)

    def accept(self, request: httpx.Request) -> httpx.Response:
        lines = [json.loads(line) for line in request.content.splitlines()]
        known = sum(self._version(line) in self._versions for line in lines)
        self.posts |= {line["external_id"]: line for line in lines}
        return httpx.Response(
            200,
            json={"accepted": len(lines) - known, "duplicates": known, "rejected": []},
        )

    @property
    def _versions(self) -> set[tuple[str, str | None]]:
        return {self._version(line) for line in self.posts.values()}

    @staticmethod
    def _version(line: dict[str, Any]) -> tuple[str, str | None]:
        return line["external_id"], line["edited_at"]

    @property
    def sizes(self) -> list[int]:
        return [len(call.content.splitlines()) for call in self.calls]


@dataclass
class Desk:
    """A receiver, a world, and the pushers that run between them."""

    folder: Path
    wall: Wall = field(default_factory=Wall)
    ingest: FakeIngest = field(default_factory=FakeIngest)
    pauses: list[float] = field(default_factory=list)

    def pusher(self, world: World = WORLD) -> Pusher:
        """Start anew: a pusher as after a restart, on the same data folder."""
        client = httpx.AsyncClient(
            transport=httpx.MockTransport(self.ingest), base_url="http://desk.invalid"
        )
        delivery = Delivery("http://sandbox.invalid", self.folder / "diary.json")
        return Pusher(client, world, now=self.wall, delivery=delivery, pause=self.pause)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def backfill() -> dict[str, Post]:
    """Last states of the posts of the past that are pushed."""
    return {post.id: post for post in WORLD.backfill() if post.page in PUSHED}


def lost(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused")


def answering(status: int, **headers: str) -> Trouble:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, headers=named)


async def test_past_is_pushed_first_in_calls_of_at_most_500(desk: Desk) -> None:
    pushed = await desk.pusher().push_due()

    expected = backfill()
    assert desk.ingest.posts.keys() == expected.keys()
    assert {i: line["text"] for i, line in desk.ingest.posts.items()} == {
        i: post.text for i, post in expected.items()
    }
    assert desk.ingest.sizes == [500, pushed - 500]


async def test_calls_carry_ndjson_and_a_key_of_their_content(desk: Desk) -> None:
    await desk.pusher().push_due()

    first, second = desk.ingest.calls
    assert first.url == "http://desk.invalid/api/v1/ingest/posts"
    assert first.headers["Content-Type"] == "application/x-ndjson"
    keys = [call.headers["Idempotency-Key"] for call in (first, second)]
    assert len(set(keys)) == 2
    assert [len(key) for key in keys] == [64, 64]


async def test_live_posts_follow_as_they_appear(desk: Desk) -> None:
    pusher = desk.pusher()
    await pusher.push_due()
    desk.ingest.posts.clear()

    for _ in range(60):
        desk.wall.pass_by(seconds=5)
        await pusher.push_due()

    assert desk.ingest.posts.keys() == {
        post.id for post in WORLD.arrivals(START, desk.wall.now) if post.page in PUSHED
    }
    assert max(desk.ingest.sizes[2:]) <= 3


async def test_nothing_new_means_no_call(desk: Desk) -> None:
    pusher = desk.pusher()
    await pusher.push_due()
    calls = len(desk.ingest.calls)

    assert await pusher.push_due() == 0
    assert len(desk.ingest.calls) == calls


async def test_restart_pushes_nothing_twice(desk: Desk) -> None:
    await desk.pusher().push_due()
    desk.wall.pass_by(minutes=5)
    await desk.pusher().push_due()
    sent = sum(desk.ingest.sizes)

    desk.wall.pass_by(minutes=5)
    await desk.pusher().push_due()

    lines = [
        FakeIngest._version(json.loads(line))
        for call in desk.ingest.calls
        for line in call.content.splitlines()
    ]
    assert sum(desk.ingest.sizes) > sent
    assert [v for v, times in Counter(lines).items() if times > 1] == []


async def test_stop_in_the_middle_of_the_past_goes_on_from_there(desk: Desk) -> None:
    def killed(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    desk.ingest.troubles = [desk.ingest.accept, killed]
    with pytest.raises(KeyboardInterrupt):
        await desk.pusher().push_due()

    await desk.pusher().push_due()

    assert desk.ingest.posts.keys() == backfill().keys()
    assert sum(desk.ingest.sizes[2:]) <= len(list(WORLD.backfill())) - 500 + 5


async def test_dropped_connection_after_accepting_sends_the_same_call(
    desk: Desk,
) -> None:
    def dropped(request: httpx.Request) -> httpx.Response:
        desk.ingest.accept(request)
        raise httpx.RemoteProtocolError("peer closed connection")

    desk.ingest.troubles = [dropped]

    await desk.pusher().push_due()

    first, again, *_ = desk.ingest.calls
    assert first.content == again.content
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]
    assert desk.ingest.posts.keys() == backfill().keys()


async def test_pusher_backs_off_and_never_gives_up(desk: Desk) -> None:
    desk.ingest.troubles = [
        lost,
        answering(503),
        answering(500),
        answering(401),
        answering(403),
        *[lost] * 20,
    ]

    await desk.pusher().push_due()

    assert desk.pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, *[60.0] * 19]
    assert desk.ingest.posts.keys() == backfill().keys()


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("86400", 600.0),
        (format_datetime(START + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(START - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("", 1.0),
    ],
)
async def test_pusher_waits_as_long_as_it_is_asked(
    desk: Desk, retry_after: str, wait: float
) -> None:
    desk.ingest.troubles = [answering(429, Retry_After=retry_after)]

    await desk.pusher().push_due()

    assert desk.pauses == [wait]


async def test_call_that_is_too_large_is_made_in_two_halves(desk: Desk) -> None:
    desk.ingest.troubles = [answering(413), answering(413)]

    await desk.pusher().push_due()

    assert desk.ingest.sizes[:4] == [500, 250, 125, 125]
    assert desk.ingest.posts.keys() == backfill().keys()


async def test_after_a_long_rest_only_the_last_half_hour_is_made_up(
    desk: Desk,
) -> None:
    await desk.pusher().push_due()
    desk.ingest.posts.clear()
    desk.wall.pass_by(days=3)

    await desk.pusher().push_due()

    since = desk.wall.now - timedelta(minutes=30)
    assert desk.ingest.posts.keys() == {
        post.id for post in WORLD.arrivals(since, desk.wall.now) if post.page in PUSHED
    }


async def test_refused_lines_do_not_stop_the_others(desk: Desk) -> None:
    rejected = [{"line": 1, "reason": "text is missing"}]
    desk.ingest.troubles = [
        lambda _: httpx.Response(200, json={"accepted": 499, "rejected": rejected}),
        lambda _: httpx.Response(202, text="not JSON"),
    ]

    await desk.pusher().push_due()

    assert len(desk.ingest.calls) == 2


async def test_failure_nobody_thought_of_is_outlived(desk: Desk) -> None:
    def strange(_: httpx.Request) -> httpx.Response:
        raise RuntimeError("out of the blue")

    desk.ingest.troubles = [strange]
    pusher = desk.pusher()

    async def stop_at_the_end(seconds: float) -> None:
        desk.pauses.append(seconds)
        if len(desk.pauses) == 3:
            raise asyncio.CancelledError

    pusher._pause = stop_at_the_end
    with pytest.raises(asyncio.CancelledError):
        await pusher.run()

    assert desk.pauses == [60.0, 1.0, 1.0]
    assert desk.ingest.posts.keys() == backfill().keys()


def test_diary_keeps_the_beginning_of_a_seed(tmp_path: Path) -> None:
    path = tmp_path / "diary.json"
    first = open_diary(path, 1, START)

    assert open_diary(path, 1, START + timedelta(days=1)) == first
    assert open_diary(path, 2, START + timedelta(days=1)).start > START
