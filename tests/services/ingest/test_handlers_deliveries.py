"""Deliveries that come at the same time are stored in one go, each answered its own."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.ingest.handlers.deliveries import Call, Deliveries
from services.ingest.handlers.hooks import Limits
from services.ingest.handlers.received import Answer
from services.ingest.sources.connector import Delivery
from services.ingest.sources.networks import Networks
from shared.errors import NotFound, TooManyRequests, Unavailable
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW
from tests.services.ingest.fake_network import Thing, event_of
from tests.services.ingest.pushing import rows, values
from tests.services.ingest.watching import (
    OTHER,
    SOURCES,
    path_of,
    watched,
    with_token,
)

OK = Answer(200, "ok", "text/plain")
ARCHIVE = """
SELECT external_id, text, revision, deleted_at IS NOT NULL AS gone
FROM ingest.post ORDER BY external_id
"""
SPOIL = """
UPDATE ingest.credential SET sealed = decode(repeat('00', 40), 'hex') WHERE id = :id
"""
TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM ingest.post"


def comment(number: int, words: str = "Яма") -> Thing:
    return Thing(f"wallreply:-1_{number}", words, NOW, "wall:-1_1")


@pytest.fixture
def deliveries(work: Work, networks: Networks, vault: Vault) -> Deliveries:
    return Deliveries(work, networks, vault, Limits(1000, 1000))


@pytest.fixture
async def source(client: httpx.AsyncClient) -> dict[str, Any]:
    """A source that the fake network delivers to."""
    await with_token(client)
    return await watched(client)


async def address(
    client: httpx.AsyncClient, deliveries: Deliveries, source: dict[str, Any]
) -> tuple[str, Any]:
    """Network and key of a source's hook; its region is known from then on."""
    _, _, network, key = (await path_of(client, source)).rsplit("/", 3)
    at = network, await deliveries.enter(key)
    await deliveries.take(Call(*at, Delivery("GET", {}, {}, b"")))
    return at


async def together(
    deliveries: Deliveries, *calls: tuple[tuple[str, Any], bytes]
) -> list[Answer | BaseException]:
    """Deliver all at a time."""
    taking = [
        deliveries.take(Call(*at, Delivery("POST", {}, {}, body))) for at, body in calls
    ]
    return await asyncio.gather(*taking, return_exceptions=True)


async def test_what_comes_together_is_one_transaction(
    client: httpx.AsyncClient,
    work: Work,
    deliveries: Deliveries,
    source: dict[str, Any],
) -> None:
    at = await address(client, deliveries, source)
    events = [event_of("new", comment(n), f"e{n}") for n in range(30)]

    answers = await together(deliveries, *((at, event) for event in events))

    assert answers == [OK] * 30
    assert await values(work, "SELECT count(*) FROM ingest.post") == [30]
    assert await values(work, "SELECT count(DISTINCT xmin::text) FROM ingest.post") == [
        1
    ]
    assert await values(work, "SELECT cardinality(post_ids) FROM ingest.batch") == [30]


async def test_versions_of_a_post_that_come_together_arrive_in_their_order(
    client: httpx.AsyncClient,
    work: Work,
    deliveries: Deliveries,
    source: dict[str, Any],
) -> None:
    at = await address(client, deliveries, source)
    edited = {"edited_at": (NOW + timedelta(seconds=1)).isoformat()}

    answers = await together(
        deliveries,
        (at, event_of("new", comment(1), "e1")),
        (at, event_of("new", comment(2), "e2")),
        (at, event_of("edit", comment(1, "Яма у дома"), "e3", **edited)),
        (at, event_of("delete", comment(2), "e4")),
    )

    assert answers == [OK] * 4
    assert await rows(work, ARCHIVE) == [
        {
            "external_id": comment(1).key,
            "text": "Яма у дома",
            "revision": 2,
            "gone": False,
        },
        {"external_id": comment(2).key, "text": "", "revision": 2, "gone": True},
    ]


async def test_the_same_event_twice_in_a_group_counts_once(
    client: httpx.AsyncClient,
    work: Work,
    deliveries: Deliveries,
    source: dict[str, Any],
) -> None:
    at = await address(client, deliveries, source)
    restored = {"edited_at": (NOW + timedelta(seconds=1)).isoformat()}

    await together(
        deliveries,
        (at, event_of("new", comment(1), "e1")),
        (at, event_of("restore", comment(1, "Ям нет"), "e2", **restored)),
        (at, event_of("new", comment(1), "e1")),
        (at, event_of("restore", comment(1, "Другое"), "e2", **restored)),
    )

    assert await values(work, "SELECT text FROM ingest.post") == ["Ям нет"]
    assert await values(work, "SELECT count(*) FROM ingest.hook_event") == [2]


async def test_each_address_of_a_group_gets_its_own_answer(
    client: httpx.AsyncClient,
    work: Work,
    deliveries: Deliveries,
    source: dict[str, Any],
) -> None:
    good = await address(client, deliveries, source)
    other = await watched(client, OTHER)
    paused = await address(client, deliveries, other)
    await client.post(f"{SOURCES}/{other['id']}/pause")
    event = event_of("new", comment(1), "e1")
    forged = event_of("new", comment(2), "e2", secret="guessed")

    found, held, wrong_network, refused = await together(
        deliveries,
        (good, event),
        (paused, event),
        (("ok", good[1]), event),
        (good, forged),
    )

    assert (found, held) == (OK, Answer(503, "", "text/plain", 600))
    assert isinstance(wrong_network, NotFound)
    assert refused == Answer(403, "no", "text/plain")
    assert await values(work, "SELECT external_id FROM ingest.post") == [comment(1).key]


async def test_a_credential_nobody_can_open_stops_no_other_source(
    client: httpx.AsyncClient,
    work: Work,
    deliveries: Deliveries,
    source: dict[str, Any],
) -> None:
    own = await with_token(client, "свой", kind="community")
    chosen = await with_token(client, "чужой", kind="community")
    good = await watched(client, OTHER, credential_id=own["id"])
    spoilt = await watched(client, "https://vk.com/spoilt", credential_id=chosen["id"])
    places = [await address(client, deliveries, each) for each in (good, spoilt)]
    async with work.unit(1) as uow:
        await uow.session.execute(
            text(SPOIL),
            {"id": chosen["id"]},
        )

    stored, failed = await together(
        deliveries,
        (places[0], event_of("new", comment(1), "e1")),
        (places[1], event_of("new", comment(2), "e2")),
    )

    assert stored == OK
    assert isinstance(failed, Unavailable)
    assert await values(work, "SELECT external_id FROM ingest.post") == [comment(1).key]


async def test_when_matching_is_behind_only_what_brings_posts_must_wait(
    client: httpx.AsyncClient,
    work: Work,
    networks: Networks,
    vault: Vault,
    source: dict[str, Any],
) -> None:
    deliveries = Deliveries(work, networks, vault, Limits(1000, 0))
    at = await address(client, deliveries, source)
    await together(deliveries, (at, event_of("new", comment(1), "e1")))

    late, confirmed, later = await together(
        deliveries,
        (at, event_of("new", comment(2), "e2")),
        (at, event_of("confirmation", comment(1), "e0")),
        (at, event_of("new", comment(3), "e3")),
    )

    assert confirmed == Answer(200, "a1b2c3", "text/plain")
    assert isinstance(late, TooManyRequests)
    assert isinstance(later, TooManyRequests)
    assert await values(work, "SELECT count(*) FROM ingest.post") == [1]
