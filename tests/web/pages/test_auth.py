"""Sign-in, sign-out, and the way back."""

import pytest

from tests.web.conftest import Browser
from tests.web.fakes import PASSWORD, FakeIdentity
from web.visit import SESSION_COOKIE


async def test_right_password_opens_a_session_in_a_safe_cookie(
    stranger: Browser,
) -> None:
    answer = await stranger.post(
        "/sign-in", {"login": "moderator", "password": PASSWORD, "next": "/archive?q=a"}
    )

    assert (answer.status, answer.location) == (303, "/archive?q=a")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=ses_moderator_")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.parametrize("login", ["moderator", "nobody", ""])
async def test_wrong_password_keeps_the_login_and_never_the_password(
    stranger: Browser, login: str
) -> None:
    answer = await stranger.post("/sign-in", {"login": login, "password": "wrong word"})

    assert answer.status == 401
    assert answer.page.one(role="alert").one("strong").text == (
        "Неверный логин или пароль"
    )
    fields = answer.page.one("form", action="/sign-in").fields()
    assert (fields["login"], fields["password"]) == (login, "")


async def test_too_many_attempts_say_how_long_to_wait(stranger: Browser) -> None:
    answer = await stranger.post("/sign-in", {"login": "locked", "password": "x"})

    assert answer.status == 429
    assert answer.page.one(role="alert").text == (
        "Слишком много попыток Вход закрыт на 10 минут."
    )


@pytest.mark.parametrize(
    "target",
    ["https://evil.invalid", "//evil.invalid", "/\\evil.invalid", "evil", "/a\nb"],
)
async def test_way_back_never_leaves_the_site(stranger: Browser, target: str) -> None:
    answer = await stranger.post(
        "/sign-in", {"login": "moderator", "password": PASSWORD, "next": target}
    )

    assert answer.location == "/"


async def test_sign_in_carries_the_way_back(stranger: Browser) -> None:
    page = (await stranger.get("/sign-in?next=/report")).page
    outside = (await stranger.get("/sign-in?next=//evil.invalid")).page

    assert page.one("form", action="/sign-in").fields()["next"] == "/report"
    assert "next" not in outside.one("form", action="/sign-in").fields()


async def test_sign_in_without_a_guard_is_refused(stranger: Browser) -> None:
    response = await stranger.client.post(
        "/sign-in", data={"login": "moderator", "password": PASSWORD}
    )

    assert response.status_code == 403
    assert PASSWORD not in response.text


async def test_sign_out_ends_the_session(
    browser: Browser, identity: FakeIdentity
) -> None:
    answer = await browser.post("/sign-out")

    assert (answer.status, answer.location) == (303, "/sign-in")
    assert "ses_admin" not in identity.sessions
    assert f'{SESSION_COOKIE}=""' in answer.headers["set-cookie"]


async def test_sign_out_of_nobody_is_fine(stranger: Browser) -> None:
    assert (await stranger.post("/sign-out")).status == 303


@pytest.mark.parametrize(
    ("login", "page"),
    [
        ("admin", "/queue"),
        ("moderator", "/queue"),
        ("approver", "/approvals"),
        ("executor", "/incidents"),
        ("leader", "/report"),
        ("auditor", "/archive"),
    ],
)
async def test_everybody_begins_on_their_own_page(
    stranger: Browser, login: str, page: str
) -> None:
    stranger.enter_as(login)

    assert (await stranger.get("/")).location == page
    assert (await stranger.get("/sign-in")).location == page


@pytest.mark.parametrize(
    ("login", "offered"),
    [
        ("admin", ["Очередь", "Инциденты", "Архив", "Отчёт"]),
        ("moderator", ["Очередь", "Инциденты", "Архив"]),
        ("executor", ["Инциденты"]),
        ("approver", ["Согласование", "Инциденты", "Архив", "Отчёт"]),
        ("leader", ["Инциденты", "Архив", "Отчёт"]),
        ("auditor", ["Инциденты", "Архив", "Отчёт"]),
    ],
)
async def test_menu_offers_what_the_role_may_see(
    stranger: Browser, login: str, offered: list[str]
) -> None:
    stranger.enter_as(login)

    menu = (await stranger.get("/help")).page.one("nav", class_="mainnav")

    assert [a.text for a in menu.all("a") if "data-go" in a.attrs] == offered
    assert bool(menu.all("a", href="/rules")) == (login == "admin")


async def test_language_and_theme_are_remembered(browser: Browser) -> None:
    answer = await browser.get("/help?lang=en&theme=dark")
    later = await browser.get("/help")

    cookies = answer.headers.get_list("set-cookie")
    assert sorted(cookie.split(";")[0] for cookie in cookies) == [
        "otklik_lang=en",
        "otklik_theme=dark",
    ]
    html = later.page.one("html")
    assert (html.attrs["lang"], html.attrs["data-theme"]) == ("en", "dark")


async def test_unknown_language_and_theme_change_nothing(browser: Browser) -> None:
    answer = await browser.get("/help?lang=xx&theme=%22%3E")

    html = answer.page.one("html")
    assert (html.attrs["lang"], html.attrs["data-theme"]) == ("ru", "auto")
    assert "set-cookie" not in answer.headers


async def test_new_visitor_gets_a_guard_cookie(stranger: Browser) -> None:
    stranger.client.cookies.clear()

    answer = await stranger.get("/sign-in")

    assert answer.headers["set-cookie"].startswith("otklik_guard=")


async def test_session_that_ended_hands_a_written_reply_back(
    stranger: Browser,
) -> None:
    answer = await stranger.post("/incidents/i-1041/draft", {"text": "Воду дадут."})

    assert answer.status == 401
    assert answer.page.one("h1").text == "Сеанс завершён"
    assert answer.page.one("textarea").text == "Воду дадут."
