"""What every index of the archive must do with documents, whoever keeps it."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from shared.errors import Conflict
from shared.search import Document, Search
from shared.search.words import storable
from tests.shared.search.documents import (
    NORTH,
    NOW,
    SOUTH,
    ask,
    make_document,
    make_id,
    marked,
    numbers,
)


async def test_a_region_sees_only_its_own_documents(search: Search) -> None:
    same = make_id(1)
    await search.upsert(
        [
            make_document(1, "Яма у вокзала"),
            make_document(1, "Свалка у вокзала", region_id=SOUTH),
            make_document(2, "Дорога", region_id=SOUTH),
        ]
    )

    assert numbers(await search.search(ask("яма"))) == [1]
    assert numbers(await search.search(ask("яма", region_id=SOUTH))) == []
    assert numbers(await search.search(ask("вокзал", region_id=SOUTH))) == [1]
    assert (await search.search(ask("дарога"))).corrections == {}
    assert await search.ids(NORTH, [same, make_id(2)]) == {same}
    assert (await search.count(NORTH), await search.count(SOUTH)) == (1, 2)
    await search.delete(NORTH, [same, make_id(2)])
    assert (await search.count(NORTH), await search.count(SOUTH)) == (0, 2)


async def test_a_document_comes_back_as_it_was_put_in(search: Search) -> None:
    whole = make_document(
        1,
        "Яма\nна «Садовой», д. 5 — \\ 'опять' 🕳️",
        kind="comment",
        published_at=NOW + timedelta(microseconds=123_457),
        topic="roads",
        topic_name="Дороги",
        municipality="zarechny",
        municipality_name="Заречный округ",
        incident_id=uuid4(),
        incident_number=17,
        status="assigned",
    )
    bare = make_document(2, "Яма")

    await search.upsert([whole, bare])
    page = await search.search(ask("яма"))

    assert [hit.document for hit in page.hits] == [bare, whole]


async def test_the_newest_version_replaces_the_older(search: Search) -> None:
    await search.upsert([make_document(1, "Яма"), make_document(2, "Снег")])

    await search.upsert(
        [make_document(1, "Лужа", topic="roads"), make_document(1, "Лёд", topic="ice")]
    )

    assert numbers(await search.search(ask("яма"))) == []
    assert numbers(await search.search(ask("лужа"))) == []
    page = await search.search(ask("лёд"))
    assert (numbers(page), page.facets["topic"]) == ([1], {"ice": 1})
    assert await search.count(NORTH) == 2


async def test_what_is_deleted_is_not_found(search: Search) -> None:
    await search.upsert([make_document(1, "Яма"), make_document(2, "Яма")])

    await search.delete(NORTH, [make_id(1), make_id(3)])

    assert numbers(await search.search(ask("яма"))) == [2]
    assert await search.ids(NORTH, [make_id(1), make_id(2)]) == {make_id(2)}


async def test_nothing_to_do_is_no_trouble(search: Search) -> None:
    await search.prepare()
    await search.ready()
    await search.upsert([])
    await search.delete(NORTH, [])

    assert await search.ids(NORTH, []) == set()
    assert await search.count(NORTH) == 0
    assert (await search.search(ask())).hits == ()


async def test_a_new_index_is_filled_while_the_old_one_serves(search: Search) -> None:
    await search.upsert([make_document(1, "Яма"), make_document(2, "Снег")])

    index = await search.new_index()
    await search.upsert([make_document(1, "Лужа")], index=index)
    assert numbers(await search.search(ask("яма"))) == [1]
    assert numbers(await search.search(ask("лужа"))) == []
    await search.swap(index)

    assert numbers(await search.search(ask())) == [1]
    assert numbers(await search.search(ask("лужа"))) == [1]
    await search.upsert([make_document(3, "Лужа")])
    assert numbers(await search.search(ask("лужа"))) == [3, 1]


async def test_rebuilding_again_begins_with_an_empty_index(search: Search) -> None:
    for number in range(1, 4):
        index = await search.new_index()
        await search.upsert([make_document(number, "Яма")], index=index)
        await search.swap(index)

        assert numbers(await search.search(ask("яма"))) == [number]


async def test_a_rebuild_given_up_cannot_interfere(search: Search) -> None:
    given_up = await search.new_index()
    await search.upsert([make_document(1, "Яма")], index=given_up)
    index = await search.new_index()

    with pytest.raises(Conflict):
        await search.upsert([make_document(2, "Яма")], index=given_up)
    with pytest.raises(Conflict):
        await search.swap(given_up)
    await search.swap(index)
    with pytest.raises(Conflict):
        await search.swap(index)

    assert numbers(await search.search(ask())) == []


HOSTILE = (
    "'; drop table search.state; --",
    "яма' & !снег | 'x':*",
    '" OR region_id = 2 OR "',
    "яма) || (true",
    "%_\\",
    "\\' \\\" \\",
    "яма \0 яма",
    "\ud800",
    "🕳️🔥",
    "-яма",
    "«",
    '"""""',
    "AND OR NOT",
    "{{7*7}} {slot} :region",
    "я" * 10_000,
    "яма " * 2_500,
    " ".join(f"слово{number}" for number in range(900)),
    "-" * 10_000,
    "«яма» " * 1_500,
    "\u0301\u0301",
    "ﷺ ½ ǅ İ ß",
)


