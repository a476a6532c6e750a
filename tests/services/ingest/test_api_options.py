"""Options of sources over HTTP: told, set, refused when nobody declared them."""

from typing import Any

import httpx
import pytest

from tests.services.ingest.fake_network import LINK
from tests.services.ingest.watching import SOURCES, shown, watched

NAMES = ["push", "history_days", "calls_per_poll"]


async def test_what_may_be_set_is_told_before_and_after_a_source_is_added(
    client: httpx.AsyncClient,
) -> None:
    found = await client.post(f"{SOURCES}/recognise", json={"link": LINK})
    source = await watched(client)

    told = await client.get(f"{SOURCES}/{source['id']}/options")

    assert [each["name"] for each in told.json()["items"]] == NAMES
    assert found.json()["options"] == told.json()["items"]
    assert told.json()["items"][1] == {
        "name": "history_days",
        "type": "whole",
        "usual": 7,
        "least": 1,
        "most": 365,
        "values": [],
        "said": {
            "ru": {"title": "Глубина первого чтения, дней", "hint": ""},
            "en": {
                "title": "How far back the first reading goes, in days",
                "hint": "",
            },
        },
    }


async def test_a_feed_has_nothing_to_set(client: httpx.AsyncClient) -> None:
    feed = await watched(client, "http://127.0.0.1:8088/rss")

    told = await client.get(f"{SOURCES}/{feed['id']}/options")

    assert told.json() == {"items": []}


async def test_only_what_differs_from_the_usual_is_kept(
    client: httpx.AsyncClient,
) -> None:
    source = await watched(client, options={"history_days": "30", "push": "polls"})

    changed = await client.patch(
        f"{SOURCES}/{source['id']}",
        json={"options": {"history_days": 7, "calls_per_poll": 20}},
    )

    assert source["options"] == {"history_days": 30}
    assert changed.json()["options"] == {"calls_per_poll": 20}
    assert (await shown(client, source))["options"] == {"calls_per_poll": 20}


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"id_base": "https://thief.example"}, "options.id_base"),
        ({"history_days": 9999}, "options.history_days"),
    ],
)
async def test_what_is_no_option_is_refused_wherever_it_is_given(
    client: httpx.AsyncClient, options: dict[str, Any], field: str
) -> None:
    source = await watched(client, "https://vk.com/other")
    body = {"link": LINK, "options": options}

    told = [
        await client.post(SOURCES, json=body),
        await client.post(f"{SOURCES}/test", json=body),
        await client.patch(f"{SOURCES}/{source['id']}", json={"options": options}),
    ]

    assert [answer.status_code for answer in told] == [422, 422, 422]
    fields = [answer.json()["errors"][0]["field"] for answer in told]
    assert fields == [field, field, field]


async def test_a_pause_of_its_own_is_taken_away(client: httpx.AsyncClient) -> None:
    source = await watched(client, poll_every_s=600)

    changed = await client.patch(
        f"{SOURCES}/{source['id']}", json={"poll_every_s": None}
    )

    assert (source["poll_every_s"], changed.json()["poll_every_s"]) == (600, None)
