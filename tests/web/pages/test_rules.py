"""Rules: their list, one rule, its form, and trying a query."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

RULE = {
    "name": "Лифты",
    "query": "лифт AND сломан",
    "topic_code": "lift",
    "authority_code": "",
    "municipality": "",
    "purpose": "Жалобы на лифты",
    "expires_on": "2027-01-01",
    "owner": "Анна Серова",
    "state": "monitor",
}
SENT = {name: value for name, value in RULE.items() if value}


async def test_rules_show_hits_rejected_share_expiry_and_state(
    browser: Browser,
) -> None:
    rows = (await browser.get("/rules")).page.one("tbody").all("tr")

    assert [cell.text for cell in rows[0].all("td")] == [
        "Горячая вода",
        "1 412",
        "25 %15–35 % · 10 из 40 решённых",
        "1 марта 2027",
        "Работает",
    ]
    assert [row.all("td")[4].text for row in rows] == [
        "Работает",
        "Срок истёк",
        "Остановлено Под вопросом",
    ]
    assert rows[1].all("td")[2].text == "решений пока нет"


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


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("горяч", ["Горячая вода"]),
        ("ВОДА горячая", ["Горячая вода"]),
        ("погода вода", []),
    ],
)
async def test_rules_are_found_by_their_words(
    browser: Browser, asked: str, names: list[str]
) -> None:
    page = (await browser.get(f"/rules?q={asked}")).page

    shown = [link.text for row in page.all("tbody") for link in row.all("a")]
    counts = [tab.one(class_="figure").text for tab in page.all("a", class_="view")]
    assert shown == names
    assert counts[-4] == str(len(names))
    assert page.one("input", id="rules-q").attrs["value"] == asked


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("flagged", ["Погода"]),
        ("expiring", ["Снег"]),
        ("suspended", ["Погода"]),
        ("", ["Горячая вода", "Снег", "Погода"]),
    ],
)
async def test_rules_that_want_attention_have_lists_of_their_own(
    browser: Browser, shown: str, names: list[str]
) -> None:
    page = (await browser.get(f"/rules?show={shown}")).page

    rows = page.one("tbody").all("tr")
    assert [row.one("th").one("a").text for row in rows] == names
    counts = [tab.one(class_="figure").text for tab in page.all("a", class_="view")]
    assert counts[-4:] == ["3", "1", "1", "1"]


async def test_an_empty_list_says_what_to_do(browser: Browser, api: FakeApi) -> None:
    api.rules[:] = api.rules[:1]
    nothing_flagged = (await browser.get("/rules?show=flagged")).page
    api.rules.clear()
    nothing = (await browser.get("/rules")).page

    for page in (nothing_flagged, nothing):
        assert len(page.all("div", class_="empty")) == 1
        assert page.all("table") == []


async def test_a_rule_that_expires_soon_is_marked(
    browser: Browser, api: FakeApi
) -> None:
    api.rules[0]["expires_soon"] = True

    row = (await browser.get("/rules")).page.one("tbody").all("tr")[0]
    page = (await browser.get("/rules/r-1")).page

    assert row.all("td")[3].text == "1 марта 2027скоро истекает"
    assert page.one(class_="notice").one("strong").text == (
        "Правило действует до 1 марта 2027 включительно"
    )


async def test_one_rule_shows_purpose_weeks_versions_and_what_it_caught(
    browser: Browser,
) -> None:
    page = (await browser.get("/rules/r-1")).page

    facts = [node.text for node in page.one("dl", class_="facts").all("dd")]
    weeks = page.one("details", class_="chart-data").one("tbody").all("tr")
    assert facts[:6] == [
        "Жалобы на горячее водоснабжение",
        "Анна Серова",
        "1 марта 2027",
        "Горячая вода",
        "по правилам маршрута",
        "по тексту и источнику",
    ]
    assert [week.one("th").text for week in weeks] == [
        "9 ноября 2026",
        "16 ноября 2026",
    ]
    assert len(page.all("circle", class_="dot")) == 2
    assert page.one("ul", class_="caught").one("mark").text == "нет горячей воды"
    assert page.one("ul", class_="caught").one(class_="tag").text == "Мнение"


async def test_a_rule_paused_for_opinions_says_so_with_figures(
    browser: Browser,
) -> None:
    page = (await browser.get("/rules/r-3")).page

    notice = page.one(class_="notice").text
    versions = [item.all("p")[1].text for item in page.one("ol").all("li")]
    assert "20 из 26 решённых" in notice
    assert versions == [
        "Ловило в основном мнения, «Отклик» остановил его",
        "Создано",
    ]


async def test_a_flagged_rule_tells_figures_and_limit(
    browser: Browser, api: FakeApi
) -> None:
    api.rules[2] |= {"state": "active", "state_reason": None}

    notice = (await browser.get("/rules/r-3")).page.one(class_="notice").text

    assert "Отклонено 22 из 26 решённых" in notice
    assert "85 % (75–95 %)" in notice
    assert "Предел региона — 60 %" in notice


async def test_a_rule_without_decisions_says_so(browser: Browser, api: FakeApi) -> None:
    api.rule_quality = {"weeks": [], "advice": None}

    page = (await browser.get("/rules/r-1")).page

    assert page.all("svg", class_="chart") == []
    assert "По пойманным сообщениям решений пока нет." in page.text


async def test_advice_is_told_with_figures_and_leads_to_the_changed_form(
    browser: Browser,
) -> None:
    page = (await browser.get("/rules/r-1")).page

    form = page.one("form", action="/rules/r-1/edit")
    text = "не поймало бы 7 из 10 отклонённых сообщений и поймало бы все принятые (30)"
    assert text in page.text
    asked = (await browser.get(f"/rules/r-1/edit?query={form.fields()['query']}")).page
    entered = asked.one("form", action="/rules/r-1/edit").fields()
    assert entered["query"] == "(вода) NOT розыгрыш"
    assert entered["name"] == "Горячая вода"


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


@pytest.mark.parametrize("path", ["/rules/try", "/rules/dry-runs"])
async def test_a_reloaded_form_address_leads_to_a_new_form(
    browser: Browser, path: str
) -> None:
    assert (await browser.get(path)).location == "/rules/new"


async def test_a_rule_that_is_not_there_is_explained(browser: Browser) -> None:
    assert (await browser.get("/rules/r-99")).status == 404


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


async def test_readers_of_english_see_english_topics(browser: Browser) -> None:
    rule = (await browser.get("/rules/r-1?lang=en")).page
    queue = (await browser.get("/queue?lang=en")).page
    form = (await browser.get("/rules/new?lang=en")).page

    facts = [node.text for node in rule.one("dl", class_="facts").all("dd")]
    groups = [node.attrs["label"] for node in form.all("optgroup")]
    assert facts[3] == "Hot water"
    assert "Utilities › Hot water" in queue.text
    assert groups[:2] == ["Utilities", "ЖКХ"]
