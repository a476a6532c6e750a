"""The pages in a real browser: keys, swaps, the strict policy, the phone."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
    expect,
)

from tests.web import fake_data as data
from tests.web.conftest import Stage
from tests.web.fake_api import FakeApi
from tests.web.fakes import PASSWORD, FakeIdentity
from tests.web.pages.test_postings import unsettled

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium: apt-get install chromium"
    ),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = [
    "/queue",
    "/queue?case=c-1",
    "/approvals?case=i-1042",
    "/incidents",
    "/incidents/i-1042",
    "/incidents/i-1041",
    "/archive?q=воды",
    "/report",
    "/imports",
    "/imports/im-1",
    "/sources",
    "/sources/new?link=https://vk.com/a",
    "/sources/s-3",
    "/sources/s-4",
    "/credentials",
    "/official-pages?link=https://vk.com/a",
    "/rules",
    "/rules/r-1",
    "/rules/r-3",
    "/rules/new",
    "/rules/r-1/edit",
    "/rules/dry-runs/d-1",
    "/docs",
    "/help",
    "/nothing",
]


@dataclass
class Desk:
    """A browser window at the desk, and everything it complained of."""

    page: Page
    browser: Browser
    base: str
    complaints: list[str]
    asked: int = 0

    async def go(self, path: str) -> None:
        """Open a page."""
        await self.page.goto(f"{self.base}{path}")

    def hear(self, said: ConsoleMessage) -> None:
        """Note what the content policy refuses."""
        if "Content Security" in said.text or "Refused to" in said.text:
            self.complaints.append(said.text)

    def watch(self, sent: Request) -> None:
        """Note every address that is not ours."""
        self.asked += 1
        if not sent.url.startswith((self.base, "data:")):
            self.complaints.append(sent.url)

    async def settle(self, path: str) -> None:
        """Open a page in a tab of its own until it asks for nothing more."""
        tab = await self.page.context.new_page()
        await tab.goto(f"{self.base}{path}")
        await tab.wait_for_load_state("networkidle")
        await tab.close()

    async def case(self) -> str | None:
        """Which candidate is open."""
        return await self.page.locator("#case").get_attribute("data-case")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(stage: Stage) -> AsyncIterator[str]:
    """The pages behind a real server on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        config = uvicorn.Config(stage.app, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[free]))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        await running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests; each has its own window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(
    served: str, chromium: Browser, stage: Stage, api: FakeApi, identity: FakeIdentity
) -> AsyncIterator[Desk]:
    """A signed-in window of a usual screen."""
    stage.begin(api, identity)
    context = await chromium.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    await context.add_cookies(
        [{"name": "otklik_session", "value": "ses_admin", "url": served}]
    )
    desk = Desk(await context.new_page(), chromium, served, [])
    context.on("weberror", lambda thrown: desk.complaints.append(str(thrown.error)))
    context.on("console", desk.hear)
    context.on("request", desk.watch)
    yield desk
    await context.close()
    assert desk.complaints == []


async def test_no_page_breaks_the_policy_or_asks_outside(desk: Desk) -> None:
    # A page is at rest when it has asked for nothing for half a second: five wait side
    # by side.
    for first in range(0, len(PAGES), 5):
        await asyncio.gather(*map(desk.settle, PAGES[first : first + 5]))

    assert desk.complaints == []
    assert desk.asked > len(PAGES)


async def test_no_page_is_wider_than_a_phone(desk: Desk, api: FakeApi) -> None:
    api.watching.recognised = {"url": f"https://vk.com/search?c[q]={'ж' * 90}"}
    await desk.page.set_viewport_size({"width": 360, "height": 740})
    wide = {}
    for path in PAGES:
        await desk.go(path)
        over = await desk.page.evaluate(
            "document.documentElement.scrollWidth - innerWidth"
        )
        if over > 0:
            wide[path] = over

    assert wide == {}


async def test_what_nobody_knows_can_be_settled_on_a_phone(
    desk: Desk, api: FakeApi
) -> None:
    unsettled(api, state="unknown", obstacle="response_lost", message="x" * 300)[
        "allowed"
    ] = ["found", "send_again", "take_back"]
    await desk.page.set_viewport_size({"width": 360, "height": 740})

    await desk.go("/incidents/i-1037")

    over = await desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    low = await desk.page.evaluate(
        """() => [...document.querySelectorAll(".step button")]
          .filter((e) => e.getBoundingClientRect().height < 44).length"""
    )
    assert (over, low) == (0, 0)


async def test_forms_of_a_row_have_the_width_of_a_phone(desk: Desk) -> None:
    await desk.page.set_viewport_size({"width": 360, "height": 740})
    await desk.go("/official-pages")

    widths = await desk.page.evaluate(
        """() => [...document.querySelectorAll("td.acts")]
          .map((e) => e.getBoundingClientRect().width)"""
    )
    assert widths
    assert min(widths) > 260


