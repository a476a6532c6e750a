"""A page of Facebook that can not be read, or not so often."""

from datetime import timedelta

import pytest

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.facebook import FacebookConnector
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.facebook.polls import first, poller
from tests.services.ingest.sources.facebook.world import (
    NUMBER,
    PLACE,
    FacebookServer,
)
from tests.services.ingest.sources.polls import read_all


@pytest.fixture
def fb() -> FacebookServer:
    return FacebookServer()


@pytest.mark.parametrize("code", [10, 200, 100])
async def test_page_that_can_not_be_read_is_disabled(
    fb: FacebookServer, code: int
) -> None:
    fb.fail("*/feed", code)
    source = FacebookConnector().open(PLACE, fb.access())
    state = {"account": NUMBER}

    with pytest.raises(SourceError) as caught:
        await source.fetch(state, now=fb.now)

    assert caught.value.kind is ErrorKind.DISABLE


async def test_comments_that_are_closed_to_us_stop_nothing_else(
    fb: FacebookServer,
) -> None:
    post, other = fb.publish("Пишите"), fb.publish("И сюда")
    fb.comment(post, "Да")
    fb.comment(other, "Нет")
    fb.fail(f"{fb.name(post)}/comments", 10)
    one = poller(fb)

    await read_all(fb, one)
    before = set(one.archive.standing.values())
    await read_all(fb, one, hours=1)

    assert before == {"Пишите", "И сюда", "Нет"}
    assert one.archive.standing == fb.standing()


async def test_expired_token_is_fatal(fb: FacebookServer) -> None:
    fb.publish("Яма")
    token = fb.token().secrets["token"]
    book = fb.network.tokens
    book.put(book.issue("page", owner="fb-test", value=token))
    access = fb.access()
    source = FacebookConnector().open(PLACE, access)
    await source.fetch({}, now=fb.now)
    book.issue(
        "page", owner="fb-test", value=token, now=fb.now, lifetime=timedelta(minutes=1)
    )
    fb.forward(minutes=2)
    before = len(fb.calls)

    for _ in range(2):
        with pytest.raises(SourceError, match=r"expired|is not used") as caught:
            await source.fetch({"account": NUMBER}, now=fb.now)
        assert caught.value.kind is ErrorKind.REAUTH

    assert len(fb.calls) == before + 1
    assert fb.report()["after_fatal"] == 0


async def test_allowance_is_never_overdrawn(fb: FacebookServer) -> None:
    fb.server.usage.engaged = 60 / 4800
    one = poller(fb)

    waits = await _watched(fb, one, hours=30)

    report = fb.report()
    assert (report["over_limit"], report["requests"] > 60) == (0, True)
    assert waits > 0
    assert one.archive.standing == fb.standing()


async def _watched(fb: FacebookServer, one: Poller, *, hours: int) -> int:
    """Poll every few minutes for hours, while people write; count polls that wait."""
    waits = 0
    end = fb.now + timedelta(hours=hours)
    while fb.now < end:
        fb.forward(minutes=12)
        if fb.now < end - timedelta(hours=4):
            fb.publish("Ещё одна жалоба")
        try:
            await one.poll(fb.now)
        except SourceError as error:
            waits += error.kind is ErrorKind.WAIT
    return waits


async def test_spent_allowance_waits_as_long_as_meta_says(fb: FacebookServer) -> None:
    fb.fail("*/feed", 80_001, retry_after=720)
    source = FacebookConnector().open(PLACE, fb.access())

    kinds = []
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            await source.fetch({"account": NUMBER}, now=fb.now)
        kinds.append((caught.value.kind, caught.value.retry_after))

    assert kinds == [(ErrorKind.WAIT, timedelta(minutes=12))] * 2
    assert len(fb.calls) == 1


async def test_clock_that_differs_is_told(fb: FacebookServer) -> None:
    fb.skew = timedelta(minutes=10)

    note = (await first(fb)).note or ""

    assert note.startswith("the network's clock and ours differ by")
