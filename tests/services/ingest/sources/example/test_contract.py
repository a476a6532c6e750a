"""The example keeps the contract of all sources; so must its copies."""

from datetime import timedelta

import httpx
import pytest

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Figure
from tests.factories import NOW
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.contract import (
    SourceContract,
    World,
    settle,
    settled,
)
from tests.services.ingest.sources.example.api import NETWORK
from tests.services.ingest.sources.example.connector import ExampleConnector
from tests.services.ingest.sources.example.world import LINK, ExampleWorld


class TestPage(SourceContract):
    soak = 2_000  # a copy leaves this out: ten thousand

    @pytest.fixture
    def world(self) -> World:
        return ExampleWorld()


@pytest.mark.parametrize(
    ("link", "native"),
    [
        ("https://example.invalid/roads", "roads"),
        ("http://www.EXAMPLE.invalid/Roads/", "roads"),
        ("https://example.invalid/", None),
        ("https://example.invalid.evil.invalid/roads", None),
        ("https://example.invalid/roads/15", None),
    ],
)
def test_link_leads_to_its_place(link: str, native: str | None) -> None:
    connector: Connector = ExampleConnector()

    place = connector.recognise(link)

    assert (place and place.native) == native


@pytest.mark.parametrize(
    ("status", "code", "kind", "wait"),
    [
        (400, "bad_request", ErrorKind.BUG, None),
        (401, "bad_token", ErrorKind.REAUTH, None),
        (404, "no_page", ErrorKind.DISABLE, None),
        (429, "too_fast", ErrorKind.WAIT, timedelta(minutes=1)),
        (418, "never heard of", ErrorKind.RETRY, None),
    ],
)
async def test_every_code_has_its_meaning(
    status: int, code: str, kind: ErrorKind, wait: timedelta | None
) -> None:
    world = ExampleWorld()
    world.server.fault = httpx.Response(status, json={"error": code})

    with pytest.raises(SourceError) as caught:
        await Poller(world.source()).poll(world.now)

    error = caught.value
    assert (error.kind, error.retry_after, error.token) == (kind, wait, "t1")
    assert error.code == f"{NETWORK}:{code}"


async def test_page_is_checked_and_measured() -> None:
    world, connector = ExampleWorld(), ExampleConnector()
    place = connector.recognise(LINK)
    assert place is not None

    checked = await connector.check(place, world.access())
    figures = await connector.figures(place, world.access(), now=NOW)

    assert checked == Checked("Дороги", "roads", 1200, ("read",))
    assert figures == (Figure("followers", 1200, NOW, "pages"),)


async def test_what_was_read_before_a_failure_is_kept() -> None:
    world = ExampleWorld()
    world.publish_many(150)
    poller = Poller(world.source())
    world.server.before = [lambda: None, world.fail_once]

    more = await poller.poll(world.now)
    kept = len(poller.archive.posts)
    await settle(world, poller)

    assert (more, kept, len(poller.notes)) == (False, 100, 1)
    assert poller.archive.standing == world.standing()


async def test_pages_that_never_end_are_left() -> None:
    world = ExampleWorld()
    world.server.is_deaf = True
    world.publish_many(150)
    poller = Poller(world.source())

    more = await poller.poll(world.now)

    assert (more, world.calls(), len(poller.archive.posts)) == (False, 2, 100)


async def test_what_is_no_post_is_counted_or_refused() -> None:
    world = ExampleWorld()
    world.server.publish("Без времени", created="вчера")
    world.server.publish("Из будущего", created=2**70)
    good = world.publish("Яма")
    world.server.publish("Без номера", id=None)

    poller = await settled(world)

    assert [*poller.archive.standing] == [good]
    assert poller.refused[:2] == ["2: created: is no time", "1: created: is no time"]
    assert poller.unknown["post without id"] > 0