@pytest.mark.parametrize(
    "path", ["/queue?case=c-1", "/incidents/i-1042", "/approvals?case=i-1042", "/rules"]
)
async def test_targets_on_a_phone_are_large_enough(desk: Desk, path: str) -> None:
    await desk.page.set_viewport_size({"width": 360, "height": 740})
    await desk.go(path)

    small = await desk.page.evaluate(
        """() => [...document.querySelectorAll(
            "main button, main select, main textarea, .mainnav > a, .languages a"
          )].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44)
          .map((e) => e.outerHTML.slice(0, 90))"""
    )

    assert small == []


async def test_sign_in_leads_to_the_queue(desk: Desk) -> None:
    await desk.page.context.clear_cookies()
    await desk.go("/queue?network=vk")

    await desk.page.fill("#login", "moderator")
    await desk.page.fill("#password", PASSWORD)
    await desk.page.keyboard.press("Enter")

    await expect(desk.page).to_have_url(f"{desk.base}/queue?network=vk")
    await expect(desk.page.locator("#row-c-1")).to_be_visible()


async def test_j_and_k_walk_the_list_in_any_layout(desk: Desk) -> None:
    await desk.go("/queue")

    for key in ("KeyJ", "KeyJ", "KeyK"):
        await desk.page.keyboard.press(key)
    await expect(desk.page.locator("#case")).to_have_attribute("data-case", "c-2")
    # What a Russian layout sends for the same key.
    await desk.page.evaluate(
        """document.body.dispatchEvent(new KeyboardEvent(
            "keydown", {key: "о", code: "KeyJ", bubbles: true}))"""
    )

    await expect(desk.page.locator("#case")).to_have_attribute("data-case", "c-3")
    assert await desk.page.evaluate("location.search") == "?case=c-3"


async def test_decision_by_key_brings_the_next_case_at_once(
    desk: Desk, api: FakeApi
) -> None:
    await desk.go("/queue?case=c-3")

    await desk.page.keyboard.press("e")
    await expect(desk.page.locator("#case")).to_have_attribute("data-case", "c-4")
    await expect(desk.page.locator(".toast-note")).to_contain_text(
        "Открыт инцидент: №1042"
    )
    await desk.page.keyboard.press("n")
    await expect(desk.page.locator("#case")).to_have_attribute("data-case", "c-5")
    await desk.page.keyboard.press("s")
    await expect(desk.page.locator("#case")).to_have_attribute("data-case", "c-6")

    assert [c["decision"] for m, _, c in api.calls if m == "POST"] == [
        "open",
        "not_complaint",
        "noise",
    ]
    await expect(desk.page.locator("#row-c-3")).to_have_count(0)
    await expect(desk.page.locator("#row-c-6")).to_have_attribute(
        "aria-current", "true"
    )
    await expect(desk.page.locator("#views a").first).to_have_text("Новые 5")


async def test_join_by_key_takes_the_chosen_incident(desk: Desk, api: FakeApi) -> None:
    await desk.go("/queue?case=c-1")

    await desk.page.check("#similar-i-1038")
    await desk.page.keyboard.press("m")
    await expect(desk.page.locator("#case")).to_have_attribute("data-case", "c-2")

    assert api.last("POST")[1]["incident_id"] == "i-1038"


async def test_keys_are_silent_while_typing(desk: Desk, api: FakeApi) -> None:
    await desk.go("/queue")

    await desk.page.keyboard.press("/")
    await desk.page.keyboard.type("jens?g")

    assert await desk.page.input_value("#queue-q") == "jens?g"
    assert await desk.case() == "c-1"
    assert [m for m, _, _ in api.calls if m == "POST"] == []


async def test_keys_with_ctrl_are_left_to_the_browser(desk: Desk, api: FakeApi) -> None:
    await desk.go("/queue")

    await desk.page.keyboard.press("Control+e")

    assert [m for m, _, _ in api.calls if m == "POST"] == []


async def test_g_and_a_letter_go_to_a_page(desk: Desk) -> None:
    await desk.go("/queue")

    for letter, path in (("i", "incidents"), ("a", "archive"), ("r", "report")):
        await desk.page.keyboard.press("g")
        await desk.page.keyboard.press(letter)
        await expect(desk.page).to_have_url(f"{desk.base}/{path}")


async def test_question_mark_shows_the_keys_and_escape_hides_them(desk: Desk) -> None:
    await desk.go("/incidents")

    await desk.page.keyboard.press("?")
    await expect(desk.page.locator("#keys")).to_be_visible()
    await desk.page.keyboard.press("Escape")

    await expect(desk.page.locator("#keys")).to_be_hidden()


