"""Keeping the index like the posts, whatever happens to search or worker."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.ingest import jobs
from services.ingest.handlers.indexing import TRIES, index_some, reindex
from services.ingest.handlers.labels import take_labels
from services.ingest.jobs import Tools
from services.ingest.store import index_queue
from shared.contracts import PostLabel, PostsLabelled
from shared.db import EVERY_REGION
from shared.errors import Conflict, Unavailable
from shared.ids import new_id
from shared.search import Document, Query
from shared.search.postgres import PostgresSearch
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import counts, push, rows, values

ONE = "2025-11-11T13:00:00+03:00"
QUEUE = "SELECT count(*) FROM ingest.index_queue"

pytestmark = pytest.mark.usefixtures("region")


class Down(PostgresSearch):
    """An index that cannot be reached."""

    async def upsert(
        self,
        documents: Sequence[Document],  # noqa: ARG002 -- the port
        *,
        index: str | None = None,  # noqa: ARG002 -- the port
    ) -> None:
        raise Unavailable("the index is down")


class Picky(PostgresSearch):
    """An index that refuses one document."""

    async def upsert(
        self, documents: Sequence[Document], *, index: str | None = None
    ) -> None:
        if any("яд" in document.text for document in documents):
            raise ValueError("cannot index this")
        await super().upsert(documents, index=index)


class Slow(PostgresSearch):
    """An index that is busy while something happens."""

    def __init__(self, engine: object) -> None:
        super().__init__(engine)
        self.meanwhile = None

    async def upsert(
        self, documents: Sequence[Document], *, index: str | None = None
    ) -> None:
        if self.meanwhile is not None:
            action, self.meanwhile = self.meanwhile, None
            await action()
        await super().upsert(documents, index=index)


def with_search(tools: Tools, kind: type[PostgresSearch]) -> Tools:
    return replace(tools, search=kind(tools.work.database.engine))


async def found(tools: Tools, q: str = "", region: int = 1) -> list[str]:
    page = await tools.search.search(Query(region_id=region, q=q))
    return [hit.document.text for hit in page.hits]


async def test_posts_are_found_as_they_stand(
    work: Work, vault: Vault, tools: Tools, quiet: Quiet
) -> None:
    await push(work, vault, post_object(), post_object(external_id="2", text="Мёд"))
    await quiet()
    await push(work, vault, post_object(text="Ямы засыпаны", edited_at=ONE))

    await quiet()

    assert await found(tools, "яма") == ["Ямы засыпаны"]
    assert await values(work, QUEUE) == [0]


async def test_a_deleted_post_is_found_no_more(
    work: Work, vault: Vault, tools: Tools, quiet: Quiet
) -> None:
    await push(work, vault, post_object(), post_object(external_id="2", text="Мёд"))
    await quiet()
    await push(work, vault, post_object(text=None, deleted=True, edited_at=ONE))

    await quiet()

    assert await found(tools) == ["Мёд"]


async def test_nobody_finds_the_posts_of_another_region(
    work: Work, vault: Vault, tools: Tools, quiet: Quiet
) -> None:
    await push(work, vault, post_object(), region=2)

    await quiet()

    assert await found(tools) == []
    assert await found(tools, region=2) == ["Яма на Садовой, 5"]


async def test_while_search_is_down_nothing_else_suffers_and_nothing_is_lost(
    work: Work, vault: Vault, queue: FakeQueue, tools: Tools, quiet: Quiet
) -> None:
    down = with_search(tools, Down)
    receipt = await push(work, vault, post_object())

    await jobs.index_posts(down, 1)
    waiting = await values(work, QUEUE)
    queue.rings.clear()
    await jobs.sweep(tools)
    await quiet()

    assert receipt.accepted == 1
    assert waiting == [1]
    assert await found(tools) == ["Яма на Садовой, 5"]
    assert await values(work, QUEUE) == [0]


async def test_a_post_that_changes_while_it_is_indexed_is_indexed_again(
    work: Work, vault: Vault, tools: Tools, quiet: Quiet
) -> None:
    slow = with_search(tools, Slow)
    await push(work, vault, post_object())

    async def edit() -> None:
        await push(work, vault, post_object(text="Правка", edited_at=ONE))

    slow.search.meanwhile = edit
    async with work.unit(1) as uow:
        done = await index_some(uow, slow.search)
    left = await values(work, QUEUE)
    await quiet()

    assert (done, left) == (1, [1])
    assert await found(tools) == ["Правка"]


async def test_one_process_indexes_a_region_at_a_time(
    work: Work, vault: Vault, tools: Tools
) -> None:
    await push(work, vault, *(post_object(external_id=str(n)) for n in range(30)))

    async def index() -> int:
        async with work.unit(1) as uow:
            done = await index_some(uow, tools.search)
            await asyncio.sleep(0.05)
            return done

    assert sorted(await asyncio.gather(index(), index(), index())) == [0, 0, 30]


async def test_a_document_the_index_refuses_is_buried_and_the_others_indexed(
    work: Work, vault: Vault, tools: Tools
) -> None:
    picky = with_search(tools, Picky)
    await push(work, vault, post_object(), post_object(external_id="2", text="Тут яд"))

    await jobs.index_posts(picky, 1)

    (letter,) = await rows(work, "SELECT kind, error, tries FROM ingest.dead_letter")
    assert await found(tools) == ["Яма на Садовой, 5"]
    assert letter == {
        "kind": "document",
        "error": "ValueError: cannot index this",
        "tries": TRIES,
    }
    assert await values(work, QUEUE) == [0]


async def test_labels_of_triage_are_found(
    work: Work, vault: Vault, tools: Tools, quiet: Quiet
) -> None:
    await push(work, vault, post_object(), post_object(external_id="2", text="Мёд"))
    ids = await values(work, "SELECT id FROM ingest.post ORDER BY external_id")
    incident = new_id()
    label = PostLabel(
        post_id=ids[1],
        version=3,
        status="assigned",
        topic="roads.surface",
        topic_name="Дороги",
        municipality="klen",
        municipality_name="Клёновск",
        incident_id=incident,
        incident_number=7,
    )

    async with work.unit(1) as uow:
        await take_labels(uow, PostsLabelled(region_id=1, labels=(label,)))
    await quiet()

    page = await tools.search.search(Query(region_id=1, status="assigned"))
    (hit,) = page.hits
    assert (hit.document.id, hit.document.topic_name) == (ids[1], "Дороги")
    assert (hit.document.incident_id, hit.document.incident_number) == (incident, 7)
    assert hit.document.municipality_name == "Клёновск"


async def test_a_late_older_label_changes_nothing(
    work: Work, vault: Vault, queue: FakeQueue
) -> None:
    await push(work, vault, post_object())
    (post_id,) = await values(work, "SELECT id FROM ingest.post")
    newer = PostLabel(post_id=post_id, version=2, status="noise")
    older = PostLabel(post_id=post_id, version=1, status="candidate")

    async with work.unit(1) as uow:
        both = PostsLabelled(region_id=1, labels=(newer, older))
        await take_labels(uow, both)
    queue.rings.clear()
    async with work.unit(1) as uow:
        await take_labels(uow, PostsLabelled(region_id=1, labels=(older,)))

    assert await values(work, "SELECT status FROM ingest.post") == ["noise"]
    assert queue.rings == []


async def test_a_label_for_another_regions_post_changes_nothing(
    work: Work, vault: Vault
) -> None:
    await push(work, vault, post_object())
    (post_id,) = await values(work, "SELECT id FROM ingest.post")
    label = PostLabel(post_id=post_id, version=2, status="noise")

    async with work.unit(2) as uow:
        await take_labels(uow, PostsLabelled(region_id=2, labels=(label,)))

    assert await values(work, "SELECT status FROM ingest.post") == ["taken_in"]


async def test_a_rebuild_finds_every_living_post_and_nothing_else(
    work: Work, vault: Vault, tools: Tools, quiet: Quiet
) -> None:
    await push(work, vault, *(post_object(external_id=str(n)) for n in range(7)))
    await push(
        work, vault, post_object(external_id="6", text="", deleted=True, edited_at=ONE)
    )
    await quiet()
    await tools.search.upsert([document_of_nobody()])

    done = await reindex(work, tools.search)

    assert done == 6
    assert await tools.search.count(1) == 6


def document_of_nobody() -> Document:
    return Document(
        id=new_id(),
        region_id=1,
        network="vk",
        kind="post",
        source_name="x",
        url="https://vk.example/1",
        published_at=NOW,
        text="Лишнее",
        status="taken_in",
    )


async def test_what_changes_during_a_rebuild_is_in_the_new_index(
    work: Work, vault: Vault, tools: Tools, quiet: Quiet
) -> None:
    slow = with_search(tools, Slow)
    await push(work, vault, post_object(), post_object(external_id="2", text="Мёд"))
    await quiet()
    during: list[list[str]] = []

    async def change() -> None:
        gone = post_object(external_id="2", text="", deleted=True, edited_at=ONE)
        await push(work, vault, post_object(text="Правка", edited_at=ONE), gone)
        await push(work, vault, post_object(external_id="3", text="Новое"))
        await quiet()
        during.append(sorted(await found(tools)))

    slow.search.meanwhile = change
    await reindex(work, slow.search)
    after_swap = await values(work, QUEUE)
    await quiet()

    assert during == [["Новое", "Правка"]], "the old index goes on as always"
    assert after_swap == [3], "the rows wait for the new index"
    assert sorted(await found(tools)) == ["Новое", "Правка"]
    assert await values(work, QUEUE) == [0]


async def test_two_rebuilds_at_once_are_refused(work: Work, tools: Tools) -> None:
    async with work.unit(EVERY_REGION) as uow:
        assert await index_queue.begin_rebuild(uow.session)

        with pytest.raises(Conflict, match="already"):
            await reindex(work, tools.search)


async def test_a_post_queued_twice_waits_once(work: Work, vault: Vault) -> None:
    await push(work, vault, post_object())
    await push(work, vault, post_object(text="Правка", edited_at=ONE))

    assert (await counts(work))["index_queue"] == 1
