"""The API's documentation, drawn by ourselves."""

import json

import httpx

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi
from web.pages.docs import described


async def test_documentation_is_open_to_everybody(stranger: Browser) -> None:
    page = (await stranger.get("/docs")).page

    calls = [node.one("code").text for node in page.all("h3") if node.all("code")]
    assert calls == [
        "/api/v1/ingest/posts",
        "/api/v1/reports/posts",
        "/api/v1/triage/posts",
    ]


async def test_call_shows_parameters_body_answer_and_statuses(
    stranger: Browser,
) -> None:
    page = (await stranger.get("/docs")).page

    call = page.one(id="post-api-v1-ingest-posts")
    tables = [[row.text for row in table.all("tr")[1:]] for table in call.all("table")]
    assert tables == [
        ["Idempotency-Key headerstring | null"],
        [
            "text обязательноstringThe words.",
            "kindpost | comment",
            "authorobject",
            "idstring",
        ],
        ["acceptedinteger", "rejected[string]"],
    ]
    statuses = [node.text for node in call.one("ul", class_="statuses").all("li")]
    assert statuses == ["200 How many were taken in.", "401 No key, or a wrong one."]


async def test_description_is_one_for_all_services(stranger: Browser) -> None:
    described = json.loads((await stranger.get("/openapi.json")).body)

    assert list(described["paths"]) == [
        "/api/v1/ingest/posts",
        "/api/v1/reports/posts",
        "/api/v1/triage/posts",
    ]
    assert described["security"] == [{"bearer": []}]
    assert sorted(described["components"]["schemas"]) == ["Author", "Post", "Taken"]


async def test_dead_services_are_said(stranger: Browser, api: FakeApi) -> None:
    api.refuse("openapi.json", 503)

    answer = await stranger.get("/docs")

    assert answer.status == 200
    assert "Службы не отвечают" in answer.page.one("p", class_="notice").text
    assert json.loads((await stranger.get("/openapi.json")).body)["paths"] == {}


async def test_keys_have_a_page_for_those_without_javascript(
    stranger: Browser,
) -> None:
    page = (await stranger.get("/help")).page

    keys = page.one("div", class_="page").all("kbd")
    assert [key.text for key in keys][:4] == ["J", "K", "Enter", "/"]


async def test_pages_say_they_are_alive(stranger: Browser) -> None:
    assert json.loads((await stranger.get("/healthz")).body) == {"status": "ok"}


async def test_description_that_is_no_json_is_left_out(stranger: Browser) -> None:
    def gibberish(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="<h1>")

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(gibberish), base_url="http://services.invalid"
    ) as http:
        assert await described(http, "ingest") is None
