"""The desk in a real browser, on the demonstration region `make up` gives."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium, needs_chromium
from tests.installation import Installation

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the journeys."""
    with chromium() as one:
        yield one


def passwords(demo: Installation) -> dict[str, str]:
    """Read the passwords the first start printed, once."""
    found = re.findall(r"^  (\w+) +\w+ +(\S+)$", demo.printed(), re.MULTILINE)
    return dict(found)


def signed_in(browser: Browser, demo: Installation, login: str) -> Page:
    """Open a window and sign in."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(demo.address)
    page.fill("[name=login]", login)
    page.fill("[name=password]", passwords(demo)[login])
    page.press("[name=password]", "Enter")
    expect(page.locator("[name=password]")).to_have_count(0)
    return page


def test_the_queue_moves_by_itself(browser: Browser, demo: Installation) -> None:
    page = signed_in(browser, demo, "moderator")

    _reload_until(page, f"{demo.address}/queue", "#case mark")
    expect(page.locator("#arrivals a")).to_be_visible(timeout=60_000)

    page.context.close()


def test_a_complaint_is_handled_to_the_end_and_found_again(
    browser: Browser, demo: Installation
) -> None:
    moderator = signed_in(browser, demo, "moderator")
    approver = signed_in(browser, demo, "approver")
    _reload_until(moderator, f"{demo.address}/queue", "#case mark")
    first = moderator.locator("#case").get_attribute("data-case")

    moderator.keyboard.press("e")
    moderator.wait_for_function(
        "before => document.querySelector('#case').dataset.case !== before", arg=first
    )
    moderator.goto(f"{demo.address}/incidents")
    moderator.locator("a[href*='/incidents/']").first.click()
    moderator.wait_for_url("**/incidents/*")
    incident = moderator.url
    _answer(moderator, incident)
    approver.goto(incident)
    approver.get_by_role("button", name="Одобрить").click()
    expect(approver.get_by_role("button", name="Одобрить")).to_have_count(0)
    moderator.goto(incident)
    moderator.get_by_role("button", name="Опубликовать", exact=True).click()
    _reload_until(moderator, incident, "[name=outcome]")
    moderator.select_option("[name=outcome]", "explained")
    moderator.select_option("[name=closing_reason]", "author_satisfied")
    moderator.get_by_role("button", name="Закрыть инцидент").click()
    expect(moderator.locator("[name=outcome]")).to_have_count(0)

    text = moderator.locator(".post-text").first.inner_text()
    word = max(re.findall(r"[а-яё]{5,}", text), key=len)
    hits = f"{demo.address}/archive?q={word}&status=closed"
    _reload_until(moderator, hits, f"main a[href='{incident[len(demo.address) :]}']")
    approver.goto(f"{demo.address}/report")
    expect(approver.locator("svg").first).to_be_visible()

    moderator.context.close()
    approver.context.close()


def _answer(page: Page, incident: str) -> None:
    """Assign if needed, write the reply, send it for approval."""
    if page.locator("#reply-text").count() == 0:
        page.select_option("#assign-authority", index=1)
        page.get_by_role("button", name="Назначить").click()
        page.goto(incident)
    page.fill("#reply-text", "Бригада выезжает сегодня до 18:00, ответит Водоканал.")
    page.get_by_role("button", name="Отправить на согласование").click()
    expect(page.get_by_text("Ждёт согласования").first).to_be_visible()


def _reload_until(page: Page, address: str, selector: str) -> None:
    """Open a page again until it shows something the workers bring about."""
    for _ in range(60):
        page.goto(address)
        if page.locator(selector).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address}: no {selector} within 30 seconds")


def test_a_page_loads_nothing_from_outside_and_speaks_both_languages(
    browser: Browser, demo: Installation
) -> None:
    page = signed_in(browser, demo, "admin")
    outside: list[str] = []
    page.on(
        "request",
        lambda sent: (
            None
            if sent.url.startswith((demo.address, "data:"))
            else outside.append(sent.url)
        ),
    )

    titles = []
    for language in ("ru", "en"):
        for path in ("queue", "incidents", "archive", "report", "docs"):
            page.goto(f"{demo.address}/{path}?lang={language}")
            page.wait_for_load_state("networkidle")
            titles.append(page.title())

    page.context.close()
    assert outside == []
    assert len(set(titles)) == 10
