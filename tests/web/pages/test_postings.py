"""How a publication stands, in words, and what a person decides about it."""

from typing import Any

import pytest

from tests.web import fake_data as data
from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

SETTLE = ["found", "send_again", "take_back"]
LOOKED = "Сообщение открыто, комментарии прочитаны: нашего ответа там нет."


def unsettled(api: FakeApi, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    """Let the reply of the incident 1037 be on its way."""
    one: dict[str, Any] = api.incidents[5]
    one["status"] = "publishing"
    one["postings"] = [
        {
            "id": "posting-1",
            "reply_id": one["replies"][-1]["id"],
            "state": "approved",
            "page_name": "Правительство Заозёрска",
            "asked_by": "Анна Серова",
            "asked_at": data.iso(data.NOW),
            "due_at": None,
            "obstacle": None,
            "message": None,
            **fields,
        }
    ]
    return one


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"state": "approved"}, "Ждёт отправки"),
        ({"state": "sending"}, "Отправляется"),
        (
            {"state": "unknown", "due_at": data.iso(data.NOW)},
            "Неизвестно, опубликован ли ответ",
        ),
        ({"state": "failed", "obstacle": "deleted"}, "Не опубликован"),
        ({"state": "cancelled"}, "Отозван"),
        ({"state": "draft"}, "Остановлен: текст изменён"),
        ({"state": "sent", "link": "https://posts.example/7"}, "Опубликован на"),
    ],
)
async def test_the_state_is_told_in_words(
    browser: Browser, api: FakeApi, fields: dict[str, Any], told: str
) -> None:
    unsettled(api, **fields)

    page = (await browser.get("/incidents/i-1037")).page

    shown = page.one("section", class_="posting")
    assert told in shown.text
    assert "Правительство Заозёрска" in shown.text


@pytest.mark.parametrize(
    ("obstacle", "told"),
    [
        ("deleted", "Сообщения больше нет."),
        ("comments_closed", "Комментарии к сообщению закрыты."),
        ("refused", "Страница не приняла ответ."),
        ("something_new", "something_new"),
    ],
)
async def test_a_failure_says_why_and_what_the_page_said(
    browser: Browser, api: FakeApi, obstacle: str, told: str
) -> None:
    unsettled(api, state="failed", obstacle=obstacle, message="<b>error 15</b>")

    shown = (await browser.get("/incidents/i-1037")).page.one(
        "section", class_="posting"
    )

    assert shown.one("strong").text == told
    assert shown.one("details").one("p").text == "<b>error 15</b>"


async def test_what_nobody_knows_is_looked_for_by_a_person(
    browser: Browser, api: FakeApi
) -> None:
    unsettled(api, state="unknown")["allowed"] = SETTLE

    page = (await browser.get("/incidents/i-1037")).page

    step = page.one("section", class_="step")
    assert step.one("h3").text == "Ответ опубликован?"
    assert [form.attrs["action"] for form in step.all("form")] == [
        f"/incidents/i-1037/{name}" for name in SETTLE
    ]
    assert [one.text for one in step.all("label", class_="form-check-label")] == [
        LOOKED
    ] * 2
    assert "Откройте сообщение и посмотрите" in page.one(class_="posting").text


@pytest.mark.parametrize(
    ("step", "fields", "path", "sent"),
    [
        (
            "found",
            {"link": "https://posts.example/9"},
            "found",
            {"link": "https://posts.example/9"},
        ),
        ("send_again", {"looked": "true"}, "send-again", {"looked": True}),
        ("take_back", {}, "take-back", {"looked": False}),
    ],
)
async def test_the_decision_is_sent(  # noqa: PLR0913 -- the table
    browser: Browser,
    api: FakeApi,
    step: str,
    fields: dict[str, str],
    path: str,
    sent: dict[str, Any],
    *,
    htmx: bool,
) -> None:
    unsettled(api, state="unknown")["allowed"] = SETTLE

    answer = await browser.post(
        f"/incidents/i-1037/{step}",
        {**fields, "version": "3"},
        "incident" if htmx else None,
    )

    assert answer.status in {200, 303}
    assert api.last("POST") == (
        f"/triage/incidents/i-1037/{path}",
        {**sent, "if-match": '"3"'},
    )


async def test_whoever_has_not_looked_is_asked_to(
    browser: Browser, api: FakeApi
) -> None:
    unsettled(api, state="unknown")["allowed"] = SETTLE

    answer = await browser.post("/incidents/i-1037/send_again", {})

    assert answer.status == 422
    assert answer.page.all(class_="mistake")[0].text == (
        "Сначала откройте сообщение и отметьте, что ответа там нет."
    )


async def test_a_further_reply_is_asked_for_by_ticking(
    browser: Browser, api: FakeApi
) -> None:
    first = (await browser.get("/incidents/i-1037")).page
    api.incidents[5]["is_answered"] = True
    second = (await browser.get("/incidents/i-1037")).page

    assert len(first.all("input", id="further")) == 0
    assert second.one("input", id="further").attrs["type"] == "checkbox"


async def test_a_publication_of_an_earlier_round_is_not_told_as_the_latest(
    browser: Browser, api: FakeApi
) -> None:
    unsettled(api, state="sent", reply_id="reply-0")

    page = (await browser.get("/incidents/i-1037")).page

    assert page.all("section", class_="posting") == []


async def test_an_edited_post_is_told_to_the_approver_beside_the_reply(
    browser: Browser, api: FakeApi
) -> None:
    one = api.incidents[0]
    one["postings"] = [
        {"id": "p", "reply_id": "reply-1", "state": "failed", "obstacle": "edited"}
    ]
    one["replies"][0]["copy_of"] = {"incident_id": "i-1030", "number": 1030}

    page = (await browser.get("/approvals?case=i-1042")).page

    assert "Автор изменил сообщение" in page.one("section", class_="posting").text
    assert "Инцидент №1030" in page.one("p", class_="notice").text


async def test_an_incident_is_withdrawn_with_the_address_of_the_other(
    browser: Browser, api: FakeApi
) -> None:
    api.incidents[5]["allowed"] = ["withdraw"]
    fields = {
        "mistake": "duplicate",
        "reason": "та же труба",
        "incident_id": "https://desk.example/incidents/i-1030/",
        "version": "3",
    }

    page = (await browser.get("/incidents/i-1037")).page
    await browser.post("/incidents/i-1037/withdraw", fields)

    assert page.one("section", class_="step").one("h3").text == (
        "Отозвать: открыт по ошибке"
    )
    assert api.last("POST") == (
        "/triage/incidents/i-1037/withdraw",
        {
            "mistake": "duplicate",
            "reason": "та же труба",
            "incident_id": "i-1030",
            "if-match": '"3"',
        },
    )
