"""Official pages: added by a link, given a token and an authority, withdrawn."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

LINK = "https://vk.com/zaozersk"
FORM = {"link": LINK, "name": "", "authority": "", "credential": "Ключ сообщества"}


async def test_pages_say_whether_they_can_answer(browser: Browser) -> None:
    rows = (await browser.get("/official-pages")).page.one("tbody").all("tr")

    told = [row.one(class_="tag").text for row in rows]
    assert told == [
        "Токена больше нет",
        "Токен отклонён",
        "Нет токена: публикуют вручную",
        "Нет токена: публикуют вручную",
        "Публикуют вручную",
        "Отвечает через API",
        "Отозвана",
    ]
    assert "ВКонтакте: токен отозван или неверен." in rows[1].text


async def test_a_good_token_is_found_or_named(browser: Browser, api: FakeApi) -> None:
    api.credentials[1]["state"] = "ok"

    rows = (await browser.get("/official-pages")).page.one("tbody").all("tr")

    told = [(row.one("th").text, row.one(class_="tag").text) for row in rows]
    named = {name[:5]: state for name, state in told}
    assert named["Прави"] == "Отвечает через API"
    assert named["Горво"] == "Токен по номеру"


async def test_a_page_is_added_under_the_number_the_network_told(
    browser: Browser, api: FakeApi
) -> None:
    api.watching.recognised = {"native": "@zaozersk"}
    api.watching.tested |= {"native": "-7"}

    shown = await browser.get(f"/official-pages?link={LINK}")
    answer = await browser.post("/official-pages", FORM)

    tokens = shown.page.one("select", id="page-token").all("option")
    assert [each.attrs["value"] for each in tokens] == ["", "Ключ сообщества"]
    assert answer.location == "/official-pages?done=add"
    assert api.last("POST") == (
        "/triage/official-pages",
        {
            "network": "vk",
            "native_id": "-7",
            "name": "Подслушано в Заозёрске",
            "url": LINK,
            "credential": "Ключ сообщества",
        },
    )


async def test_a_page_whose_number_is_known_is_added_without_a_token(
    browser: Browser, api: FakeApi
) -> None:
    api.watching.recognised = {"native": "-7", "name": "club7"}
    api.watching.tested = {"ok": False, "error": {"kind": "reauth"}}

    await browser.post("/official-pages", FORM | {"name": "Правительство"})

    assert api.last("POST")[1]["native_id"] == "-7"
    assert api.last("POST")[1]["name"] == "Правительство"


async def test_a_page_nobody_knows_the_number_of_is_not_added(
    browser: Browser, api: FakeApi
) -> None:
    api.watching.recognised = {"native": "@zaozersk"}
    api.watching.tested = {"ok": False, "error": {"kind": "reauth", "code": "vk:5"}}

    answer = await browser.post("/official-pages", FORM)

    assert answer.status == 422
    assert "Номер страницы узнать не удалось." in answer.page.text
    assert "токен отозван или неверен" in answer.page.one(role="alert").text
    assert answer.page.one("input", id="page-link").attrs["value"] == LINK
    assert "/triage/official-pages" not in [p for m, p, _ in api.calls if m == "POST"]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"kind": "person"}, "Это профиль человека."),
        ({"network": "telegram", "kind": "channel"}, "В Телеграме отвечает бот"),
        ({"kind": "search"}, "Такая страница отвечать не может."),
        ({"network": "rss", "kind": "feed"}, "Такая страница отвечать не может."),
    ],
)
async def test_what_cannot_speak_is_refused_before_and_after(
    browser: Browser, api: FakeApi, found: dict[str, str], why: str
) -> None:
    api.watching.recognised = found

    shown = await browser.get(f"/official-pages?link={LINK}")
    answer = await browser.post("/official-pages", FORM)

    assert (shown.status, answer.status) == (422, 422)
    assert shown.page.all("input", id="page-name") == []
    assert why in shown.page.one(role="alert").text
    assert why in answer.page.one(role="alert").text
    assert "/triage/official-pages" not in [p for m, p, _ in api.calls if m == "POST"]


async def test_a_link_nobody_knows_is_marked(browser: Browser, api: FakeApi) -> None:
    api.refuse("/recognise", 422, [{"field": "link", "message": "unknown"}])

    shown = await browser.get("/official-pages?link=abc")
    empty = await browser.post("/official-pages", {"link": ""})

    assert (shown.status, empty.status) == (422, 422)
    assert "Эта ссылка не подходит" in shown.page.one(role="alert").text
    assert len(shown.page.all(id="page-link-mistake")) == 1
    assert empty.page.one(id="page-link-mistake").text == "Вставьте ссылку на страницу."


async def test_a_page_registered_already_is_refused_with_what_was_entered(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse_posts("/triage/official-pages", 409)

    answer = await browser.post("/official-pages", FORM | {"name": "Минздрав"})

    assert answer.status == 409
    assert "Эта страница уже зарегистрирована" in answer.page.one(role="alert").text
    assert answer.page.one("input", id="page-name").attrs["value"] == "Минздрав"


async def test_authority_and_token_are_changed(browser: Browser, api: FakeApi) -> None:
    form = {"action": "change", "authority": "", "credential": "Ключ сообщества"}

    answer = await browser.post("/official-pages/o-3", form)

    assert answer.location == "/official-pages?done=change"
    assert api.last("PATCH") == (
        "/triage/official-pages/o-3",
        {"authority": None, "credential": "Ключ сообщества"},
    )


async def test_a_page_is_paused_and_says_what_that_means(
    browser: Browser, api: FakeApi
) -> None:
    paused = await browser.post("/official-pages/o-5", {"action": "pause"})
    rows = (await browser.get(paused.location)).page.one("tbody").all("tr")
    resumed = await browser.post("/official-pages/o-5", {"action": "resume"})

    (row,) = [each for each in rows if "Песочница" in each.text]
    assert row.one(class_="tag").text == "На паузе"
    assert "всё равно попадает" in row.text
    assert "Продолжить" in row.text
    assert resumed.location == "/official-pages?done=resume"
    assert api.last("POST")[0] == "/triage/official-pages/o-5/resume"


async def test_a_page_is_renamed(browser: Browser, api: FakeApi) -> None:
    form = {"action": "change", "name": "Область", "authority": "", "credential": ""}

    await browser.post("/official-pages/o-5", form)

    assert api.last("PATCH")[1]["name"] == "Область"


async def test_a_refused_change_says_why(browser: Browser, api: FakeApi) -> None:
    api.refuse_changes("/triage/official-pages/o-3", 422, [{"field": "authority"}])

    answer = await browser.post("/official-pages/o-3", {"authority": "nobody"})

    assert answer.status == 422
    assert len(answer.page.all(role="alert")) >= 1


@pytest.mark.parametrize("verb", ["retire", "restore"])
async def test_a_page_is_withdrawn_and_comes_back(
    browser: Browser, api: FakeApi, verb: str
) -> None:
    answer = await browser.post("/official-pages/o-1", {"action": verb})

    assert answer.location == f"/official-pages?done={verb}"
    assert api.last("POST")[0] == f"/triage/official-pages/o-1/{verb}"


async def test_without_a_page_it_says_what_that_means(
    browser: Browser, api: FakeApi
) -> None:
    api.official.pages.clear()

    page = (await browser.get("/official-pages")).page

    assert page.all("table") == []
    assert "вручную" in page.one(class_="empty").text
