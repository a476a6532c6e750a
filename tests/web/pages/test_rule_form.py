"""The form of a rule: sent, refused, its faults pointed at."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi
from tests.web.pages.rule_entered import RULE, SENT


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("яма или выбоина", ["«или» строчными буквами"]),
        ("вода и свет", ["«и» строчными буквами"]),
        ('"яма и выбоина"', []),
        ("яма ИЛИ выбоина", []),
        ("не работает лифт", []),
    ],
)
async def test_an_operator_in_small_letters_is_pointed_at(
    browser: Browser, query: str, words: list[str]
) -> None:
    page = (await browser.get(f"/rules/new?query={query}")).page

    hints = [hint.text for hint in page.all(class_="hue-warn")]
    assert len(hints) == len(words)
    assert all(word in hint for word, hint in zip(words, hints, strict=True))


async def test_a_taken_name_and_a_wrong_day_are_said_in_words(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse_exactly("/ingest/rules", 422, [{"field": "expires_on"}])
    wrong = await browser.post("/rules", RULE)
    api.refusals.clear()
    api.refuse_exactly("/ingest/rules", 409)
    taken = await browser.post("/rules", RULE)

    assert "от сегодняшнего" in wrong.page.one(id="rule-expires-mistake").text
    assert "Правило с таким названием уже есть" in taken.page.one(role="alert").text


async def test_new_rule_is_sent_and_shown(browser: Browser, api: FakeApi) -> None:
    answer = await browser.post("/rules", RULE)

    assert answer.location == "/rules/saved?done=add"
    assert api.last("POST") == ("/ingest/rules", SENT)
    page = (await browser.get(answer.location)).page
    assert page.one(role="status", class_="notice").text == "Правило сохранено"


async def test_form_proposes_the_owner_and_half_a_year(browser: Browser) -> None:
    page = (await browser.get("/rules/new?query=лифт")).page

    fields = page.one("form", action="/rules").fields()
    assert fields["expires_on"] == "2027-05-21"
    assert fields["owner"] == "Вера Тихонова"
    assert fields["query"] == "лифт"


async def test_change_is_sent_with_its_reason_and_what_was_taken_away(
    browser: Browser, api: FakeApi
) -> None:
    form = {**RULE, "topic_code": "", "reason": "Уточнили слова"}

    answer = await browser.post("/rules/r-1/edit", form)

    assert answer.location == "/rules/r-1?done=change"
    assert api.last("PATCH") == (
        "/ingest/rules/r-1",
        {
            **SENT,
            "topic_code": None,
            "authority_code": None,
            "municipality": None,
            "reason": "Уточнили слова",
        },
    )


@pytest.mark.parametrize(
    ("path", "lacks", "mistake"),
    [
        ("/rules", "name", "Назовите правило."),
        ("/rules", "query", "Напишите, какие слова искать."),
        ("/rules", "purpose", "Укажите, для чего правило."),
        ("/rules", "owner", "Укажите, кто отвечает за правило."),
        ("/rules", "expires_on", "Укажите, до какого дня действует правило."),
        ("/rules/r-1/edit", "reason", "Укажите причину изменения."),
    ],
)
async def test_missing_field_is_asked_for_and_the_rest_kept(
    browser: Browser, api: FakeApi, path: str, lacks: str, mistake: str
) -> None:
    entered = {**RULE, "reason": "Уточнили", lacks: ""}

    answer = await browser.post(path, entered)

    assert answer.status == 422
    assert answer.page.one(class_="mistake").text == mistake
    kept = answer.page.one("form", action=path).fields()
    assert {n: kept[n] for n in RULE} == {n: entered[n] for n in RULE}
    assert [m for m, _, _ in api.calls if m in {"POST", "PATCH"}] == []


@pytest.mark.parametrize("status", [403, 409, 422, 503])
async def test_refusal_keeps_what_was_entered(
    browser: Browser, api: FakeApi, status: int
) -> None:
    errors = [{"field": "name", "message": "taken"}]
    api.refuse_posts("/ingest/rules", status, errors)

    answer = await browser.post("/rules", RULE)

    assert answer.status == status
    assert RULE["name"] in str(answer.page)


@pytest.mark.parametrize(
    ("path", "query", "position", "code", "around", "text"),
    [
        ("/rules", "яма AND (", 8, "unclosed_bracket", "(", "Эта скобка не закрыта."),
        (
            "/rules/try",
            "яма AND",
            7,
            "term_expected",
            " ",
            "Здесь ожидается слово, фраза или скобка.",
        ),
        ("/rules/dry-runs", "яма ^ дом", 4, "new_code", "^", "Say it otherwise."),
        ("/rules/r-1/edit", "слово " * 20 + "(", 120, "unclosed_bracket", "(", None),
    ],
)
async def test_the_place_of_a_fault_is_shown(  # noqa: PLR0913, PLR0917 -- a table
    browser: Browser,
    api: FakeApi,
    path: str,
    query: str,
    position: int,
    code: str,
    around: str,
    text: str | None,
) -> None:
    fault = {"field": "query", "message": "Say it otherwise.", "code": code}
    api.refuse_changes("/ingest/rules", 422, [{**fault, "position": position}])
    entered = {**RULE, "query": query, "text": "Яма", "reason": "а", "rule_id": ""}

    answer = await browser.post(path, entered)

    shown = answer.page.one(class_="query-fault")
    assert answer.status == 422
    assert shown.one("mark").children == [around]
    assert text is None or shown.one("span").text == text


async def test_a_fault_is_told_as_the_service_says_it_in_the_readers_language(
    browser: Browser, api: FakeApi
) -> None:
    said = {
        "ru": {"message": "Нужно слово.", "expected": "слово", "suggestion": ""},
        "en": {"message": "A word is needed.", "expected": "word", "suggestion": "x"},
    }
    fault = {"field": "query", "message": "?", "code": "new", "position": 3}
    api.refuse_changes("/ingest/rules", 422, [{**fault, "said": said}])

    answer = await browser.post("/rules", RULE)

    told = answer.page.one(class_="query-fault").all("span")
    assert [span.text for span in told] == ["Нужно слово.", "Ожидается: слово."]


@pytest.mark.parametrize("path", ["/rules/try", "/rules/dry-runs"])
async def test_a_reloaded_form_address_leads_to_a_new_form(
    browser: Browser, path: str
) -> None:
    assert (await browser.get(path)).location == "/rules/new"


@pytest.mark.parametrize(
    ("language", "meaning"), [("ru", "Слова подряд."), ("en", "Words side by side.")]
)
async def test_the_form_shows_how_queries_are_written(
    browser: Browser, language: str, meaning: str
) -> None:
    page = (await browser.get(f"/rules/new?lang={language}")).page

    help_ = page.one(class_="language-help")
    assert help_.one("code").text == '"нет воды"'
    assert meaning in help_.one("dd").text
