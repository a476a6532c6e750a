"""Sources: a table, and a form to add one."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

SOURCE = {
    "name": "Вести Лугового",
    "kind": "feed",
    "municipality": "lugovoy",
    "url": "https://lugovoy.example/rss",
    "intake": "matched",
}


async def test_sources_show_state_and_last_look(browser: Browser) -> None:
    rows = (await browser.get("/sources")).page.one("tbody").all("tr")

    states = [row.one(class_="tag").text for row in rows]
    assert states == ["Работает", "Работает", "Ошибка"]
    assert "The feed answered 503 three times." in rows[2].text
    assert [row.all("td")[-1].text for row in rows] == [
        "Только те, что поймало правило",
        "Все",
        "Только те, что поймало правило",
    ]


async def test_paused_source_is_marked(browser: Browser, api: FakeApi) -> None:
    api.sources[0]["state"] = "paused"

    rows = (await browser.get("/sources")).page.one("tbody").all("tr")

    assert rows[0].one(class_="tag").text == "Остановлено"


async def test_empty_list_says_what_to_do(browser: Browser, api: FakeApi) -> None:
    api.sources.clear()

    page = (await browser.get("/sources")).page

    assert len(page.all("div", class_="empty")) == 1
    assert page.all("table") == []


async def test_new_source_is_sent(browser: Browser, api: FakeApi) -> None:
    answer = await browser.post("/sources", SOURCE)

    assert answer.location == "/sources?done=add"
    assert api.last("POST") == ("/ingest/sources", SOURCE)
    page = (await browser.get(answer.location)).page
    assert page.one(role="status", class_="notice").text == (
        "Источник добавлен к наблюдению"
    )


@pytest.mark.parametrize(
    ("lacks", "mistake"),
    [("name", "Назовите источник."), ("url", "Вставьте адрес ленты.")],
)
async def test_missing_field_is_asked_for_and_the_rest_kept(
    browser: Browser, api: FakeApi, lacks: str, mistake: str
) -> None:
    answer = await browser.post("/sources", {**SOURCE, lacks: ""})

    assert answer.status == 422
    assert answer.page.one(class_="mistake").text == mistake
    kept = answer.page.one("form", action="/sources").fields()
    assert {n: kept[n] for n in SOURCE} == {**SOURCE, lacks: ""}
    assert [m for m, _, _ in api.calls if m == "POST"] == []


@pytest.mark.parametrize("status", [403, 409, 422, 503])
async def test_refusal_keeps_what_was_entered(
    browser: Browser, api: FakeApi, status: int
) -> None:
    errors = [{"field": "name", "message": "taken"}]
    api.refuse_posts("/ingest/sources", status, errors)

    answer = await browser.post("/sources", SOURCE)

    assert answer.status == status
    assert SOURCE["name"] in str(answer.page)
