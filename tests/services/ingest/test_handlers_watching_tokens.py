"""Watched pages: which token is used, who is asked when, what is measured."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.ingest.jobs import Tools, measure_page, poll_sources, ring_due, sweep
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.networks import Networks
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock
from tests.services.ingest.fake_network import FakeNetwork
from tests.services.ingest.pushing import rows, values
from tests.services.ingest.watching import (
    OTHER,
    TOKEN,
    polled,
    shown,
    watched,
    with_token,
)


async def test_a_refused_token_stops_every_source_of_it_and_another_starts_them(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    networks: Networks,
    queue: FakeQueue,
) -> None:
    token = await with_token(client)
    one, other = await watched(client), await watched(client, OTHER)
    network.failures = [SourceError("no such token", ErrorKind.REAUTH, code="vk:5")]
    queue.rings.clear()

    await polled(tools, one)
    await polled(tools, other)
    stopped = [await shown(client, each) for each in (one, other)]
    calls = len(network.tokens)
    (told,) = (await client.get("/ingest/credentials")).json()["items"]
    await client.put(
        f"/ingest/credentials/{token['id']}", json={"secrets": {"token": "другой"}}
    )
    rung = queue.take("ingest", "poll_source")
    await polled(tools, one)

    assert [(each["health"], each["error_code"]) for each in stopped] == [
        ("token", "vk:5")
    ] * 2
    assert [each["budget"] for each in stopped] == [
        {"stopped": True, "parked_until": None}
    ] * 2
    assert calls == 1
    assert (told["state"], told["error_code"]) == ("refused", "vk:5")
    assert sorted(rung) == sorted([(1, one["id"]), (1, other["id"])])
    assert network.tokens[-1] == "другой"
    assert (await shown(client, one))["health"] == "ok"


async def test_with_two_tokens_of_a_kind_the_refused_one_is_not_missed(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, queue: FakeQueue
) -> None:
    await with_token(client, "первый", secrets={"token": "первый"})
    await with_token(client, "второй", secrets={"token": "второй"})
    source = await watched(client)
    queue.rings.clear()
    network.failures = [SourceError("no such token", ErrorKind.REAUTH)]

    await polled(tools, source)
    rung = queue.take("ingest", "poll_source")
    await polled(tools, source)

    assert rung == [(1, source["id"])]
    assert network.tokens == ["первый", "второй"]
    assert (await shown(client, source))["health"] == "ok"


async def test_a_chosen_token_is_used_alone_of_its_kind(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> None:
    await with_token(client, "первый", secrets={"token": "первый"})
    chosen = await with_token(client, "второй", secrets={"token": "второй"})
    source = await watched(client, credential_id=chosen["id"])
    network.failures = [SourceError("no such token", ErrorKind.REAUTH)]

    await polled(tools, source, times=2)

    assert network.tokens == ["второй"]
    assert (await shown(client, source))["health"] == "token"


async def test_a_token_whose_time_is_over_is_not_used(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, clock: Clock
) -> None:
    await with_token(client, expires_at="2026-03-11T10:00:00Z")
    source = await watched(client)
    await polled(tools, source)
    clock.forward(hours=2)

    await polled(tools, source)

    (told,) = (await client.get("/ingest/credentials")).json()["items"]
    assert network.tokens == [TOKEN]
    assert told["state"] == "expired"


async def test_a_source_that_was_rung_for_is_not_asked_twice_at_once(
    client: httpx.AsyncClient, tools: Tools, queue: FakeQueue, clock: Clock
) -> None:
    source = await watched(client)
    rung = queue.take("ingest", "poll_source")

    await ring_due(tools)
    at_once = queue.take("ingest", "poll_sources")
    clock.forward(seconds=30)
    await ring_due(tools)

    assert (rung, at_once) == ([(1, source["id"])], [])
    assert queue.take("ingest", "poll_sources") == [(1, [source["id"]])]


async def test_due_sources_are_rung_for_in_groups(
    client: httpx.AsyncClient, tools: Tools, queue: FakeQueue, clock: Clock
) -> None:
    made = [
        (await watched(client, f"https://vk.com/club{n}", poll_every_s=10))["id"]
        for n in range(12)
    ]
    queue.rings.clear()
    clock.forward(seconds=30)

    await ring_due(tools)

    groups = [ids for _, ids in queue.take("ingest", "poll_sources")]
    assert [len(ids) for ids in groups] == [10, 2]
    assert sorted(each for ids in groups for each in ids) == sorted(made)


async def test_sources_polled_together_fail_alone(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> None:
    one, other = await watched(client), await watched(client, OTHER)
    network.failures = [SourceError("HTTP 502")]

    await poll_sources(tools, 1, [one["id"], other["id"]])

    healths = {(await shown(client, each))["health"] for each in (one, other)}
    assert healths == {"failing", "ok"}


async def test_figures_are_kept_once_a_day_and_never_overwritten(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    queue: FakeQueue,
    clock: Clock,
) -> None:
    source = await watched(client)
    await polled(tools, source)
    await sweep(tools)
    rung = queue.take("ingest", "measure_page")
    await measure_page(tools, 1, source["id"])
    network.followers = 1300
    await measure_page(tools, 1, source["id"])
    clock.forward(days=1)
    await sweep(tools)
    next_day = queue.take("ingest", "measure_page")
    await measure_page(tools, 1, source["id"])

    listed = (await client.get(f"/ingest/sources/{source['id']}/figures")).json()
    assert rung == next_day == [(1, source["id"])]
    assert [(each["day"], each["value"]) for each in listed["items"]] == [
        ("2026-03-12", 1300),
        ("2026-03-11", 1200),
    ]


async def test_the_database_itself_keeps_figures_as_they_are(work: Work) -> None:
    with pytest.raises(Exception, match="permission denied"):
        await rows(work, "UPDATE ingest.page_stat SET value = 0 RETURNING 1 AS n")


async def test_figures_that_can_not_be_had_are_nothing_against_the_source(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    source = await watched(client)
    await polled(tools, source)
    network.failures = [SourceError("no right", ErrorKind.DISABLE)]

    await measure_page(tools, 1, source["id"])

    assert (await shown(client, source))["health"] == "ok"
    assert await values(work, "SELECT next_figures_at FROM ingest.source") == [
        NOW + timedelta(hours=3)
    ]


async def test_a_token_refused_for_figures_is_given_up_and_no_source_stops(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    await with_token(client, "ключ для чтения")
    admin = await with_token(client, "администратор", kind="community")
    source = await watched(client)
    await polled(tools, source)
    network.failures = [await refusal_of(work, admin)]

    await measure_page(tools, 1, source["id"])
    again_at = await values(work, "SELECT next_figures_at FROM ingest.source")
    await measure_page(tools, 1, source["id"])

    told = (await client.get("/ingest/credentials")).json()["items"]
    figures = (await client.get(f"/ingest/sources/{source['id']}/figures")).json()
    assert {each["label"]: (each["state"], each["error_code"]) for each in told} == {
        "ключ для чтения": ("ok", None),
        "администратор": ("refused", "vk:5"),
    }
    assert (await shown(client, source))["health"] == "ok"
    assert again_at == [NOW + timedelta(minutes=1)]
    assert [each["value"] for each in figures["items"]] == [1200]


async def test_the_only_token_refused_for_figures_is_left_to_the_next_poll(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    only = await with_token(client)
    source = await watched(client)
    await polled(tools, source)
    network.failures = [await refusal_of(work, only)]

    await measure_page(tools, 1, source["id"])

    (told,) = (await client.get("/ingest/credentials")).json()["items"]
    assert told["state"] == "ok"
    assert await values(work, "SELECT next_figures_at FROM ingest.source") == [
        NOW + timedelta(hours=3)
    ]


async def refusal_of(work: Work, credential: dict[str, Any]) -> SourceError:
    """What a network says of a token it does not take any more."""
    found = await rows(work, "SELECT id, version FROM ingest.credential")
    versions = {str(each["id"]): each["version"] for each in found}
    name = credential["id"]
    token = f"{name.replace('-', '')}-{versions[name]}"
    return SourceError("no such token", ErrorKind.REAUTH, code="vk:5", token=token)