async def test_enter_opens_the_row_under_the_cursor(desk: Desk) -> None:
    await desk.go("/incidents")

    await desk.page.keyboard.press("j")
    await desk.page.keyboard.press("j")
    await desk.page.keyboard.press("Enter")

    await expect(desk.page).to_have_url(f"{desk.base}/incidents/i-1041")


async def test_refused_reply_stays_in_the_editor(desk: Desk, api: FakeApi) -> None:
    await desk.go("/incidents/i-1041")
    for status, title in (
        (409, "Состояние уже изменилось"),
        (503, "Служба не отвечает"),
    ):
        api.refusals.clear()
        api.refuse("/submit", status)
        await desk.page.fill("#reply-text", "Бригада выехала.")

        await desk.page.get_by_text("Отправить на согласование").click()

        await expect(desk.page.get_by_role("alert").last).to_contain_text(title)
        assert await desk.page.input_value("#reply-text") == "Бригада выехала."


async def test_draft_is_saved_by_its_own_button(desk: Desk, api: FakeApi) -> None:
    await desk.go("/incidents/i-1041")

    await desk.page.fill("#reply-text", "Бригада выехала.")
    await desk.page.get_by_text("Сохранить черновик").click()
    await expect(desk.page.locator(".notice.hue-ok")).to_have_text("Черновик сохранён")

    assert api.last("POST")[0] == "/triage/incidents/i-1041/draft"


async def test_arrivals_are_told_without_moving_the_list(
    desk: Desk, api: FakeApi
) -> None:
    await desk.go("/queue")
    first = await desk.page.locator(".row-item").first.get_attribute("data-row")
    api.candidates[3]["received_at"] = data.iso(data.NOW + timedelta(seconds=9))

    await desk.page.evaluate(
        "htmx.ajax('GET', document.querySelector('#arrivals').getAttribute('hx-get'),"
        " {source: '#arrivals', target: '#arrivals', swap: 'outerHTML'})"
    )

    await expect(desk.page.locator("#arrivals a")).to_have_text("1 новое — показать")
    assert first == await desk.page.locator(".row-item").first.get_attribute("data-row")


async def test_show_more_adds_rows_in_place(desk: Desk, api: FakeApi) -> None:
    api.page_size = 5
    await desk.go("/incidents")

    await desk.page.locator("#more a").click()

    await expect(desk.page.locator(".card-row")).to_have_count(8)
    await expect(desk.page.locator("#more")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "row"), [("/incidents", ".card-row"), ("/queue", ".row-item")]
)
async def test_show_more_by_key_goes_on_at_the_first_new_row(
    desk: Desk, api: FakeApi, path: str, row: str
) -> None:
    api.page_size = 2
    await desk.go(path)

    await desk.page.locator("#more a").press("Enter")

    await expect(desk.page.locator(row).nth(2).locator("a").first).to_be_focused()


async def test_running_import_follows_itself_to_the_end(
    desk: Desk, api: FakeApi
) -> None:
    await desk.go("/imports/im-1")
    api.import_state |= {"state": "done", "accepted": 1191}

    await expect(desk.page.locator("#progress .tag")).to_have_text(
        "Загружено", timeout=5000
    )


async def test_on_a_phone_a_picked_case_covers_the_list(desk: Desk) -> None:
    await desk.page.set_viewport_size({"width": 360, "height": 740})
    await desk.go("/queue")
    await expect(desk.page.locator("#rows")).to_be_visible()
    await expect(desk.page.locator("#decision")).to_be_hidden()

    await desk.page.locator("#row-c-2 a").click()

    await expect(desk.page.locator("#decision")).to_be_visible()
    await expect(desk.page.locator("#rows")).to_be_hidden()


async def test_lost_network_is_said_and_the_text_stays(desk: Desk) -> None:
    await desk.go("/incidents/i-1041")
    await desk.page.fill("#reply-text", "Бригада выехала.")

    await desk.page.context.set_offline(offline=True)
    await desk.page.get_by_text("Отправить на согласование").click()

    await expect(desk.page.locator("#toasts")).to_contain_text("Нет связи")
    assert await desk.page.input_value("#reply-text") == "Бригада выехала."


async def test_pages_work_without_javascript(desk: Desk, api: FakeApi) -> None:
    context = await desk.browser.new_context(java_script_enabled=False)
    session = {"name": "otklik_session", "value": "ses_admin", "url": desk.base}
    await context.add_cookies([session])  # type: ignore[list-item]
    page = await context.new_page()
    await page.goto(f"{desk.base}/queue?case=c-2")

    await page.get_by_role("button", name="Открыть инцидент").click()

    await expect(page.locator("#case")).to_have_attribute("data-case", "c-3")
    assert api.last("POST")[0] == "/triage/candidates/c-2/decision"
    await context.close()
