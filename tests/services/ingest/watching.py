"""Watching the fake network in tests."""

from typing import Any

import httpx

from services.ingest import jobs
from services.ingest.jobs import Tools
from tests.services.ingest.fake_network import LINK, TOLD

SOURCES, CREDENTIALS = "/ingest/sources", "/ingest/credentials"
OTHER = "https://vk.com/search"
"""A link of the fake network beside `LINK`."""

TOKEN = "vk1.a.НеПоказывать"


async def watched(
    client: httpx.AsyncClient, link: str = LINK, **more: object
) -> dict[str, Any]:
    """Watch a link."""
    answer = await client.post(SOURCES, json={"link": link, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def with_token(
    client: httpx.AsyncClient, label: str = "ключ", **changes: object
) -> dict[str, Any]:
    """Give the region a token of the fake network."""
    body = {
        "network": "vk",
        "kind": "service",
        "label": label,
        "secrets": {"token": TOKEN, "secret": TOLD, "confirmation": "a1b2c3"},
    }
    answer = await client.post(CREDENTIALS, json=body | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def polled(tools: Tools, source: dict[str, Any], times: int = 1) -> None:
    """Poll a source."""
    for _ in range(times):
        await jobs.poll_source(tools, 1, source["id"])


async def shown(client: httpx.AsyncClient, source: dict[str, Any]) -> dict[str, Any]:
    """Look at a source."""
    answer = await client.get(f"{SOURCES}/{source['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def path_of(client: httpx.AsyncClient, source: dict[str, Any]) -> str:
    """Where a source is delivered to."""
    answer = await client.get(f"{SOURCES}/{source['id']}/hook")
    assert answer.status_code == 200, answer.text
    return answer.json()["path"].removeprefix("/api/v1")
