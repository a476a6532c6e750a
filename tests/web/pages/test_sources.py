"""The list of sources: the worst first, narrowed by state and network."""

import pytest

from tests.web.conftest import Browser
from tests.web.dom import Node
from tests.web.fake_api import FakeApi
from tests.web.fake_watching import SECRET

SYSTEM = {
    "name": "Портал Лугового",
    "kind": "webhook",
    "municipality": "lugovoy",
    "intake": "all",
}


def _names(rows: list[Node]) -> list[str]:
    return [row.one("th").one("a").text for row in rows]


async def test_the_worst_come_first_and_say_why(browser: Browser, api: FakeApi) -> None:
    api.sources[1] |= {"health": "new"}
    api.sources[3] |= {"health": "failing", "error_kind": "retry"}
    api.sources[4] |= {"health": "paused"}

    rows = (await browser.get("/sources")).page.one("tbody").all("tr")

    told = [(row.one("th").one("a").text, row.one(class_="tag").text) for row in rows]
    assert told == [
        ("Приречье онлайн", "Токен отклонён"),
        ("Подслушано в Заозёрске", "Ошибка"),
        ("Новости Заозёрска", "Работает"),
        ("Обращения жителей", "Приходит само"),
        ("Единый портал", "Остановлено"),
    ]
    assert "ВКонтакте: токен отозван или неверен." in rows[0].text
    assert "Токен: больше не используется" in rows[0].text


async def test_a_remark_is_told_in_words_and_shown_as_it_came_on_its_page(
    browser: Browser, api: FakeApi
) -> None:
    api.sources[2] |= {"error_kind": None, "error_code": None}

    listed = (await browser.get("/sources")).page.one("tbody").text
    page = (await browser.get(f"/sources/{api.sources[2]['id']}")).page

    assert "Читается, но есть замечание" in listed
    assert "The feed answered" not in listed
    assert "The feed answered 503 three times." in page.one(id="source").text


async def test_a_source_without_a_token_says_so(browser: Browser, api: FakeApi) -> None:
    api.sources[0] |= {
        "health": "gone",
        "error_kind": "disable",
        "error_code": "otklik:no-token",
    }

    row = (await browser.get("/sources?state=person")).page.one("tbody").all("tr")[1]
    page = (await browser.get(f"/sources/{api.sources[0]['id']}")).page

    assert row.one(class_="tag").text == "Нет токена"
    assert "Добавьте его на странице токенов" in row.text
    assert "Страница удалена" not in page.one(id="source").text
    assert "Добавить токен" in page.one(id="source").text


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("state=person", ["Приречье онлайн"]),
        ("network=vk", ["Подслушано в Заозёрске"]),
        ("state=good&network=rss", ["Новости Заозёрска"]),
    ],
)
async def test_the_list_is_narrowed(
    browser: Browser, asked: str, names: list[str]
) -> None:
    page = (await browser.get(f"/sources?{asked}")).page

    assert _names(page.one("tbody").all("tr")) == names


async def test_ways_to_narrow_are_counted_within_each_other(browser: Browser) -> None:
    page = (await browser.get("/sources?network=rss&state=good")).page

    states, networks = page.all("nav", class_="views")
    assert [tab.text for tab in states.all("a")] == [
        "Все 2",
        "Нужен человек 1",
        "Работают 1",
    ]
    assert [tab.text for tab in networks.all("a")] == [
        "Все сети 4",
        "Портал 2",
        "Лента 1",
        "ВКонтакте 1",
    ]
    current = [
        tab.text
        for nav in (states, networks)
        for tab in nav.all("a")
        if tab.attrs.get("aria-current")
    ]
    assert current == ["Работают 1", "Лента 1"]


async def test_a_filter_that_finds_nothing_leads_back(browser: Browser) -> None:
    page = (await browser.get("/sources?state=paused")).page

    assert page.all("table") == []
    assert page.one(class_="empty").one("a").attrs["href"].endswith("/sources")


async def test_empty_list_says_what_to_do(browser: Browser, api: FakeApi) -> None:
    api.sources.clear()

    page = (await browser.get("/sources")).page

    assert page.one(class_="empty").one("a").attrs["href"].endswith("/sources/new")
    assert page.all("table") == []
    assert page.all("nav", class_="views") == []


async def test_a_system_is_added_and_its_secret_shown_once(
    browser: Browser, api: FakeApi
) -> None:
    added = await browser.post("/sources", SYSTEM)
    later = await browser.get("/sources/new-5")

    assert added.status == 201
    assert api.last("POST") == ("/ingest/sources", SYSTEM)
    assert added.page.one("input", id="new-secret").attrs["value"] == SECRET
    assert later.page.all("input", id="new-secret") == []


async def test_missing_name_is_asked_for_and_the_rest_kept(
    browser: Browser, api: FakeApi
) -> None:
    answer = await browser.post("/sources", {**SYSTEM, "name": ""})

    assert answer.status == 422
    assert answer.page.one(class_="mistake").text == "Назовите источник."
    forms = answer.page.one("details", id="system").one("form").fields()
    assert {n: forms[n] for n in SYSTEM} == {**SYSTEM, "name": ""}
    assert [m for m, _, _ in api.calls if m == "POST"] == []


@pytest.mark.parametrize("status", [403, 409, 422, 503])
async def test_refusal_keeps_what_was_entered(
    browser: Browser, api: FakeApi, status: int
) -> None:
    errors = [{"field": "name", "message": "taken"}]
    api.refuse_posts("/ingest/sources", status, errors)

    answer = await browser.post("/sources", SYSTEM)

    assert answer.status == status
    assert SYSTEM["name"] in str(answer.page)


async def test_a_webhook_nobody_called_says_so(browser: Browser, api: FakeApi) -> None:
    api.sources[4] |= {"health": "new"}

    page = (await browser.get("/sources?network=portal")).page

    assert "Ещё ничего не приходило" in page.one("tbody").text
