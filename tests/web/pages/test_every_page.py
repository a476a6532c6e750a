"""What all pages owe their readers: both ways, safely, in both languages."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi
from tests.web.fakes import FakeIdentity

PAGES = {
    "/queue": ("desk", "Очередь"),
    "/queue?case=c-2": ("case", "Очередь"),
    "/approvals": ("desk", "Ждёт согласования"),
    "/incidents": ("list", "Инциденты"),
    "/incidents/i-1042": ("incident", "№1042 Нет горячей воды, Садовая, 10–16"),
    "/archive?q=воды": ("results", "Архив"),
    "/report": ("figures", "Отчёт"),
    "/imports": ("import", "Загрузить файл"),
    "/imports/im-1": ("progress", "Загрузка файла"),
    "/sources": ("sources", "Источники"),
    "/sources/new?link=https://vk.com/a": ("source-new", "Отслеживать страницу"),
    "/sources/s-1": ("source", "Новости Заозёрска"),
    "/sources/s-4": ("source", "Подслушано в Заозёрске"),
    "/sources/s-5": ("source", "Единый портал"),
    "/sources/new": ("source-new", "Отслеживать страницу"),
    "/credentials": ("credentials", "Токены сетей"),
    "/official-pages": ("official-pages", "Официальные страницы"),
    "/official-pages?link=https://vk.com/a": (
        "official-pages",
        "Официальные страницы",
    ),
    "/rules": ("rules", "Правила"),
    "/rules/r-1": ("rule", "Горячая вода"),
    "/rules/new": ("rule-form", "Новое правило"),
    "/rules/r-1/edit": ("rule-form", "Изменение правила"),
    "/rules/dry-runs/d-1": ("dry-run", "Пробный запуск"),
}


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_whole_or_only_the_part_asked_for(
    browser: Browser, path: str, *, htmx: bool
) -> None:
    target, title = PAGES[path]

    answer = await browser.get(path, target if htmx else None)

    assert answer.status == 200
    assert len(answer.page.all(id=target)) == 1
    titles = [t.text for head in answer.page.all("head") for t in head.all("title")]
    assert titles == ([] if htmx else [f"{title} · Отклик"])


@pytest.mark.parametrize("path", [*PAGES, "/docs", "/help"])
async def test_page_speaks_english_when_asked(browser: Browser, path: str) -> None:
    answer = await browser.get(f"{path}{'&' if '?' in path else '?'}lang=en")

    assert answer.page.one("html").attrs["lang"] == "en"
    assert answer.page.one("a", class_="brand").text == "Otklik"


@pytest.mark.parametrize("path", PAGES)
async def test_page_without_a_session_leads_to_sign_in_and_back(
    stranger: Browser, path: str, *, htmx: bool
) -> None:
    answer = await stranger.get(path, "x" if htmx else None)

    assert answer.status == (401 if htmx else 303)
    assert answer.location.startswith("/sign-in?next=%2F")


@pytest.mark.parametrize("path", [p for p in PAGES if "case=" not in p])
async def test_history_restored_by_htmx_gets_the_whole_page(
    browser: Browser, path: str
) -> None:
    response = await browser.client.get(
        path, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )

    assert response.text.lstrip().startswith("<!doctype html>")


@pytest.mark.parametrize("path", [*PAGES, "/sign-in", "/docs", "/help", "/nothing"])
async def test_every_answer_carries_the_strict_policy(
    browser: Browser, path: str
) -> None:
    answer = await browser.get(path)

    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "HX-Request"


@pytest.mark.parametrize("path", PAGES)
async def test_no_element_carries_its_own_script_or_style(
    browser: Browser, path: str
) -> None:
    page = (await browser.get(path)).page

    assert [n.attrs for n in page.walk() if "style" in n.attrs] == []
    assert page.all("style") == []
    assert [
        n.attrs for n in page.walk() if any(a.startswith("on") for a in n.attrs)
    ] == []
    assert [s.children for s in page.all("script")] == [[], []]


@pytest.mark.parametrize("path", PAGES)
async def test_every_form_that_changes_things_carries_the_guard(
    browser: Browser, path: str
) -> None:
    page = (await browser.get(path)).page

    guards = [
        form.fields().get("guard")
        for form in page.all("form")
        if form.attrs.get("method") == "post"
    ]
    assert guards
    assert set(guards) == {browser.guard}


@pytest.mark.parametrize("path", PAGES)
async def test_every_field_has_a_label(browser: Browser, path: str) -> None:
    page = (await browser.get(path)).page

    labelled = {label.attrs.get("for") for label in page.all("label")}
    lost = [
        node.attrs
        for node in page.walk()
        if node.tag in {"input", "select", "textarea"}
        and node.attrs.get("type") != "hidden"
        and "aria-label" not in node.attrs
        and node.attrs.get("id") not in labelled
    ]
    assert lost == []


@pytest.mark.parametrize("path", PAGES)
async def test_no_id_stands_twice(browser: Browser, path: str) -> None:
    page = (await browser.get(path)).page

    ids = [node.attrs["id"] for node in page.walk() if "id" in node.attrs]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (403, "Для вашей роли это закрыто"),
        (404, "Такой страницы нет"),
        (422, "Адрес не удалось разобрать"),
        (500, "Служба не отвечает"),
        (503, "Служба не отвечает"),
    ],
)
async def test_refusal_of_a_service_is_explained(
    browser: Browser, api: FakeApi, status: int, title: str
) -> None:
    api.refuse("/archive", status)

    answer = await browser.get("/archive")

    assert answer.status == (503 if status == 500 else status)
    assert answer.page.one("h1").text == title
    assert len(answer.page.one("dl", class_="three-answers").all("dd")) == 3


async def test_refusal_under_htmx_is_a_message_beside_the_page(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/triage/candidates/", 503)

    answer = await browser.get("/queue?case=c-1", "case")

    assert answer.status == 503
    assert answer.headers["hx-retarget"] == "#toasts"
    assert answer.headers["hx-reswap"] == "beforeend"
    assert answer.page.one(role="alert").one("strong").text == "Служба не отвечает"


async def test_session_that_ended_at_the_service_leads_to_sign_in(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/reports", 401)

    answer = await browser.get("/report")

    assert answer.status == 303
    assert answer.location == "/sign-in?next=%2Freport"


async def test_unknown_address_is_explained(browser: Browser) -> None:
    answer = await browser.get("/nothing")

    assert answer.status == 404
    assert answer.page.one("h1").text == "Такой страницы нет"


async def test_answer_nobody_can_read_is_explained(
    browser: Browser, api: FakeApi
) -> None:
    api.kpi = {"totals": "many"}

    answer = await browser.get("/report")

    assert answer.status == 503


async def test_crash_is_explained_even_when_nobody_can_say_who_asks(
    browser: Browser, identity: FakeIdentity
) -> None:
    identity.is_broken = True

    answer = await browser.get("/queue")

    assert answer.status == 500
    assert answer.page.one("h1").text == "Произошла ошибка на нашей стороне"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_database_of_people_that_is_away_is_explained(
    browser: Browser, identity: FakeIdentity
) -> None:
    identity.is_away = True

    answer = await browser.get("/queue")

    assert answer.status == 503
    assert answer.page.one("h1").text == "Служба не отвечает"
