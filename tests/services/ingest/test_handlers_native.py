"""A page added by its name gets its number, which hooks are told."""

import httpx

from services.ingest.jobs import Tools
from tests.services.ingest.fake_network import LINK, FakeNetwork
from tests.services.ingest.watching import (
    SOURCES,
    polled,
    shown,
    watched,
    with_token,
)


async def test_a_poll_tells_the_number_of_a_page_added_by_its_name(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> None:
    await with_token(client)
    source = await watched(client)
    network.number = "-17"

    await polled(tools, source, times=2)

    after = await shown(client, source)
    assert (source["native"], after["native"]) == ("klenovsk", "-17")
    assert after["url"] == LINK


async def test_a_page_that_has_its_number_is_still_known_by_its_link(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> None:
    await with_token(client)
    source = await watched(client)
    network.number = "-17"
    await polled(tools, source)

    found = await client.post(f"{SOURCES}/recognise", json={"link": LINK})
    again = await client.post(SOURCES, json={"link": LINK, "name": "Другое"})

    assert found.json()["source_id"] == source["id"]
    assert again.status_code == 409


async def test_a_number_that_another_source_has_is_not_taken(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> None:
    await with_token(client)
    first = await watched(client)
    second = await watched(client, "https://vk.com/other")
    network.number = "-17"

    await polled(tools, first)
    await polled(tools, second)

    assert (await shown(client, second))["native"] == "other"
    assert (await shown(client, second))["health"] == "ok"
