"""What only the index in Meilisearch has: a server that may fail, and slow imports."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest
from meilisearch_python_sdk import AsyncClient

from shared.errors import Unavailable
from shared.search.meili import MeiliSearch
from tests.shared.search.documents import (
    NORTH,
    ask,
    make_document,
    make_id,
    numbers,
)


async def test_a_server_that_is_away_is_unavailable() -> None:
    search = MeiliSearch("http://127.0.0.1:1")

    for attempt in (
        search.ready(),
        search.prepare(),
        search.upsert([make_document(1, "Яма")]),
        search.delete(NORTH, [make_id(1)]),
        search.search(ask("яма")),
        search.ids(NORTH, [make_id(1)]),
        search.count(NORTH),
        search.new_index(),
        search.swap("posts-1"),
    ):
        with pytest.raises(Unavailable):
            await attempt
    await search.close()


def test_the_client_library_is_loaded_only_when_it_is_used() -> None:
    check = (
        "import sys, shared.search.meili;"
        "print([name for name in sys.modules if name.startswith('meilisearch')])"
    )

    printed = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", check], capture_output=True, check=True, text=True
    )

    assert printed.stdout.strip() == "[]"


@pytest.mark.meilisearch
async def test_an_index_that_was_never_made_is_not_ready(meili_url: str) -> None:
    key = os.environ.get("OTKLIK_MEILI_KEY")
    search = MeiliSearch(meili_url, key, index=f"test-{uuid4().hex}")

    with pytest.raises(Unavailable):
        await search.ready()
    await search.close()


@pytest.mark.meilisearch
async def test_a_task_that_fails_is_an_error(meili_url: str) -> None:
    name, key = f"test-{uuid4().hex}", os.environ.get("OTKLIK_MEILI_KEY")
    search = MeiliSearch(meili_url, key, index=name)
    async with AsyncClient(meili_url, key) as client:
        await client.create_index(name, primary_key="another")

        with pytest.raises(Unavailable, match="task"):
            await search.upsert([make_document(1, "Яма")])
        await client.delete_index_if_exists(name)
    await search.close()


@pytest.mark.meilisearch
async def test_preparing_again_keeps_the_documents(meili_search: MeiliSearch) -> None:
    await meili_search.upsert([make_document(1, "Яма")])

    await meili_search.prepare()

    assert numbers(await meili_search.search(ask("яма"))) == [1]
