"""Words of a rule tried on a text, and on the last thirty days."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi
from tests.web.pages.rule_entered import RULE


async def test_a_text_is_tried_and_the_form_kept(
    browser: Browser, api: FakeApi
) -> None:
    entered = {**RULE, "query": "яма", "text": "Опять яма во дворе", "rule_id": "r-1"}

    answer = await browser.post("/rules/try", entered)

    notice = answer.page.one(role="status", class_="notice")
    assert api.last("POST") == (
        "/ingest/rules/try",
        {"query": "яма", "text": "Опять яма во дворе", "rule_id": "r-1"},
    )
    assert notice.one("mark").text == "яма"
    assert notice.one("a").text == "Горячая вода"
    kept = answer.page.one("form", action="/rules/r-1/edit").fields()
    assert {n: kept[n] for n in RULE} == {**RULE, "query": "яма"}


async def test_a_text_that_is_not_caught_says_so(browser: Browser) -> None:
    answer = await browser.post("/rules/try", {"query": "яма", "text": "Лес"})

    notice = answer.page.one(role="status", class_="notice")
    assert notice.text == "Правило не поймало бы этот текст"


async def test_trying_needs_a_text(browser: Browser) -> None:
    answer = await browser.post("/rules/try", {"query": "яма", "text": ""})

    assert answer.status == 422
    assert answer.page.one(class_="mistake").text == "Вставьте текст для проверки."


async def test_a_dry_run_is_started_and_watched_without_javascript(
    browser: Browser, api: FakeApi
) -> None:
    answer = await browser.post("/rules/dry-runs", {"query": "яма", "rule_id": "r-1"})

    assert answer.location == "/rules/dry-runs/d-1"
    assert api.last("POST") == (
        "/ingest/rules/dry-runs",
        {"query": "яма", "rule_id": "r-1"},
    )
    page = (await browser.get(answer.location)).page
    progress = page.one("progress").attrs
    assert (progress["value"], progress["max"]) == ("400", "1000")
    assert page.one("a", href="/rules/dry-runs/d-1").text == "Обновить"
    assert page.one(id="dry-run").attrs["hx-get"] == "/rules/dry-runs/d-1"


async def test_a_dry_run_shows_work_samples_and_other_rules(browser: Browser) -> None:
    page = (await browser.get("/rules/dry-runs/d-1")).page

    facts = [node.text for node in page.one("dl", class_="facts").all("dd")]
    days = [
        [cell.text for cell in row.all("td")[:2]] for row in page.one("tbody").all("tr")
    ]
    assert facts == ["12", "7", "5", "6", "1,5 в архиве 4 дня"]
    assert page.one(class_="shared-rules").one("a").text == "Горячая вода"
    assert page.one("ul", class_="caught").one("mark").text == "нет горячей воды"
    assert days == [["300", "8"], ["100", "4"]]


@pytest.mark.parametrize(
    ("state", "error", "label"),
    [
        ("done", None, "Просмотрены все сообщения"),
        ("failed", "QueryError: oops", "Остановлен из-за ошибки"),
    ],
)
async def test_a_dry_run_that_has_ended_asks_no_more(
    browser: Browser, api: FakeApi, state: str, error: str | None, label: str
) -> None:
    api.dry_run |= {"state": state, "error": error, "days": [], "samples": []}

    page = (await browser.get("/rules/dry-runs/d-1")).page

    assert "hx-get" not in page.one(id="dry-run").attrs
    assert page.one(class_="tag").text == label
    assert page.one("form", action="/rules/new").fields()["query"] == "яма"
