"""What every index of the archive must do, whoever keeps it."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest

from shared.errors import Conflict, Invalid
from shared.search import Document, Page, Query, Search
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


async def test_any_form_of_a_word_finds_all_its_forms(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Яма на Садовой"),
            make_document(2, "Объезжаем ямы по обочине"),
            make_document(3, "Дорога с ямами"),
            make_document(4, "Во дворе темно"),
        ]
    )

    for q in ("яма", "ямы", "ямами", "ЯМЕ", "о ямах"):
        page = await search.search(ask(q))

        assert numbers(page) == [3, 2, 1], q
        assert marked(page) == [["ямами"], ["ямы"], ["Яма"]], q
        assert page.corrections == {}, q


SLIPS = {
    "дарога": "дорога",
    "дрога": "дорога",
    "дорогаа": "дорога",
    "дороаг": "дорога",
    "дорге": "дорога",
    "бсвалка": "свалка",
    "звалка": "свалка",
    "вонючая свлака": "свалка",
    "Заречнаго": "заречный",
    "отопл": "отопление",
}


async def test_a_slip_of_the_pen_is_forgiven_and_told(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "На дороге, на самой дороге"),
            make_document(2, "За гаражами свалка, вонючая"),
            make_document(3, "Жители Заречного пишут второй раз"),
            make_document(4, "Нет отопления"),
            make_document(5, "Когда починят лифт?"),
        ]
    )

    for q, meant in SLIPS.items():
        page = await search.search(ask(q))

        assert list(page.corrections.values()) == [meant]
        assert len(page.hits) == 1, q
        assert meant[:4] in marked(page)[0][0].lower()


async def test_a_word_that_is_there_is_not_corrected(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Закрыли мост"),
            make_document(2, "Читайте прошлый пост"),
            make_document(3, "Мост закрыт для грузовиков"),
        ]
    )

    page = await search.search(ask("мост"))

    assert numbers(page) == [3, 1]


async def test_the_likeliest_of_several_words_is_meant(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Мост закрыт"),
            make_document(2, "На мосту пробка"),
            make_document(3, "Сто лет назад"),
            make_document(4, "Пост о здоровье"),
        ]
    )

    page = await search.search(ask("мсот"))

    assert numbers(page) == [2, 1]
    assert page.corrections == {"мсот": "мост"}


async def test_what_cannot_be_explained_is_not_found(search: Search) -> None:
    await search.upsert(
        [make_document(1, "Дым над дорогой"), make_document(2, "Тел. 1234")]
    )

    for q in ("дом", "йцукен", "дарога хлам", "«дарога»", "1235", "123", "🔥"):
        page = await search.search(ask(q, with_facets=False))

        assert page == Page(), q


async def test_yo_and_ye_are_one_letter(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Ёжики и ёж у школы"),
            make_document(2, "Ежики и еж у реки"),
            make_document(3, "Уж у пруда"),
        ]
    )

    for q in ("еж", "ёж", "ежи", "«ёжики»"):
        assert numbers(await search.search(ask(q))) == [2, 1], q


async def test_all_words_must_be_there_in_any_order(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Яма на дороге"),
            make_document(2, "По дорогам страшно ездить: ямы"),
            make_document(3, "Яма во дворе"),
        ]
    )

    page = await search.search(ask("ямы на дороге"))

    assert numbers(page) == [2, 1]
    assert marked(page) == [["дорогам", "ямы"], ["Яма", "дороге"]]


async def test_a_phrase_stands_side_by_side_in_order(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Нет горячей воды второй день"),
            make_document(2, "Горячую воду отключили"),
            make_document(3, "Вода горячая"),
            make_document(4, "Горячая новость: нет воды"),
        ]
    )

    page = await search.search(ask("«горячая вода»"))

    assert numbers(page) == [2, 1]
    assert marked(page) == [["Горячую воду"], ["горячей воды"]]


async def test_a_phrase_of_three_words_is_not_pieced_together(search: Search) -> None:
    await search.upsert(
        [
            make_document(1, "Вывоз мусора из двора"),
            make_document(2, "Мусора нет: вывоз мусора вывоз из города из двора"),
        ]
    )

    page = await search.search(ask('"вывоз мусора из двора"'))

    assert numbers(page) == [1]


async def test_small_words_count_only_in_phrases(search: Search) -> None:
    await search.upsert(
        [make_document(1, "Автобус до завода"), make_document(2, "Автобус у завода")]
    )

    assert numbers(await search.search(ask("автобус до завода"))) == [2, 1]
    assert numbers(await search.search(ask("«автобус до завода»"))) == [1]
    assert numbers(await search.search(ask("до"))) == [1]


async def test_halves_of_a_compound_are_found(search: Search) -> None:
    await search.upsert([make_document(1, "Автобус в Верхне-Зареченск не ходит")])

    for q in ("Верхне-Зареченск", "Зареченск", "верхне зареченск"):
        assert numbers(await search.search(ask(q))) == [1], q


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


async def test_highlights_are_in_order_and_do_not_overlap(search: Search) -> None:
    text = "🕳️ Яма! Дорога, яма; ямы-дороги. Горячую воду дайте, воды"
    await search.upsert([make_document(1, text)])

    page = await search.search(ask("вода «горячая вода» дорога яма"))

    places = [place for hit in page.hits for place in hit.highlights]
    assert marked(page) == [
        ["Яма", "Дорога", "яма", "ямы", "дороги", "Горячую воду", "воды"]
    ]
    assert places == sorted(places)


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
