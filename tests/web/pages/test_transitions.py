"""The steps of an incident: what is sent, what is kept when refused."""

from typing import Any

import pytest

from tests.web import fake_data as data
from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

STEPS: list[tuple[str, str, dict[str, str], str, dict[str, Any]]] = [
    ("i-1035", "assign", {"authority": "roads"}, "assign", {"authority": "roads"}),
    ("i-1041", "draft", {"text": "Едем."}, "draft", {"text": "Едем."}),
    ("i-1041", "submit", {"text": "Едем."}, "submit", {"text": "Едем."}),
    ("i-1042", "return", {"remark": "Срок?"}, "return", {"remark": "Срок?"}),
    ("i-1042", "approve", {}, "approve", {}),
    (
        "i-1037",
        "publish",
        {},
        "publish",
        {"via": "page", "further": False},
    ),
    (
        "i-1037",
        "publish",
        {"further": "true"},
        "publish",
        {"via": "page", "further": True},
    ),
    (
        "i-1037",
        "mark_published",
        {"link": "https://posts.example/1"},
        "publish",
        {"via": "hand", "link": "https://posts.example/1"},
    ),
    (
        "i-1038",
        "close",
        {
            "outcome": "postponed",
            "closing_reason": "done",
            "kind": "solvable",
            "promised_on": "2026-12-01",
            "proof": "акт 7",
        },
        "close",
        {
            "outcome": "postponed",
            "closing_reason": "done",
            "kind": "solvable",
            "promised_on": "2026-12-01",
            "proof": "акт 7",
        },
    ),
    ("i-1036", "reopen", {"reason": "снова"}, "reopen", {"reason": "снова"}),
]


@pytest.mark.parametrize(("incident", "step", "fields", "path", "sent"), STEPS)
async def test_step_is_sent_and_the_case_comes_back(  # noqa: PLR0913, PLR0917 -- the table
    browser: Browser,
    api: FakeApi,
    incident: str,
    step: str,
    fields: dict[str, str],
    path: str,
    sent: dict[str, Any],
    *,
    htmx: bool,
) -> None:
    answer = await browser.post(
        f"/incidents/{incident}/{step}",
        {**fields, "version": "3"},
        "incident" if htmx else None,
    )

    assert api.last("POST") == (
        f"/triage/incidents/{incident}/{path}",
        {**sent, "if-match": '"3"'},
    )
    if htmx:
        assert answer.page.one(id="incident").one(role="status", class_="hue-ok")
    else:
        assert answer.location == f"/incidents/{incident}?done={step}"
        shown = (await browser.get(answer.location)).page
        assert shown.one(role="status", class_="hue-ok")


@pytest.mark.parametrize(
    ("step", "fields", "mistakes"),
    [
        ("assign", {}, ["Выберите ведомство."]),
        ("submit", {"text": "  "}, ["Напишите ответ."]),
        ("return", {}, ["Напишите, что нужно изменить."]),
        ("mark_published", {}, ["Вставьте ссылку на опубликованный ответ."]),
        ("close", {}, ["Выберите итог.", "Выберите причину закрытия."]),
        (
            "close",
            {"outcome": "postponed", "closing_reason": "done"},
            ["Укажите обещанную дату."],
        ),
        (
            "close",
            {"outcome": "solved", "closing_reason": "done"},
            ["Укажите, что подтверждает решение."],
        ),
        ("found", {}, ["Вставьте ссылку на опубликованный ответ."]),
        (
            "withdraw",
            {},
            [
                "Выберите, в чём ошибка.",
                "Напишите, почему инцидент не нужно было открывать.",
            ],
        ),
        (
            "withdraw",
            {"mistake": "duplicate", "reason": "та же труба"},
            ["Укажите, какой инцидент повторяется."],
        ),
        ("reopen", {}, ["Напишите, почему инцидент открывается снова."]),
    ],
)
async def test_missing_field_is_asked_for_before_the_service_is(
    browser: Browser,
    api: FakeApi,
    step: str,
    fields: dict[str, str],
    mistakes: list[str],
    *,
    htmx: bool,
) -> None:
    everything = sorted({name for names in data.ALLOWED.values() for name in names})
    api.incidents[0]["allowed"] = everything

    answer = await browser.post(
        f"/incidents/i-1042/{step}", fields, "incident" if htmx else None
    )

    assert answer.status == 422
    assert [node.text for node in answer.page.all(class_="mistake")] == mistakes
    assert [m for m, _, _ in api.calls if m == "POST"] == []


@pytest.mark.parametrize("status", [403, 409, 412, 422])
async def test_refusal_keeps_the_written_reply(
    browser: Browser, api: FakeApi, status: int, *, htmx: bool
) -> None:
    api.refuse("/submit", status)

    answer = await browser.post(
        "/incidents/i-1041/submit",
        {"text": "Бригада уже едет.\r\nЖдите."},
        "incident" if htmx else None,
    )

    assert answer.status == status
    assert answer.page.one(id="reply-text").text == "Бригада уже едет. Ждите."
    assert answer.page.one(role="alert", class_="notice")


async def test_dead_service_hands_the_reply_back(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/submit", 503)

    answer = await browser.post("/incidents/i-1041/submit", {"text": "Бригада едет."})

    assert answer.status == 503
    assert answer.page.one("textarea").text == "Бригада едет."


async def test_refused_folded_step_is_open_again(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/assign", 409)

    answer = await browser.post("/incidents/i-1041/assign", {"authority": "roads"})

    folded = answer.page.one(class_="steps").all("details", class_="step")
    assert [("open" in one.attrs) for one in folded] == [True]
    assert folded[0].one("form").fields()["authority"] == "roads"


async def test_unknown_step_is_not_there(browser: Browser, api: FakeApi) -> None:
    assert (await browser.post("/incidents/i-1042/erase")).status == 404
    assert [m for m, _, _ in api.calls if m == "POST"] == []


async def test_step_without_its_guard_is_refused(
    browser: Browser, api: FakeApi
) -> None:
    response = await browser.client.post(
        "/incidents/i-1041/draft", data={"text": "Бригада едет."}
    )

    assert response.status_code == 403
    assert "Бригада едет." in response.text
    assert [m for m, _, _ in api.calls if m == "POST"] == []


async def test_approval_from_the_desk_goes_on_to_the_next(browser: Browser) -> None:
    answer = await browser.post(
        "/incidents/i-1042/approve", {"desk": "approvals", "version": "3"}
    )

    assert answer.location == "/approvals?done=approve"
    page = (await browser.get(answer.location)).page
    assert page.one(role="status", class_="notice").text == "Ответ одобрен"
    assert page.all("p", class_="empty-title")[0].text == "Ответов на согласовании нет"


async def test_guard_may_come_in_a_header(browser: Browser, api: FakeApi) -> None:
    response = await browser.client.post(
        "/incidents/i-1042/approve", headers={"X-Guard": browser.guard}
    )

    assert response.status_code == 303
    assert api.last("POST")[0] == "/triage/incidents/i-1042/approve"
