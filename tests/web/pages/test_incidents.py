"""The list of incidents and the page of one case."""

import pytest

from tests.web import fake_data as data
from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi


async def test_list_shows_state_authority_clock(browser: Browser) -> None:
    rows = (await browser.get("/incidents")).page.all("li", class_="card-row")

    assert len(rows) == 8
    assert [
        rows[0].one("a").text,
        rows[0].one("span", class_="card-sub").text,
        rows[0].one(class_="card-state").text,
        rows[0].one(class_="card-authority").text,
        rows[0].one(class_="card-clock").text,
        rows[0].one("span", class_="near").text,
    ] == [
        "№1042 Нет горячей воды, Садовая, 10–16",
        "Горячая вода · Заозёрск, Садовая, 14 · 7 сообщений",
        "Ждёт согласования",
        "Горводоканал",
        "осталось 40 мин",
        "сегодня, 09:20",
    ]


async def test_answered_incident_says_whether_in_time(browser: Browser) -> None:
    rows = (await browser.get("/incidents")).page.all("li", class_="card-row")

    clocks = {row.attrs["data-row"]: row.one(class_="card-clock").text for row in rows}
    assert clocks["i-1038"] == "ответ в срок"
    assert clocks["i-1036"] == "ответ с опозданием"


async def test_state_views_count_and_narrow(browser: Browser, *, htmx: bool) -> None:
    answer = await browser.get("/incidents?status=returned", "list" if htmx else None)

    views = answer.page.one(id="list").one("nav", class_="views")
    assert views.one("a", aria_current="page").text == "Возвращён с замечанием 1"
    assert [a.text for a in views.all("a")][:3] == [
        "Все 8",
        "Просроченные 1",
        "Без ведомства 1",
    ]
    rows = answer.page.all("li", class_="card-row")
    assert [row.attrs["data-row"] for row in rows] == ["i-1039"]


async def test_filters_reach_the_service(browser: Browser, api: FakeApi) -> None:
    page = (
        await browser.get("/incidents?authority=roads&from=2026-11-01&mine=true")
    ).page

    asked = next(c for m, p, c in api.calls if p == "/triage/incidents")
    assert asked == {
        "authority": "roads",
        "from": "2026-11-01",
        "mine": "true",
        "sort": "newest",
        "limit": "50",
    }
    chips = page.all("a", class_="chip")
    assert [chip.text for chip in chips] == [
        "Ведомство: Управление дорог",
        "С: 2026-11-01",
    ]


async def test_no_incident_that_fits_says_what_to_do(browser: Browser) -> None:
    page = (await browser.get("/incidents?q=zebra")).page

    assert page.one("p", class_="empty-title").text == "Подходящих инцидентов нет"


async def test_no_incident_at_all_says_what_to_do(
    browser: Browser, api: FakeApi
) -> None:
    api.incidents = []

    page = (await browser.get("/incidents")).page

    assert page.one("div", class_="empty").one("a").attrs["href"] == "/queue"


async def test_more_incidents_come_alone(browser: Browser, api: FakeApi) -> None:
    api.page_size = 5

    first = (await browser.get("/incidents")).page
    more = first.one(id="more").one("a").attrs["href"]
    rest = (await browser.get(more, "more")).page

    assert len(rest.all("li", class_="card-row")) == 3
    assert rest.all(id="list") == []


async def test_case_tells_the_conversation_in_order(browser: Browser) -> None:
    page = (await browser.get("/incidents/i-1036")).page

    heads = [node.text for node in page.all("p", class_="turn-head")]
    assert heads == [
        "Версия 1 · Ирина Лапина · сегодня, 10:2020 ноября 2026, 10:20 (UTC+3)",
        (
            "Возвращён с замечанием · Павел Орлов · сегодня, 11:00"
            "20 ноября 2026, 11:00 (UTC+3)"
        ),
        "Версия 2 · Ирина Лапина · сегодня, 11:5520 ноября 2026, 11:55 (UTC+3)",
        "Одобрен · Павел Орлов · сегодня, 12:2020 ноября 2026, 12:20 (UTC+3)",
        "Опубликован · сегодня, 12:2520 ноября 2026, 12:25 (UTC+3) · Открыть ответ",
    ]


async def test_case_shows_what_changed_between_versions(browser: Browser) -> None:
    compared = (await browser.get("/incidents/i-1042")).page.one(class_="is-compared")

    assert "Ваше обращение принято" in compared.one("del").text
    assert "На Садовой, 14 повреждён ввод" in compared.one("ins").text


async def test_case_shows_who_held_it(browser: Browser) -> None:
    page = (await browser.get("/incidents/i-1042")).page

    bar = page.one("svg", class_="held-bar")
    assert bar.attrs["aria-label"] == (
        "Служба: 24 мин; Ведомство: 3 ч 9 мин; Согласующий: 1 ч 1 мин"
    )
    assert len(bar.all("rect")) == 5
    lines = [row.text for row in page.one("table", class_="held").all("tr")[1:]]
    assert lines == [
        "Служба24 мин24 мин",
        "Ведомство3 ч 9 мин4 ч 11 мин",
        "Согласующий1 ч 1 мин1 ч 1 мин",
    ]


async def test_history_begins_with_the_latest(browser: Browser) -> None:
    history = (await browser.get("/incidents/i-1041")).page.one("ol", class_="history")

    assert [node.one("strong").text for node in history.all("li")] == [
        "Назначено ведомство",
        "Инцидент открыт",
    ]


