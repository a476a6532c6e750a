"""How every index of the archive must answer: filters, facets, pages, marks."""

from datetime import timedelta
from itertools import product

import pytest

from shared.errors import Invalid
from shared.search import Query, Search
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


async def test_filters_narrow_the_answer(search: Search) -> None:
    theirs = {
        "network": "ok",
        "topic": "roads",
        "status": "assigned",
        "municipality": "zarechny",
    }
    await search.upsert(
        [
            make_document(1, "Яма"),
            make_document(2, "Яма", **theirs),
            make_document(3, "Яма", **theirs | {"status": "closed"}),
        ]
    )

    found = {
        name: numbers(await search.search(ask("яма", **{name: value})))
        for name, value in theirs.items()
    }

    assert found == {
        "network": [3, 2],
        "topic": [3, 2],
        "status": [2],
        "municipality": [3, 2],
    }
    assert numbers(await search.search(ask(**theirs))) == [2]
    assert numbers(await search.search(ask(topic="roa"))) == []


async def test_the_first_moment_is_in_and_the_last_is_not(search: Search) -> None:
    moments = [NOW + timedelta(microseconds=shift) for shift in (-1, 0, 1, 2)]
    await search.upsert(
        [
            make_document(number, "Яма", published_at=moment)
            for number, moment in enumerate(moments)
        ]
    )

    def between(q: str) -> Query:
        return ask(q, published_from=moments[1], published_to=moments[3])

    assert numbers(await search.search(between("яма"))) == [2, 1]
    assert numbers(await search.search(between(""))) == [2, 1]


async def test_facets_count_the_whole_answer(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Яма", topic="roads"),
            make_document(2, "Яма", network="ok", topic="roads", status="closed"),
            make_document(3, "Яма", municipality="zarechny"),
            make_document(4, "Снег", topic="snow"),
            make_document(5, "Яма", region_id=SOUTH, topic="roads"),
        ]
    )
    expected = {
        "network": {"vk": 2, "ok": 1},
        "topic": {"roads": 2},
        "status": {"taken_in": 2, "closed": 1},
        "municipality": {"zarechny": 1},
    }

    first = await search.search(ask("яма", limit=2))
    second = await search.search(ask("яма", limit=2, cursor=first.next_cursor))

    assert (first.facets, first.estimated_total) == (expected, 3)
    assert (second.facets, second.estimated_total) == (expected, 3)


async def test_facets_are_left_out_when_not_wanted(search: Search) -> None:
    await search.upsert([make_document(1, "Яма")])

    page = await search.search(ask("яма", with_facets=False))

    assert (page.facets, page.estimated_total) == ({}, 1)


async def test_pages_join_without_loss_or_repeat(search: Search) -> None:
    await search.upsert(
        [
            make_document(number, "Яма", published_at=NOW + timedelta(days=number // 6))
            for number in range(15)
        ]
    )

    for q, limit in product(("", "яма"), (1, 3, 5, 7, 15)):
        pages = [await search.search(ask(q, limit=limit))]
        while cursor := pages[-1].next_cursor:
            pages.append(await search.search(ask(q, limit=limit, cursor=cursor)))

        found = [numbers(page) for page in pages]
        newest_first = list(range(14, -1, -1))
        assert found == [newest_first[n : n + limit] for n in range(0, 15, limit)]


async def test_a_post_that_comes_between_pages_moves_nothing(search: Search) -> None:
    await search.upsert([make_document(number, "Яма") for number in range(4)])
    first = await search.search(ask("яма", limit=2))

    await search.upsert([make_document(9, "Яма")])
    await search.delete(NORTH, [make_id(2)])
    second = await search.search(ask("яма", limit=2, cursor=first.next_cursor))

    assert numbers(first) + numbers(second) == [3, 2, 1, 0]


async def test_a_corrected_question_stays_so_on_its_next_page(search: Search) -> None:
    await search.upsert([make_document(number, "Дорога") for number in range(3)])
    first = await search.search(ask("дарога", limit=2))

    await search.upsert([make_document(9, "Дарога опять")])
    asked = ask("дарога", limit=2, cursor=first.next_cursor)
    second = await search.search(asked)

    assert numbers(first) + numbers(second) == [2, 1, 0]
    assert second.corrections == {"дарога": "дорога"}


async def test_a_cursor_serves_only_its_own_question(search: Search) -> None:
    await search.upsert([make_document(number, "Яма") for number in range(3)])
    cursor = (await search.search(ask("яма", limit=1))).next_cursor or ""
    changed = cursor[:-3] + ("AAA" if cursor[-3:] != "AAA" else "BBB")

    for wrong in (
        ask("яма", cursor=changed),
        ask("яма", cursor="не курсор"),
        ask("яма", cursor="AAAA"),
        ask("ямы", cursor=cursor),
        ask("яма", cursor=cursor, status="closed"),
        ask("яма", cursor=cursor, region_id=SOUTH),
    ):
        with pytest.raises(Invalid) as refused:
            await search.search(wrong)
        assert [problem.field for problem in refused.value.fields] == ["cursor"]


async def test_a_page_of_a_wrong_size_is_refused(search: Search) -> None:
    for limit in (0, -1, 201):
        with pytest.raises(Invalid):
            await search.search(ask("яма", limit=limit))


async def test_highlights_are_in_order_and_do_not_overlap(search: Search) -> None:
    text = "🕳️ Яма! Дорога, яма; ямы-дороги. Горячую воду дайте, воды"
    await search.upsert([make_document(1, text)])

    page = await search.search(ask("вода «горячая вода» дорога яма"))

    places = [place for hit in page.hits for place in hit.highlights]
    assert marked(page) == [
        ["Яма", "Дорога", "яма", "ямы", "дороги", "Горячую воду", "воды"]
    ]
    assert places == sorted(places)
