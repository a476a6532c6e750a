"""One source: how it goes, its settings, where its network delivers."""

import pytest

from services.ingest.schemas.sources import SHORTEST_PAUSE
from services.ingest.store.sources import pause_of
from shared.models.ingest import Source
from tests.web.conftest import Browser
from tests.web.dom import Page
from tests.web.fake_api import FakeApi
from tests.web.fake_watching import SECRET
from web.views.source_settings import SHORTEST_PAUSES, USUAL_PAUSES

SETTINGS = {
    "municipality": "lugovoy",
    "intake": "all",
    "poll_every_s": "120",
    "credential_id": "k-1",
    "push": "long_poll",
    "history_days": "",
    "activity": "false",
}


def address(page: Page) -> str:
    return page.one("input", id="hook-address").attrs["value"] or ""


async def test_a_source_says_how_it_is_and_what_to_do(browser: Browser) -> None:
    good = (await browser.get("/sources/s-1")).page.one(id="source").text
    bad = (await browser.get("/sources/s-3")).page.one(id="source").text

    assert "Работает" in good
    assert "attachment:hologram" in good
    assert "Подписчики" in good
    assert "Токен отклонён" in bad
    assert "ВКонтакте: токен отозван или неверен." in bad
    assert "больше не используется" in bad


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ru",
            (
                "Часть в этот раз прочитать не удалось, она будет прочитана позже. "
                "ВКонтакте: слишком много запросов в секунду. Темп снижен."
            ),
        ),
        (
            "en",
            (
                "A part could not be read this time and follows later. "
                "VKontakte: too many calls in a second. The pace was lowered."
            ),
        ),
    ],
)
async def test_what_a_good_poll_remarks_is_said_in_both_languages(
    browser: Browser, api: FakeApi, language: str, said: str
) -> None:
    figures = {"error": "Too many requests", "kind": "wait", "code": "vk:6"}
    remark = {"code": "put-off", "figures": figures, "text": "Too many requests"}
    api.sources[3] |= {"remarks": [remark], "last_error": "Too many requests"}

    answer = await browser.get(f"/sources/s-4?lang={language}")

    shown = [each.text for each in answer.page.one(id="source").all("p")]
    assert shown.count(said) == 1
    assert shown.count("Too many requests") == 1


async def test_a_post_seen_in_the_second_it_was_published_was_seen_at_once(
    browser: Browser, api: FakeApi
) -> None:
    source = next(each for each in api.sources if each["id"] == "s-1")
    source["lag_s"] = 0

    page = (await browser.get("/sources/s-1")).page

    assert "сразу" in [fact.text.strip() for fact in page.all("dd")]


async def test_a_source_without_a_good_token_leads_to_the_tokens(
    browser: Browser,
) -> None:
    good = (await browser.get("/sources/s-1")).page.one(id="source")
    bad = (await browser.get("/sources/s-3")).page.one(id="source")

    links = [
        [link for link in page.all("a") if link.text == "Заменить токен"]
        for page in (good, bad)
    ]
    assert [len(each) for each in links] == [0, 1]
    assert (links[1][0].attrs["href"] or "").endswith("/credentials")


@pytest.mark.parametrize("action", ["pause", "resume"])
async def test_a_source_is_paused_and_resumed(
    browser: Browser, api: FakeApi, action: str
) -> None:
    answer = await browser.post("/sources/s-1", {"action": action})

    assert answer.location == f"/sources/s-1?done={action}"
    assert api.last("POST")[0] == f"/ingest/sources/s-1/{action}"


async def test_a_source_is_tested_where_it_is_shown(browser: Browser) -> None:
    answer = await browser.post("/sources/s-1", {"action": "test"})

    assert "Подслушано в Заозёрске" in answer.page.one(class_="notice").text


async def test_settings_show_what_is_in_force(browser: Browser) -> None:
    page = (await browser.get("/sources/s-4")).page

    form = page.one(id="settings").one("form").fields()
    assert form["history_days"] == "30"
    assert form["push"] == "polls"
    assert form["poll_every_s"] == ""
    assert "checked" not in page.one("input", id="set-activity").attrs
    tokens = page.one("select", id="set-credential").all("option")
    assert [each.text for each in tokens][1:] == [
        "Сервисный ключ: сервисный ключ приложения",
        "Ключ сообщества (Отклонён сетью): ключ сообщества",
    ]


async def test_settings_of_a_page_are_put_in_force(
    browser: Browser, api: FakeApi
) -> None:
    answer = await browser.post("/sources/s-4/settings", SETTINGS)

    assert answer.location == "/sources/s-4?done=change"
    assert api.last("PATCH") == (
        "/ingest/sources/s-4",
        {
            "municipality": "lugovoy",
            "intake": "all",
            "poll_every_s": "120",
            "credential_id": "k-1",
            "options": {"push": "long_poll", "activity": False},
        },
    )


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("s-1", {"url": "https://news.example/rss", "poll_every_s": None}),
        ("s-2", {}),
        ("s-5", {}),
    ],
)
async def test_only_what_a_kind_of_source_has_is_sent(
    browser: Browser, api: FakeApi, source: str, body: dict[str, object]
) -> None:
    form = {"intake": "matched", "url": "https://news.example/rss"}

    await browser.post(f"/sources/{source}/settings", form)

    sent = {"municipality": None, "intake": "matched", **body}
    assert api.last("PATCH") == (f"/ingest/sources/{source}", sent)


