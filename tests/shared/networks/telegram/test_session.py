"""A session of an account: connected in one place at a time, given up when refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from shared.db import Database
from shared.networks.access import Access, Token
from shared.networks.budget import LocalBudget
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.keeping import Keeping
from shared.networks.telegram.history import TelegramHistory
from shared.networks.telegram.session import SESSION, session_of
from shared.vault import Vault
from tests.factories import NOW

ACCOUNT = {"session": "1AbC", "api_id": "1", "api_hash": "x"}
TOKENS = [Token(f"s{number}", SESSION, ACCOUNT) for number in (1, 2)]
"""Two credentials, say of two regions, that hold one account's session."""


class Places:
    """Counts in how many places the account is connected at once."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0

    @asynccontextmanager
    async def open(self, _: Access, __: Token) -> AsyncIterator[TelegramHistory]:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        try:
            yield self  # type: ignore[misc] -- nobody asks it anything
        finally:
            self.now -= 1


def access(token: Token, keeping: Keeping | None) -> Access:
    async def sleep(seconds: float) -> None:
        del seconds

    return Access(
        http=httpx.AsyncClient(),
        budget=LocalBudget(lambda: NOW, sleep),
        clock=lambda: NOW,
        tokens=(token,),
        alone=keeping.alone if keeping else None,
    )


async def test_processes_that_share_an_account_connect_one_after_the_other(
    database_url: str,
) -> None:
    databases = [
        Database(database_url, role=f"otklik_{one}") for one in ("ingest", "triage")
    ]
    processes = [Keeping(each, Vault(bytes(32))) for each in databases]
    places = Places()

    async def talk(token: Token, keeping: Keeping) -> None:
        async with session_of(access(token, keeping), places.open):
            await asyncio.sleep(0)

    talks = [
        talk(token, keeping)
        for token, keeping in zip(TOKENS * 3, processes * 3, strict=True)
    ]
    await asyncio.gather(*talks)
    for database in databases:
        await database.close()

    assert (places.most, places.now) == (1, 0)


async def test_who_finds_it_taken_comes_back_and_has_not_connected(
    database_url: str,
) -> None:
    database = Database(database_url, role="otklik_ingest")
    soon = timedelta(milliseconds=20)
    one, other = (Keeping(database, Vault(bytes(32)), soon) for _ in range(2))
    places = Places()

    async with session_of(access(TOKENS[0], one), places.open):
        with pytest.raises(NetworkError) as caught:
            async with session_of(access(TOKENS[1], other), places.open):
                pytest.fail("the account is in use")
    await database.close()

    assert (caught.value.kind, caught.value.retry_after) == (ErrorKind.WAIT, soon)
    assert places.most == 1
