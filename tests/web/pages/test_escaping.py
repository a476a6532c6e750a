"""Texts from outside stay texts: no field of any answer becomes markup."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

EVIL = """"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}%(x)s"""
_MEANT_FOR_CODE = {
    "id",
    "post_id",
    "incident_id",
    "next_cursor",
    "positions",
    "highlights",
}
_TIMES = ("at", "_on", "day", "from", "to")

PAGES = [
    "/queue?case=c-1",
    "/approvals?case=i-1042",
    "/incidents",
    "/incidents/i-1042",
    "/incidents/i-1036",
    "/archive",
    "/report",
    "/sources",
    "/sources/s-4",
    "/credentials",
    "/official-pages",
    "/rules",
    "/imports/im-1",
]


def poisoned(value: Any, key: str = "") -> Any:  # noqa: ANN401 -- any JSON
    """Replace every text that is not an id or a time."""
    match value:
        case dict():
            return {name: poisoned(inner, name) for name, inner in value.items()}
        case list():
            return [poisoned(inner, key) for inner in value]
        case str() if key not in _MEANT_FOR_CODE and not key.endswith(_TIMES):
            return EVIL
    return value


@pytest.fixture
def evil(api: FakeApi) -> FakeApi:
    """Services whose every text is an attack."""
    statuses = {one["id"]: one["status"] for one in api.candidates + api.incidents}
    for name in (
        "candidates",
        "incidents",
        "posts",
        "sources",
        "rules",
        "kpi",
        "credentials",
    ):
        setattr(api, name, poisoned(getattr(api, name)))
    api.official.pages = poisoned(api.official.pages)
    for one in api.candidates + api.incidents:
        one["status"] = statuses[one["id"]]
        one["allowed"] = ["assign", "submit", "close"]
    api.import_state = {**poisoned(api.import_state), "state": "running"}
    api.preview = poisoned(api.preview)
    return api


def is_harmless(browser_answer: Any) -> None:  # noqa: ANN401 -- an Answer
    page = browser_answer.page
    assert [node.attrs for node in page.all("img")] == []
    assert all(script.attrs.get("src") for script in page.all("script"))
    assert not any(
        name.startswith(("on", '"')) for node in page.walk() for name in node.attrs
    )
    assert "49" not in [node.text for node in page.walk()]


@pytest.mark.parametrize("path", PAGES)
async def test_no_answer_of_a_service_becomes_markup(
    browser: Browser, evil: FakeApi, path: str, *, htmx: bool
) -> None:
    answer = await browser.get(path, "case" if htmx else None)

    assert answer.status == 200
    is_harmless(answer)
    assert "<script>alert(1)" in answer.page.text


async def test_no_line_of_an_upload_becomes_markup(
    browser: Browser, evil: FakeApi
) -> None:
    file = {"file": (EVIL.replace('"', ""), b"x", "text/csv")}

    answer = await browser.post("/imports", files=file)

    assert answer.status == 200
    is_harmless(answer)


@pytest.mark.parametrize(
    "path", ["/queue", "/incidents", "/archive", "/report", "/sign-in", "/nothing"]
)
async def test_no_word_of_an_address_becomes_markup(
    browser: Browser, path: str
) -> None:
    names = ("q", "network", "topic", "status", "authority", "from", "next")
    query = dict.fromkeys(names, EVIL)

    answer = await browser.get(f"{path}?{urlencode(query)}")

    is_harmless(answer)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("/queue/c-1/decision", "/decision"),
        ("/incidents/i-1041/submit", "/submit"),
        ("/incidents/i-1041/close", "/close"),
    ],
)
@pytest.mark.parametrize("status", [409, 422, 503])
async def test_no_word_of_a_refused_form_becomes_markup(
    browser: Browser, api: FakeApi, path: str, refused: str, status: int
) -> None:
    api.refuse(refused, status, [{"field": "title", "message": EVIL}])
    names = ("topic", "municipality", "title", "note", "text", "outcome", "proof")
    fields = {**dict.fromkeys(names, EVIL), "closing_reason": "done"}

    answer = await browser.post(path, {**fields, "decision": "open"})

    assert answer.status == status
    is_harmless(answer)