async def test_a_source_is_renamed(browser: Browser, api: FakeApi) -> None:
    form = {"intake": "matched", "name": "Наш двор"}

    await browser.post("/sources/s-4/settings", form)
    renamed = api.last("PATCH")[1]["name"]
    await browser.post("/sources/s-4/settings", form)
    same = api.last("PATCH")[1]
    unnamed = await browser.post("/sources/s-4/settings", {**form, "name": ""})
    api.refuse_changes("/ingest/sources/s-4", 409)
    taken = await browser.post("/sources/s-4/settings", {**form, "name": "Другой"})

    assert renamed == "Наш двор"
    assert "name" not in same
    assert "Назовите источник." in unnamed.page.one(id="set-name-mistake").text
    assert "с таким названием уже есть" in taken.page.one(role="alert").text


async def test_what_pushes_has_no_name_to_change(browser: Browser) -> None:
    page = (await browser.get("/sources/s-2")).page

    assert page.all(id="set-name") == []


async def test_refused_settings_are_marked_and_kept(
    browser: Browser, api: FakeApi
) -> None:
    errors = [{"field": "options.history_days", "message": "too many"}]
    api.refuse_changes("/ingest/sources/s-4", 422, errors)

    answer = await browser.post(
        "/sources/s-4/settings", {**SETTINGS, "history_days": "999"}
    )

    assert answer.status == 422
    assert len(answer.page.all(id="set-history_days-mistake")) == 1
    kept = answer.page.one(id="settings").one("form").fields()
    assert {name: kept[name] for name in SETTINGS if name != "activity"} == {
        name: value
        for name, value in {**SETTINGS, "history_days": "999"}.items()
        if name != "activity"
    }
    assert "checked" not in answer.page.one("input", id="set-activity").attrs


@pytest.mark.parametrize(
    ("source", "step"),
    [("s-4", "Callback API"), ("s-5", "Standard Webhooks")],
)
async def test_the_address_to_give_to_a_network_can_be_selected(
    browser: Browser, source: str, step: str
) -> None:
    page = (await browser.get(f"/sources/{source}")).page

    assert address(page).endswith("/api/v1/ingest/hooks/x/key0")
    assert address(page).startswith("http")
    assert "readonly" in page.one("input", id="hook-address").attrs
    assert step in page.one(id="delivery").one("ol").text


@pytest.mark.parametrize("source", ["s-1", "s-2", "s-3"])
async def test_what_no_network_delivers_has_no_address(
    browser: Browser, source: str
) -> None:
    page = (await browser.get(f"/sources/{source}")).page

    assert page.all(id="delivery") == []


async def test_a_search_of_a_network_has_no_address(
    browser: Browser, api: FakeApi
) -> None:
    api.sources[3]["place_kind"] = "search"

    page = (await browser.get("/sources/s-4")).page

    assert page.all(id="delivery") == []


async def test_the_address_is_renewed_after_a_question(
    browser: Browser, api: FakeApi
) -> None:
    asked = (await browser.get("/sources/s-4")).page
    form = next(
        each
        for each in asked.one(id="delivery").all("form")
        if (each.attrs["action"] or "").endswith("/hook")
    )

    answer = await browser.post("/sources/s-4/hook")
    page = (await browser.get(answer.location)).page

    assert "сразу перестанет действовать" in form.text
    assert answer.location == "/sources/s-4?done=hook"
    assert api.last("POST")[0] == "/ingest/sources/s-4/hook"
    assert address(page).endswith("/key1")


async def test_a_new_secret_is_shown_once(browser: Browser) -> None:
    renewed = (await browser.post("/sources/s-5/secret")).page
    later = (await browser.get("/sources/s-5")).page

    assert renewed.one("input", id="new-secret").attrs["value"] == SECRET
    assert SECRET not in str(later)


async def test_only_an_administrator_sees_settings_and_address(
    stranger: Browser, api: FakeApi
) -> None:
    stranger.enter_as("auditor")

    page = (await stranger.get("/sources/s-4")).page

    assert page.all(id="settings") == []
    assert page.all(id="delivery") == []
    assert [path for _, path, _ in api.calls if "credentials" in path] == []


def test_pauses_that_are_told_are_those_of_the_service() -> None:
    usual = {
        kind: int(pause_of(Source(kind=kind)).total_seconds())
        for kind in ("feed", "page")
    }

    assert usual == USUAL_PAUSES
    assert SHORTEST_PAUSES["feed"] == SHORTEST_PAUSE
