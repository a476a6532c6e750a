"""A server of feeds, and a client that may reach it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.ingest.sources.safe_http import safe_client
from tests.services.ingest.feed_server import FeedServer


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def client(server: FeedServer) -> AsyncIterator[httpx.AsyncClient]:
    async with safe_client(
        user_agent="Otklik test", allowed=[server.place], timeout=2
    ) as opened:
        yield opened