async def test_a_hostile_question_is_only_a_question(search: Search) -> None:
    await search.upsert(
        [make_document(1, "Яма"), make_document(2, "Яма", region_id=SOUTH)]
    )

    for q in HOSTILE:
        pages = [
            await search.search(ask(q)),
            await search.search(ask("яма", topic=q, municipality=q)),
        ]

        regions = {hit.document.region_id for page in pages for hit in page.hits}
        assert regions <= {NORTH}, q[:40]
        assert len(pages[1].hits) == 0, q[:40]
    assert await search.count(SOUTH) == 1


async def test_a_hostile_value_is_only_a_value(search: Search) -> None:
    values = [storable(q) for q in HOSTILE if len(q) < 100]
    await search.upsert(
        [
            make_document(number, "Яма", topic=value)
            for number, value in enumerate(values, start=1)
        ]
    )

    for number, value in enumerate(values, start=1):
        assert number in numbers(await search.search(ask(topic=value))), value[:40]


async def test_hostile_texts_are_kept_and_found(search: Search) -> None:
    texts = [
        "яма'); drop table search.state; --",
        "яма <script>alert(1)</script>",
        "яма \0 NUL",
        "яма \ud800 половина",
        "яма " + "ы" * 100_000,
        "яма " + " ".join(f"слово{number}" for number in range(20_000)),
        "яма " + "\U00010400" * 5_000,
        "яма 🕳️ {slot} :region %s \\",
    ]
    await search.upsert(
        [
            make_document(number, text, source_name=text[:60])
            for number, text in enumerate(texts)
        ]
    )

    page = await search.search(ask("яма"))

    assert numbers(page) == [7, 6, 5, 4, 3, 2, 1, 0]
    assert {marks[0] for marks in marked(page)} == {"яма"}
    lengths = [len(hit.document.text) for hit in reversed(page.hits)]
    assert lengths == [len(text) for text in texts]


async def test_writers_at_the_same_time_do_not_stand_in_each_others_way(
    search: Search,
) -> None:
    documents = [make_document(number, f"Яма {number} у дома") for number in range(60)]
    batches = [documents[start:] + documents[:start] for start in range(0, 60, 10)]

    await asyncio.gather(*(search.upsert(batch) for batch in batches))

    assert await search.count(NORTH) == 60
    assert len((await search.search(ask("яма у дома", limit=100))).hits) == 60


async def test_many_documents_arrive_once_each(search: Search) -> None:
    documents = [make_document(number, f"Яма {number}") for number in range(4_500)]

    await search.upsert(documents)
    await search.upsert(documents[:10])
    page = await search.search(ask("яма", limit=200))

    assert await search.count(NORTH) == 4_500
    assert page.estimated_total == 4_500
    assert Counter(numbers(page)) == Counter(range(4_300, 4_500))


def test_a_document_has_no_author() -> None:
    fields = set(Document.__dataclass_fields__)

    assert not {name for name in fields if "author" in name or "user" in name}
