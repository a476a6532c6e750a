"""Sources and rules: a table, and a form to add one."""

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
RULE = {
    "name": "Лифты",
    "query": "лифт AND сломан",
    "topic_code": "lift",
    "purpose": "Жалобы на лифты",
    "expires_on": "2027-01-01",
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


async def test_rules_show_query_owner_and_expiry(browser: Browser) -> None:
    rows = (await browser.get("/rules")).page.one("tbody").all("tr")

    assert rows[0].text == (
        'Горячая вода версия 4("нет горячей воды" OR отключили) AND NOT реклама'
        "Горячая водаЖалобы на горячее водоснабжениеАнна Серова1 марта 2027"
        "Работает"
    )
    assert rows[1].one(class_="tag").text == "Срок истёк"


async def test_long_query_is_folded(browser: Browser, api: FakeApi) -> None:
    api.rules[0]["query"] = " OR ".join(f"слово{n}" for n in range(60))

    row = (await browser.get("/rules")).page.one("tbody").all("tr")[0]

    folded = row.one("details")
    assert folded.one("summary").text.endswith("…")
    assert folded.all("code")[1].text == api.rules[0]["query"]


async def test_paused_rule_without_expiry_is_marked(
    browser: Browser, api: FakeApi
) -> None:
    api.rules[0] |= {"state": "suspended", "expires_on": None}

    row = (await browser.get("/rules")).page.one("tbody").all("tr")[0]

    assert row.one(class_="tag").text == "Остановлено"


@pytest.mark.parametrize("path", ["/sources", "/rules"])
async def test_empty_register_says_what_to_do(
    browser: Browser, api: FakeApi, path: str
) -> None:
    api.sources.clear()
    api.rules.clear()

    page = (await browser.get(path)).page

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


async def test_new_rule_is_owned_by_who_adds_it(browser: Browser, api: FakeApi) -> None:
    answer = await browser.post("/rules", RULE)

    assert answer.location == "/rules?done=add"
    assert api.last("POST") == ("/ingest/rules", {**RULE, "owner": "Вера Тихонова"})
    page = (await browser.get(answer.location)).page
    assert page.one(role="status", class_="notice").text == "Правило действует"


async def test_rule_form_proposes_half_a_year(browser: Browser) -> None:
    page = (await browser.get("/rules")).page

    assert page.one("form", action="/rules").fields()["expires_on"] == "2027-05-21"


@pytest.mark.parametrize(
    ("path", "form", "lacks", "mistake"),
    [
        ("/sources", SOURCE, "name", "Назовите источник."),
        ("/sources", SOURCE, "url", "Вставьте адрес ленты."),
        ("/rules", RULE, "name", "Назовите правило."),
        ("/rules", RULE, "query", "Напишите, какие слова искать."),
        ("/rules", RULE, "purpose", "Укажите, для чего правило."),
        ("/rules", RULE, "expires_on", "Укажите, до какого дня действует правило."),
    ],
)
async def test_missing_field_is_asked_for_and_the_rest_kept(
    browser: Browser,
    api: FakeApi,
    path: str,
    form: dict[str, str],
    lacks: str,
    mistake: str,
) -> None:
    answer = await browser.post(path, {**form, lacks: ""})

    assert answer.status == 422
    assert answer.page.one(class_="mistake").text == mistake
    kept = answer.page.one("form", action=path).fields()
    assert {n: kept[n] for n in form} == {**form, lacks: ""}
    assert [m for m, _, _ in api.calls if m == "POST"] == []


@pytest.mark.parametrize(("path", "form"), [("/sources", SOURCE), ("/rules", RULE)])
@pytest.mark.parametrize("status", [403, 409, 422, 503])
async def test_refusal_keeps_what_was_entered(
    browser: Browser, api: FakeApi, path: str, form: dict[str, str], status: int
) -> None:
    api.refuse_posts(f"/ingest{path}", status, [{"field": "name", "message": "taken"}])

    answer = await browser.post(path, form)

    assert answer.status == status
    assert form["name"] in str(answer.page)
