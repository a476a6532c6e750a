"""A link becomes a source; tokens go in and never come out."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

LINK = "https://vk.com/zaozersk"


async def test_a_pasted_link_is_recognised_before_anything_is_added(
    browser: Browser, api: FakeApi
) -> None:
    answer = await browser.get(f"/sources/new?link={LINK}")

    titles = [title.text for title in answer.page.one(id="source-new").all("h2")]
    assert titles == ["ВКонтакте: zaozersk"]
    assert api.last("POST") == ("/ingest/sources/recognise", {"link": LINK})


async def test_the_address_that_was_recognised_can_be_read(
    browser: Browser, api: FakeApi
) -> None:
    url = "https://vk.com/search?c[section]=statuses&c[q]=%D1%8F%D0%BC%D0%B0"
    api.watching.recognised = {"kind": "search", "native": "яма", "url": url}

    page = (await browser.get(f"/sources/new?link={LINK}")).page

    links = {link.text: link.attrs["href"] for link in page.all("a")}
    assert links["vk.com/search?c[section]=statuses&c[q]=яма"] == url


async def test_a_test_tells_what_can_be_had_and_keeps_what_was_entered(
    browser: Browser, api: FakeApi
) -> None:
    form = {"link": LINK, "name": "Подслушано", "intake": "all", "action": "test"}

    answer = await browser.post("/sources/new", form)

    told = answer.page.one(class_="notice").text
    assert "Подслушано в Заозёрске" in told
    assert "Доступно: сообщения, комментарии." in told
    assert "Подписчиков: 12 400." in told
    assert "Часы сети и наши расходятся на 45 с." in told
    assert "something we have no words for yet" in told
    assert answer.page.one("input", id="new-name").attrs["value"] == "Подслушано"
    assert [path for _, path, _ in api.calls].count("/ingest/sources") == 0


async def test_a_test_that_fails_says_what_to_do(
    browser: Browser, api: FakeApi
) -> None:
    error = {"kind": "disable", "code": "vk:203", "message": "Access denied"}
    api.watching.tested = {"ok": False, "error": error}

    answer = await browser.post("/sources/new", {"link": LINK, "action": "test"})

    told = answer.page.one(class_="notice").text
    assert "ВКонтакте: сообщество закрыто." in told
    assert "Access denied" in told


async def test_a_page_is_added_and_shown(browser: Browser, api: FakeApi) -> None:
    form = {"link": LINK, "name": "", "municipality": "", "intake": "matched"}

    answer = await browser.post("/sources/new", form | {"action": "add"})

    assert answer.location.startswith("/sources/new-")
    assert answer.location.endswith("?done=add")
    assert api.last("POST") == (
        "/ingest/sources",
        {"link": LINK, "intake": "matched", "accept_notice": False},
    )


async def test_a_network_that_is_off_shows_its_notice_to_accept(
    browser: Browser, api: FakeApi
) -> None:
    api.watching.recognised = {
        "network": "tiktok",
        "needs_notice": True,
        "has_token": False,
    }
    api.refuse_posts("/ingest/sources/test", 422, [{"field": "accept_notice"}])

    shown = await browser.get(f"/sources/new?link={LINK}")
    refused = await browser.post("/sources/new", {"link": LINK, "action": "test"})

    assert "некоммерческим исследователям" in shown.page.one(id="source-new").text
    assert "нужен токен" in shown.page.one(id="source-new").text
    assert len(refused.page.all(id="new-accept-mistake")) == 1
    assert refused.status == 422


async def test_what_is_watched_already_leads_to_its_source(
    browser: Browser, api: FakeApi
) -> None:
    api.watching.recognised = {"source_id": "s-1"}

    answer = await browser.get(f"/sources/new?link={LINK}")

    links = [link.attrs["href"] for link in answer.page.all("a")]
    assert any(link.endswith("/sources/s-1") for link in links)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("person", "Это профиль человека."),
        ("invitation", "открывает закрытый чат"),
        ("nothing", "отслеживать нечего"),
        ("short", "Сокращённая ссылка"),
    ],
)
async def test_what_is_not_watched_says_so_and_has_no_form(
    browser: Browser, api: FakeApi, kind: str, why: str
) -> None:
    api.watching.recognised = {"kind": kind, "native": ""}

    page = (await browser.get(f"/sources/new?link={LINK}")).page

    assert why in page.one(role="alert").text
    assert page.all("input", id="new-name") == []


async def test_a_link_nobody_knows_is_marked(browser: Browser, api: FakeApi) -> None:
    api.refuse("/recognise", 422, [{"field": "link", "message": "unknown"}])

    answer = await browser.get("/sources/new?link=abc")

    assert answer.status == 422
    assert "не похоже на ссылку" in answer.page.one(id="new-link-mistake").text


async def test_an_inner_address_is_refused_in_words(
    browser: Browser, api: FakeApi
) -> None:
    told = [{"field": "url", "message": "leads to an address that is not public"}]
    api.refuse_exactly("/ingest/sources", 422, told)

    answer = await browser.post("/sources/new", {"link": LINK, "action": "add"})

    assert answer.status == 422
    assert answer.page.one(role="alert").text == "Эта ссылка не подходит"
    assert "Закрытый адрес" in answer.page.one(id="new-link-mistake").text


async def test_the_name_the_network_tells_is_proposed(browser: Browser) -> None:
    form = {"link": LINK, "name": "", "intake": "all", "action": "test"}

    page = (await browser.post("/sources/new", form)).page

    named = page.one("input", id="new-name").attrs["value"]
    assert named == "Подслушано в Заозёрске"


async def test_a_number_is_no_name(browser: Browser, api: FakeApi) -> None:
    api.watching.recognised = {"kind": "post", "native": "-1_2"}

    page = (await browser.get(f"/sources/new?link={LINK}")).page

    titles = [title.text for title in page.one(id="source-new").all("h2")]
    assert titles == ["ВКонтакте: одно сообщение с комментариями"]


async def test_a_single_post_is_not_named_as_the_page_it_stands_on(
    browser: Browser, api: FakeApi
) -> None:
    api.watching.recognised = {"kind": "post", "native": "-1_2", "url": LINK}
    form = {"link": LINK, "name": "", "intake": "all", "action": "test"}

    page = (await browser.post("/sources/new", form)).page

    named = page.one("input", id="new-name").attrs["value"]
    assert named == "Подслушано в Заозёрске: сообщение 2"
    assert "Если пусто: vk.com/zaozersk." in page.one(id="source-new").text


async def test_a_token_goes_in_and_is_never_shown(
    browser: Browser, api: FakeApi
) -> None:
    form = {"use": "vk/service", "label": "Новый", "secret": "vk1.a.Тайна"}

    answer = await browser.post("/credentials", form)
    body = api.last("POST")
    api.refuse_posts("/ingest/credentials", 422)
    refused = await browser.post("/credentials", form)
    page = await browser.get("/credentials?done=add")

    assert answer.location == "/credentials?done=add"
    assert body == (
        "/ingest/credentials",
        {
            "network": "vk",
            "kind": "service",
            "label": "Новый",
            "secrets": {"token": "vk1.a.Тайна"},
        },
    )
    assert "Тайна" not in refused.page.one("body").text + str(refused.page)
    assert "Новый" in page.page.one("table").text


async def test_several_secrets_are_lines(browser: Browser, api: FakeApi) -> None:
    form = {"use": "vk/community", "label": "Б", "secret": "token=a=b\nsecret = c"}

    await browser.post("/credentials", form)

    assert api.last("POST")[1]["secrets"] == {"token": "a=b", "secret": "c"}


async def test_an_incomplete_token_is_not_sent(browser: Browser, api: FakeApi) -> None:
    answer = await browser.post("/credentials", {"label": "Б"})

    assert answer.status == 422
    assert len(answer.page.all(class_="mistake")) == 2
    assert [method for method, _, _ in api.calls] == ["GET"]


async def test_a_refused_token_says_so_and_can_be_removed(
    browser: Browser, api: FakeApi
) -> None:
    shown = (await browser.get("/credentials")).page.one("table").text

    answer = await browser.post("/credentials/k-2/remove", {})

    assert "Отклонён сетью" in shown
    assert answer.location == "/credentials?done=remove"
    assert [each["id"] for each in api.credentials] == ["k-1"]


async def test_a_secret_is_replaced_and_neither_is_shown(
    browser: Browser, api: FakeApi
) -> None:
    answer = await browser.post(
        "/credentials/k-2/replace", {"secret": "token=новая\nsecret=тайна"}
    )
    page = await browser.get(answer.location)

    assert answer.location == "/credentials?done=replace"
    assert api.last("PUT") == (
        "/ingest/credentials/k-2",
        {"secrets": {"token": "новая", "secret": "тайна"}},
    )
    assert "новая" not in str(page.page)
    assert "Отклонён" not in page.page.one("table").text


async def test_a_replacement_that_is_refused_opens_its_own_form_again(
    browser: Browser, api: FakeApi
) -> None:
    empty = await browser.post("/credentials/k-2/replace", {})
    api.refuse_changes("/ingest/credentials", 422, [{"field": "secrets"}])
    refused = await browser.post("/credentials/k-2/replace", {"secret": "новая"})

    assert (empty.status, refused.status) == (422, 422)
    for answer in (empty, refused):
        opened = [d for d in answer.page.all("details") if "open" in d.attrs]
        forms = [form.attrs["action"] for d in opened for form in d.all("form")]
        assert [each.rpartition("/credentials")[2] for each in forms] == [
            "/k-2/replace"
        ]
    assert len(empty.page.all(id="secret-k-2-mistake")) == 1
    assert "новая" not in str(refused.page)


async def test_options_of_the_network_go_with_the_link(
    browser: Browser, api: FakeApi
) -> None:
    form = {"link": LINK, "action": "add", "history_days": "30", "push": "long_poll"}

    shown = await browser.get(f"/sources/new?link={LINK}")
    await browser.post("/sources/new", form | {"activity": "false"})

    days = shown.page.one("input", id="new-history_days")
    assert (days.attrs["min"], days.attrs["max"]) == ("1", "365")
    assert api.last("POST")[1]["options"] == {
        "push": "long_poll",
        "history_days": "30",
        "activity": False,
    }


async def test_what_there_is_already_is_named(browser: Browser, api: FakeApi) -> None:
    api.refuse_posts("/ingest/credentials", 409)
    api.refuse_exactly("/ingest/sources", 409)
    token = {"use": "vk/service", "label": "Новый", "secret": "тайна"}

    answers = [
        await browser.post("/credentials", token),
        await browser.post("/sources", {"kind": "push", "name": "Портал"}),
        await browser.post("/sources/new", {"link": LINK, "action": "add"}),
    ]

    told = [answer.page.one(role="alert").one("strong").text for answer in answers]
    assert told == [
        "Токен с таким названием уже есть",
        "Источник этой страницы или с таким названием уже есть",
        "Источник этой страницы или с таким названием уже есть",
    ]
