"""The whole road once over the API: from a post to an answer, a hit and a figure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.installation import Installation

TEXT = "Третий день нет горячей воды на Садовой, 14. Мой телефон +7 900 000-00-14."


@pytest.fixture(scope="module")
def road(otklik: Installation) -> Iterator[dict[str, httpx.Client]]:
    """A region with a program that pushes and two people with keys of their own."""
    otklik.otklik("region", "create", "road", "Дорожный край")
    for login, role in (("olga", "moderator"), ("marina", "approver")):
        otklik.otklik("user", "create", login, "--region", "road", "--role", role)
    clients = {
        "program": otklik.client(_key(otklik, "ingest", "archive", "reports")),
        "olga": otklik.client(_key(otklik, "triage", user="olga")),
        "marina": otklik.client(_key(otklik, "triage", user="marina")),
        "machine": otklik.client(_key(otklik, "triage")),
    }
    yield clients
    for client in clients.values():
        client.close()


def _key(one: Installation, *scopes: str, user: str | None = None) -> str:
    flags = [part for scope in scopes for part in ("--scope", scope)]
    person = ["--user", user] if user else []
    return one.otklik("apikey", "create", "--region", "road", *flags, *person)


def step(
    who: httpx.Client, incident: dict[str, Any], name: str, **fields: object
) -> dict[str, Any]:
    """Take one step with an incident; it must be allowed."""
    answer = who.post(f"/triage/incidents/{incident['id']}/{name}", json=fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_post_becomes_an_answer_a_search_hit_and_a_figure(
    otklik: Installation, road: dict[str, httpx.Client]
) -> None:
    post = {
        "schema": "ingest.v1",
        "source": "city-portal",
        "external_id": "A-1",
        "kind": "post",
        "url": "https://portal.example/a/1",
        "author": {"id": "u1", "name": "Житель Незнакомов"},
        "text": TEXT,
        "published_at": datetime.now(UTC).isoformat(),
    }
    olga, marina, program = road["olga"], road["marina"], road["program"]

    pushed = program.post("/ingest/posts", json=[post, post]).json()
    candidate = otklik.wait(
        lambda: olga.get("/triage/candidates").json()["items"],
        patience=30,
        what="the candidate",
    )[0]
    decided = olga.post(
        f"/triage/candidates/{candidate['id']}/decision",
        json={"decision": "open", "title": "Нет горячей воды, Садовая, 14"},
    )
    incident = decided.json()["incident"]
    incident = step(olga, incident, "assign", authority="housing")
    incident = step(olga, incident, "draft", text="Воду дадут завтра к 12:00.")
    incident = step(olga, incident, "submit")
    by_machine = road["machine"].post(f"/triage/incidents/{incident['id']}/approve")
    incident = step(marina, incident, "return", remark="Кто отвечает за работы?")
    incident = step(
        olga, incident, "draft", text="Воду дадут завтра к 12:00, ведёт Водоканал."
    )
    incident = step(olga, incident, "submit")
    incident = step(marina, incident, "approve")
    incident = step(
        olga, incident, "publish", via="hand", link="https://portal.example/a/1#r1"
    )
    incident = step(
        olga, incident, "close", outcome="explained", closing_reason="author_satisfied"
    )
    hit = otklik.wait(
        lambda: _closed(program.get("/archive/posts", params={"q": "горячая вода"})),
        patience=30,
        what="the archive knows that it is closed",
    )
    figures = otklik.wait(
        lambda: _answered(program.get("/reports/kpi")), patience=30, what="the figure"
    )

    assert pushed == {"accepted": 1, "duplicates": 1, "rejected": []}
    assert candidate["topic"]["code"] == "housing.hot_water"
    assert "[телефон]" in candidate["text"]
    assert by_machine.status_code == 403
    assert by_machine.json()["type"] == "urn:otklik:problem:named-person-required"
    assert incident["status"] == "closed"
    assert [len(reply["versions"]) for reply in incident["replies"]] == [2]
    marked = [hit["text"][start:end] for start, end in hit["highlights"]]
    assert marked == ["горячей", "воды"]
    assert "900" not in hit["text"]
    assert "author" not in hit
    assert figures["totals"]["answered_in_time"] == 1
    assert figures["totals"]["share_in_time"] == 1


def _closed(answer: httpx.Response) -> dict[str, Any] | None:
    items = answer.raise_for_status().json()["items"]
    return next((item for item in items if item["status"] == "closed"), None)


def _answered(answer: httpx.Response) -> dict[str, Any] | None:
    found: dict[str, Any] = answer.raise_for_status().json()
    return found if found["totals"]["answered"] else None


def test_another_regions_key_finds_nothing_of_it(
    otklik: Installation, road: dict[str, httpx.Client]
) -> None:
    mine = road["olga"].get("/triage/incidents").json()["items"]
    key = otklik.region_with_key("abroad", scopes="archive triage reports")

    with otklik.client(key) as stranger:
        answers = [
            stranger.get(f"/triage/incidents/{one['id']}").status_code for one in mine
        ]
        lists = [
            stranger.get(path).json()["items"]
            for path in ("/triage/incidents", "/triage/candidates", "/archive/posts")
        ]

    assert answers == [404] * len(mine)
    assert mine != []
    assert lists == [[], [], []]


def test_a_file_is_taken_in_by_the_command_line(
    otklik: Installation, road: dict[str, httpx.Client], tmp_path: Path
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(
        (
            "Дата;Источник;Ссылка;Текст\r\n"
            '11.03.2026 12:00;Форум;https://forum.example/7;"Яма;\nколесо"\r\n'
            "не дата;Форум;https://forum.example/8;Вторая строка\r\n"
        ).encode("cp1251")
    )

    printed = otklik.otklik("import", str(file), "--region", "road")
    hit = otklik.wait(
        lambda: (
            road["program"]
            .get("/archive/posts", params={"q": "колесо"})
            .json()["items"]
        ),
        patience=30,
        what="the imported post",
    )

    assert '"accepted": 1' in printed
    assert '"line": 3' in printed
    assert [item["text"] for item in hit] == ["Яма;\nколесо"]


def test_reindex_and_verify_audit_work_on_a_running_installation(
    otklik: Installation, road: dict[str, httpx.Client]
) -> None:
    before = road["program"].get("/archive/posts").json()

    printed = otklik.otklik("reindex")
    after = road["program"].get("/archive/posts").json()
    chains = otklik.otklik("verify-audit")

    assert printed.endswith("posts indexed")
    assert after["items"] == before["items"]
    assert '"intact": false' not in chains
    assert '"region": "road"' in chains
