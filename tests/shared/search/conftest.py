"""Both indexes, each empty: PostgreSQL used as by a service, and real Meilisearch."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from time import monotonic, sleep
from uuid import uuid4

import httpx
import pytest
from meilisearch_python_sdk import AsyncClient

from infra.embedded.ports import free_port
from shared.db import Database
from shared.search import Search
from shared.search.meili import MeiliSearch
from shared.search.postgres import PostgresSearch


@pytest.fixture(
    params=["postgres", pytest.param("meili", marks=pytest.mark.meilisearch)]
)
def search(request: pytest.FixtureRequest) -> Search:
    """Each of the adapters in turn."""
    found: Search = request.getfixturevalue(f"{request.param}_search")
    return found


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The tables made by the migrations, used with the rights of the service."""
    database = Database(database_url, role="otklik_ingest")
    yield database
    await database.close()


@pytest.fixture
def postgres_search(database: Database) -> PostgresSearch:
    """An empty index in PostgreSQL."""
    return PostgresSearch(database.engine)


@pytest.fixture
async def meili_search(meili_url: str) -> AsyncIterator[MeiliSearch]:
    """An empty index of the test's own on the Meilisearch server."""
    name, key = f"test-{uuid4().hex}", os.environ.get("OTKLIK_MEILI_KEY")
    search = MeiliSearch(meili_url, key, index=name)
    await search.prepare()
    yield search
    await search.close()
    async with AsyncClient(meili_url, key) as client:
        for index in await client.get_indexes(limit=1_000) or ():
            if index.uid.startswith(name):
                await client.delete_index_if_exists(index.uid)


@pytest.fixture(scope="session")
def meili_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server named by OTKLIK_MEILI_URL, or one started from the PATH."""
    if url := os.environ.get("OTKLIK_MEILI_URL"):
        yield url
        return
    binary = shutil.which("meilisearch")
    if binary is None:
        pytest.skip("no Meilisearch: set OTKLIK_MEILI_URL or put meilisearch on PATH")
    with _meilisearch(binary, tmp_path_factory.mktemp("meilisearch")) as url:
        yield url


@contextmanager
def _meilisearch(binary: str, folder: Path) -> Iterator[str]:
    """Run a server on a free loopback port that tells nobody it exists."""
    address = f"127.0.0.1:{free_port()}"
    options = ["--no-analytics", "--http-addr", address, "--log-level", "ERROR"]
    server = Popen(  # noqa: S603 -- the binary the developer put there
        [binary, *options], cwd=folder, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        _wait_for(f"http://{address}/health")
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for(url: str) -> None:
    deadline = monotonic() + 20
    while True:
        try:
            httpx.get(url, timeout=1).raise_for_status()
        except httpx.HTTPError:
            if monotonic() > deadline:
                raise
            sleep(0.05)
        else:
            return
