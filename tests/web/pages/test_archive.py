"""Search in the archive: words, filters, facets, more on demand."""

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi


async def test_results_show_where_when_words_and_state(browser: Browser) -> None:
    result = (await browser.get("/archive?q=воды")).page.one("li", class_="result")

    assert result.one("p", class_="post-meta").one("span", class_="near").text == (
        "18 мин назад"
    )
    assert [mark.text for mark in result.all("mark")] == ["горячей воды"]
    assert result.one("p", class_="result-foot").text == (
        "ИнцидентГорячая водаИнцидент №1042Открыть оригинал"
    )
    assert result.all("a")[0].attrs["href"] == "/incidents/i-1042"


async def test_count_is_an_estimate_with_thin_spaces(browser: Browser) -> None:
    page = (await browser.get("/archive")).page

    assert page.one("p", class_="found-count").text == "Примерно 11 500 сообщений"


async def test_all_filters_reach_the_service(browser: Browser, api: FakeApi) -> None:
    await browser.get(
        "/archive?q=вода&from=2026-11-01&to=2026-11-20&network=vk&topic=hot_water"
        "&status=noise&municipality=yasny&author=somebody"
    )

    asked = next(c for m, p, c in api.calls if p == "/archive/posts")
    assert asked == {
        "q": "вода",
        "from": "2026-11-01",
        "to": "2026-11-20",
        "network": "vk",
        "topic": "hot_water",
        "status": "noise",
        "municipality": "yasny",
        "limit": "50",
    }


async def test_facets_count_and_lead_to_narrower_results(browser: Browser) -> None:
    facets = (await browser.get("/archive?q=воды")).page.all(class_="facet")

    assert [facet.one("summary").text for facet in facets] == [
        "Состояние",
        "Сеть",
        "Тема",
        "Муниципалитет",
    ]
    network = facets[1].all("a")
    assert [a.text for a in network][:2] == ["ВКонтакте6 120", "Телеграм3 240"]
    assert network[0].attrs["href"] == (
        "/archive?q=%D0%B2%D0%BE%D0%B4%D1%8B&network=vk"
    )


async def test_chosen_facet_value_can_be_taken_back(browser: Browser) -> None:
    page = (await browser.get("/archive?network=livejournal")).page

    chosen = page.one("aside", class_="facets").one("a", aria_current="true")
    assert (chosen.text, chosen.attrs["href"]) == ("Живой журнал0", "/archive")


async def test_filters_in_force_are_removable(browser: Browser) -> None:
    page = (await browser.get("/archive?q=воды&topic=hot_water")).page

    chips = page.all("a", class_="chip")
    assert [chip.text for chip in chips] == ["Поиск: воды", "Тема: Горячая вода"]
    assert chips[0].attrs["href"] == "/archive?topic=hot_water"


async def test_nothing_found_says_what_to_try(browser: Browser) -> None:
    page = (await browser.get("/archive?q=zebra")).page

    assert page.one("p", class_="found-count").text == "Ничего не найдено"
    assert page.one("p", class_="empty-title").text == "Ничего не нашлось"


async def test_word_the_archive_does_not_have_is_told(
    browser: Browser, api: FakeApi
) -> None:
    api.corrections = {"дорга": "дорога"}

    page = (await browser.get("/archive")).page

    assert page.all("p", class_="found-count")[1].text == (
        "Слова «дорга» нет, искали «дорога»."
    )


async def test_empty_archive_says_where_posts_come_from(
    browser: Browser, api: FakeApi
) -> None:
    api.posts = []

    empty = (await browser.get("/archive")).page.one("div", class_="empty")

    assert empty.one("a").attrs["href"] == "/imports"


async def test_more_results_come_alone(browser: Browser, api: FakeApi) -> None:
    api.page_size = 6

    first = (await browser.get("/archive")).page
    rest = (await browser.get(first.one(id="more").one("a").attrs["href"], "more")).page

    assert len(first.all("li", class_="result")) == 6
    assert len(rest.all("li", class_="result")) == 2
    assert rest.all(class_="facets") == []


async def test_no_author_stands_anywhere(browser: Browser, api: FakeApi) -> None:
    for post in api.posts:
        post["author_name"] = "Имя Фамилия"

    answer = await browser.get("/archive")

    assert "Имя Фамилия" not in answer.page.text


async def test_a_sealed_address_is_opened_by_a_page_of_ours(
    browser: Browser, api: FakeApi
) -> None:
    api.posts[0]["url"] = None
    result = (await browser.get("/archive?q=воды")).page.one("li", class_="result")
    href = result.all("a")[-1].attrs["href"]

    opened = await browser.get(href)

    assert href == "/posts/p-1/address"
    assert (opened.status, opened.location) == (303, "https://vk.com/p-1")
    assert [call for call in api.calls if "address" in call[1]] == [
        ("POST", "/ingest/posts/p-1/address", {})
    ]


async def test_an_address_that_is_not_kept_any_more_is_said_to_be_gone(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/address", 404)

    answer = await browser.get("/posts/p-1/address")

    assert answer.status == 404


async def test_nobody_is_led_to_an_address_without_a_session(stranger: Browser) -> None:
    answer = await stranger.get("/posts/p-1/address")

    assert answer.status == 303
    assert answer.location.startswith("/sign-in?next=")
