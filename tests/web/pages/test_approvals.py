"""Replies that wait for approval, beside what they answer."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi


async def test_draft_stands_beside_the_posts(browser: Browser, *, htmx: bool) -> None:
    path = "/approvals?case=i-1042"

    page = (await browser.get(path, "case" if htmx else None)).page

    case = page.one(id="case")
    assert len(case.all("article", class_="post")) == 3
    assert case.all(class_="wording")[0].text.startswith("Добрый день! На Садовой, 14")
    actions = [form.attrs["action"] for form in case.all("form")]
    assert actions == ["/incidents/i-1042/approve", "/incidents/i-1042/return"]
    assert [form.fields()["version"] for form in case.all("form")] == ["3", "3"]


async def test_first_waiting_reply_is_open(browser: Browser) -> None:
    page = (await browser.get("/approvals")).page

    assert [row.attrs["data-row"] for row in page.all("li", class_="row-item")] == [
        "i-1042"
    ]
    assert "data-picked" not in page.one(id="case").attrs


async def test_who_may_only_read_gets_no_buttons(
    browser: Browser, api: FakeApi
) -> None:
    api.incidents[0]["allowed"] = []

    page = (await browser.get("/approvals")).page

    assert page.one(id="case").all("form") == []


async def test_nothing_waiting_says_so(browser: Browser, api: FakeApi) -> None:
    api.incidents = []

    page = (await browser.get("/approvals")).page

    assert [node.text for node in page.all("p", class_="empty-title")] == [
        "Ответов на согласовании нет",
        "Согласовывать нечего",
    ]


async def test_approver_sees_a_title_instead_of_the_queue_views(
    stranger: Browser,
) -> None:
    stranger.enter_as("approver")

    page = (await stranger.get("/approvals")).page

    assert page.all(id="views") == []
    assert page.one("p", class_="desk-title").text == "Ждёт согласования"


@pytest.mark.parametrize("closed", ["/triage/candidates", "/triage/incidents"])
async def test_views_whose_figures_are_closed_to_the_role_show_zero(
    browser: Browser, api: FakeApi, closed: str
) -> None:
    api.refuse_exactly(closed, 403)
    path = "/approvals?case=i-1042" if closed.endswith("candidates") else "/queue"

    page = (await browser.get(path)).page

    figures = [node.text for node in page.one(id="views").all(class_="figure")]
    assert figures == (
        ["0", "0", "0", "1"] if closed.endswith("candidates") else ["8", "2", "5", "0"]
    )


async def test_views_do_not_hide_a_dead_service(browser: Browser, api: FakeApi) -> None:
    api.refuse_exactly("/triage/candidates", 503)

    assert (await browser.get("/approvals?case=i-1042")).status == 503


async def test_desk_does_not_hide_a_dead_service(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse_exactly("/triage/incidents", 503)

    assert (await browser.get("/queue")).status == 503