@pytest.mark.parametrize(
    ("incident_id", "first", "others"),
    [
        ("i-1035", "Назначить ведомство", ["Отозвать: открыт по ошибке"]),
        ("i-1041", "Написать ответ", ["Назначить ведомство"]),
        ("i-1042", "Одобрить или вернуть", ["Написать ответ"]),
        ("i-1037", "Опубликовать", ["Вернуть с замечанием", "Написать ответ"]),
        ("i-1038", "Закрыть инцидент", ["Написать ответ"]),
        ("i-1036", "Открыть снова", []),
    ],
)
async def test_only_allowed_steps_are_offered_the_likeliest_first(
    browser: Browser, incident_id: str, first: str, others: list[str]
) -> None:
    steps = (await browser.get(f"/incidents/{incident_id}")).page.one(class_="steps")

    assert steps.one("section").one("h3").text == first
    folded = [one.all("summary")[0].text for one in steps.all("details", class_="step")]
    assert folded == others


async def test_nothing_allowed_is_said(browser: Browser, api: FakeApi) -> None:
    api.incidents[0]["allowed"] = []

    steps = (await browser.get("/incidents/i-1042")).page.one(class_="steps")

    assert steps.text == "Сейчас от вас здесь ничего не требуется."


async def test_editor_goes_on_from_the_last_wording(browser: Browser) -> None:
    returned = (await browser.get("/incidents/i-1039")).page
    published = (await browser.get("/incidents/i-1038")).page

    assert returned.one(id="reply-text").text.startswith("Добрый день! Ваше обращение")
    assert published.one(id="reply-text").text == ""


async def test_failed_publication_is_told(browser: Browser, api: FakeApi) -> None:
    api.incidents[5]["replies"][0]["publish_error"] = "the page is closed"

    page = (await browser.get("/incidents/i-1037")).page

    assert page.all("li", class_="turn-failed")[0].text == (
        "Опубликовать не удалось: the page is closed"
    )


async def test_copied_reply_is_flagged(browser: Browser, api: FakeApi) -> None:
    reply = api.incidents[0]["replies"][0]
    reply["copy_of"] = {"incident_id": "i-1030", "number": 1030}

    notice = (await browser.get("/incidents/i-1042")).page.one("p", class_="notice")

    assert notice.text == (
        "Те же слова уже отправлены по другому обращению. Инцидент №1030"
    )


async def test_deleted_and_changed_posts_are_marked(
    browser: Browser, api: FakeApi
) -> None:
    api.incidents[0]["posts"][0]["deleted_at"] = data.iso(data.NOW)
    api.incidents[0]["posts"][1]["edited_at"] = data.iso(data.NOW)

    posts = (await browser.get("/incidents/i-1042")).page.all("article", class_="post")

    marks = [post.all("p", class_="post-meta")[1:] for post in posts]
    assert [[m.one(class_="near").text for m in one] for one in marks] == [
        ["только что"],
        ["только что"],
        [],
    ]
    assert marks[0][0].text.startswith("удалено автором")


async def test_list_may_begin_with_the_nearest_deadline(
    browser: Browser, api: FakeApi
) -> None:
    page = (await browser.get("/incidents?sort=deadline")).page

    assert page.one("div", class_="list-order").one(aria_current="true").text == (
        "Сначала ближайший срок"
    )
    asked = next(c for m, p, c in api.calls if p == "/triage/incidents")
    assert asked["sort"] == "deadline"


async def test_values_we_do_not_know_yet_are_shown_as_they_are(
    browser: Browser, api: FakeApi
) -> None:
    api.incidents[0]["status"] = "handed_over"
    api.incidents[0]["history"][0]["action"] = "hand_over"

    page = (await browser.get("/incidents/i-1042")).page

    assert page.one(class_="incident-flags").one(class_="tag").text == "handed_over"
    assert page.one("ol", class_="history").all("strong")[-1].text == "hand_over"


async def test_postponed_case_shows_its_promise(browser: Browser, api: FakeApi) -> None:
    api.incidents[6] |= {"outcome": "postponed", "promised_on": "2026-12-15"}

    facts = (await browser.get("/incidents/i-1036")).page.one("dl", class_="facts")

    assert "Обещано до15 декабря 2026" in facts.text.replace(
        " Обещано до ", "Обещано до"
    )


async def test_incident_of_another_region_is_not_there(browser: Browser) -> None:
    assert (await browser.get("/incidents/i-9999")).status == 404


async def test_number_of_calls_does_not_grow_with_rows(
    browser: Browser, api: FakeApi
) -> None:
    counts = []
    for wanted in (1, 3):
        api.incidents = data.incidents()[:wanted]
        api.calls.clear()
        await browser.get("/incidents")
        counts.append(sum(path == "/triage/incidents" for _, path, _ in api.calls))

    assert counts == [1, 1]


async def test_history_tells_what_happened_in_another_system(
    browser: Browser, api: FakeApi
) -> None:
    entry = api.incidents[0]["history"][0]
    entry.update(action="import", status="published")

    page = (await browser.get("/incidents/i-1042")).page

    oldest = page.one("ol", class_="history").all("strong")[-1]
    assert oldest.text == "Отвечен в другой системе"


async def test_history_names_the_system_and_links_what_is_published(
    browser: Browser, api: FakeApi
) -> None:
    entry = api.incidents[0]["history"][-1]
    entry |= {
        "actor_name": "otklik",
        "action": "published",
        "detail": "https://posts.example/reply",
    }

    page = (await browser.get("/incidents/i-1042")).page

    line = page.one("ol", class_="history").all("li")[0]
    assert line.one("a").attrs["href"] == "https://posts.example/reply"
    assert line.one(class_="history-when").text.startswith("Отклик · ")


async def test_executor_without_incidents_is_not_sent_to_the_queue(
    stranger: Browser, api: FakeApi
) -> None:
    api.incidents = []
    stranger.enter_as("executor")

    empty = (await stranger.get("/incidents")).page.one("div", class_="empty")

    assert empty.all("a") == []
