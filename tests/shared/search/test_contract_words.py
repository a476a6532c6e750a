"""What every index of the archive must find: forms, slips, phrases."""

from shared.search import Page, Search
from tests.shared.search.documents import ask, make_document, marked, numbers


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
