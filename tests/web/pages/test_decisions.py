"""Deciding on a candidate: what is sent, what comes next, what is kept on failure."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

DECIDE = "/queue/c-1/decision"
FORM = {
    "topic": "hot_water",
    "municipality": "zaozersk",
    "authority": "waterworks",
    "title": "Нет воды на Садовой",
    "note": "звонили дважды",
    "tone": "question",
    "incident_id": "i-1038",
    "version": "1",
    "next": "c-2",
    "list_network": "",
}


def decide(decision: str, **changes: str) -> dict[str, str]:
    return {**FORM, "decision": decision, **changes}


@pytest.mark.parametrize(
    ("decision", "sent"),
    [
        (
            "open",
            {
                "topic": "hot_water",
                "municipality": "zaozersk",
                "authority": "waterworks",
                "title": "Нет воды на Садовой",
            },
        ),
        ("join", {"incident_id": "i-1038"}),
        ("not_complaint", {"tone": "question"}),
        ("noise", {}),
    ],
)
async def test_decision_sends_only_what_belongs_to_it(
    browser: Browser, api: FakeApi, decision: str, sent: dict[str, str], *, htmx: bool
) -> None:
    await browser.post(DECIDE, decide(decision), "case" if htmx else None)

    assert api.last("POST") == (
        "/triage/candidates/c-1/decision",
        {"decision": decision, "note": "звонили дважды", "if-match": '"1"', **sent},
    )


async def test_without_htmx_the_next_case_is_one_redirect_away(
    browser: Browser,
) -> None:
    answer = await browser.post(DECIDE, decide("open", list_network="vk"))

    assert answer.status == 303
    assert answer.location == "/queue?network=vk&case=c-2&done=open&number=1042"


async def test_redirect_tells_what_was_done(browser: Browser) -> None:
    page = (await browser.get("/queue?case=c-2&done=open&number=1042")).page

    assert page.one(role="status", class_="notice").text == "Открыт инцидент: №1042"


async def test_with_htmx_the_next_case_comes_at_once(browser: Browser) -> None:
    answer = await browser.post(DECIDE, decide("open"), "case")

    page = answer.page
    assert page.one(id="case").attrs["data-case"] == "c-2"
    assert page.one(id="row-c-1").attrs["hx-swap-oob"] == "delete"
    assert page.one(id="views").all("span", class_="figure")[0].text == "7"
    assert page.one(class_="toast-note").one("strong").text == "Открыт инцидент: №1042"
    assert page.one(class_="toast-note").one("a").attrs["href"] == "/incidents/i-1042"
    assert answer.headers["hx-replace-url"] == "/queue?case=c-2"
    assert page.one(id="decision").fields()["next"] == "c-3"


async def test_first_of_the_list_follows_when_no_next_is_known(
    browser: Browser,
) -> None:
    answer = await browser.post(DECIDE, decide("noise", next=""), "case")

    assert answer.page.one(id="case").attrs["data-case"] == "c-2"


async def test_after_the_last_case_the_pane_says_so(
    browser: Browser, api: FakeApi
) -> None:
    api.candidates = api.candidates[:1]

    answer = await browser.post(DECIDE, decide("noise", next=""), "case")

    case = answer.page.one(id="case")
    assert case.one("p", class_="empty-title").text == "Решать нечего"
    assert "data-picked" not in case.attrs


@pytest.mark.parametrize(
    ("decision", "lacks", "mistake"),
    [
        ("open", "topic", "Выберите тему."),
        ("join", "incident_id", "Выберите инцидент, к которому присоединить."),
        ("", "decision", "Выберите решение."),
    ],
)
async def test_missing_answer_is_asked_for_before_the_service_is(
    browser: Browser,
    api: FakeApi,
    decision: str,
    lacks: str,
    mistake: str,
    *,
    htmx: bool,
) -> None:
    form = decide(decision, **({lacks: ""} if decision else {}))

    answer = await browser.post(DECIDE, form, "case" if htmx else None)

    assert answer.status == 422
    assert [node.text for node in answer.page.all(class_="mistake")] == [mistake]
    assert answer.page.one(id="decision").fields()["title"] == "Нет воды на Садовой"
    assert [m for m, _, _ in api.calls if m == "POST"] == []


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (403, "Ваша роль этого не позволяет"),
        (409, "Состояние уже изменилось"),
        (412, "Пока вы работали, запись изменили"),
        (422, "Чего-то не хватает или что-то не подходит"),
    ],
)
async def test_refusal_keeps_what_was_entered(
    browser: Browser, api: FakeApi, status: int, title: str, *, htmx: bool
) -> None:
    api.refuse("/decision", status, [{"field": "title", "message": "too long"}])
    form = decide("open", topic="potholes")

    answer = await browser.post(DECIDE, form, "case" if htmx else None)

    assert answer.status == status
    assert answer.page.one(role="alert").one("strong").text == title
    fields = answer.page.one(id="decision").fields()
    assert (fields["topic"], fields["title"], fields["note"]) == (
        "potholes",
        "Нет воды на Садовой",
        "звонили дважды",
    )
    assert [node.text for node in answer.page.all(class_="mistake")] == [
        "Проверьте это поле."
    ]


async def test_dead_service_leaves_the_form_alone_under_htmx(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/decision", 503)

    answer = await browser.post(DECIDE, decide("open"), "case")

    assert (answer.status, answer.headers["hx-retarget"]) == (503, "#toasts")


async def test_dead_service_hands_the_text_back_without_htmx(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/decision", 503)

    answer = await browser.post(DECIDE, decide("open"))

    assert answer.status == 503
    kept = [area.text for area in answer.page.all("textarea")]
    assert kept == ["Нет воды на Садовой", "звонили дважды"]


async def test_candidate_decided_by_a_colleague_is_a_conflict(
    browser: Browser, api: FakeApi
) -> None:
    api.candidates[0]["status"] = "decided"

    answer = await browser.post(DECIDE, decide("open"), "case")

    assert answer.status == 409
    assert answer.page.all(id="decision") == []


@pytest.mark.parametrize("method", ["without", "wrong"])
async def test_decision_without_its_guard_is_refused(
    browser: Browser, api: FakeApi, method: str
) -> None:
    guard = {} if method == "without" else {"guard": "0" * 64}

    response = await browser.client.post(DECIDE, data={**decide("open"), **guard})

    assert response.status_code == 403
    assert "Форма устарела" in response.text
    assert [m for m, _, _ in api.calls if m == "POST"] == []


async def test_decision_from_another_site_is_refused(
    browser: Browser, api: FakeApi
) -> None:
    response = await browser.client.post(
        DECIDE,
        data={**decide("open"), "guard": browser.guard},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 403
    assert [m for m, _, _ in api.calls if m == "POST"] == []


async def test_next_case_that_is_gone_makes_room_for_the_first(
    browser: Browser, api: FakeApi
) -> None:
    answer = await browser.post(DECIDE, decide("noise", next="c-404"), "case")

    assert answer.status == 200
    assert answer.page.one(id="case").attrs["data-case"] == "c-2"


async def test_dead_service_after_the_decision_is_said(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse_exactly("/triage/candidates/c-2", 503)

    answer = await browser.post(DECIDE, decide("noise"), "case")

    assert (answer.status, answer.headers["hx-retarget"]) == (503, "#toasts")
