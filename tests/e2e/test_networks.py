"""The demonstration watches the fake networks: what is written there is handled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.test_road import step
from tests.installation import Installation

RESIDENT = 700_000_077
_LETTERS = str.maketrans("0123456789abcdef", "бвгджзклмнпрстфх")
SLOW = 120
"""Seconds; a wall is asked every fifteen, and a busy machine is no failure."""

COMPLAINTS = (
    # Polled, pushed by the Callback API, pushed by a webhook, long poll, polled.
    ("vk", "vk-vetlogorsk", "Третий день нет горячей воды на Садовой, 14."),
    ("vk", "vk-oblast", "Не вывозят мусор на Лесной, баки полные."),
    ("telegram", "tg-vetlogorsk", "Яма на дороге на Парковой, пробил колесо."),
    ("telegram", "tg-yagodino", "В подъезде на Ягодной, 5 течёт крыша."),
    ("ok", "ok-luginino", "На Луговой не горят фонари, темно возвращаться."),
)


@pytest.fixture(scope="module")
def world(demo: Installation) -> Iterator[httpx.Client]:
    """The fake networks of the demonstration, and the right to write there."""
    folder = Path(demo.environment["OTKLIK_DATA"])
    token = (folder / "secrets" / "sandbox_token").read_text().strip()
    with httpx.Client(
        base_url=f"http://127.0.0.1:{demo.sandbox_port}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
        trust_env=False,
    ) as client:
        yield client


@pytest.fixture(scope="module")
def desk(demo: Installation) -> Iterator[dict[str, httpx.Client]]:
    """The people of the demonstration region with keys of their own."""
    clients = {
        login: demo.client(
            demo.otklik(
                *("apikey", "create", "--region", "demo", "--scope", "triage"),
                *("--user", login),
            )
        )
        for login in ("moderator", "approver")
    }
    yield clients
    for client in clients.values():
        client.close()


def marked(text: str) -> str:
    """Add a word nobody has written before; numbers would be taken for a document's."""
    return f"{text} {uuid4().hex.translate(_LETTERS)}"


def write(
    world: httpx.Client, network: str, page: str, text: str, **order: object
) -> dict[str, Any]:
    """Let a resident write."""
    told = {"page": page, "text": marked(text), "author": RESIDENT, **order}
    answer = world.post(f"/control/{network}/publish", json=told)
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.json()
    return item


def candidate_of(
    demo: Installation, desk: dict[str, httpx.Client], item: dict[str, Any]
) -> dict[str, Any]:
    """Wait until what was written lies in the queue."""
    mark = item["text"].rpartition(" ")[2]

    def found() -> dict[str, Any] | None:
        listed = desk["moderator"].get("/triage/candidates", params={"q": mark})
        items = listed.raise_for_status().json()["items"]
        return next((one for one in items if mark in one["text"]), None)

    answer: dict[str, Any] = demo.wait(
        found, patience=SLOW, what=f"{item['page']} in the queue", every=0.5
    )
    return answer


def test_what_is_written_on_the_networks_reaches_the_queue(
    demo: Installation, world: httpx.Client, desk: dict[str, httpx.Client]
) -> None:
    written = [write(world, *complaint) for complaint in COMPLAINTS]

    candidates = [candidate_of(demo, desk, item) for item in written]

    assert [one["network"] for one in candidates] == [one[0] for one in COMPLAINTS]
    for item, candidate in zip(written, candidates, strict=True):
        link = candidate["url"].replace("https://", "/site/")
        opened = world.get(link, follow_redirects=True)
        assert item["text"] in opened.text


def test_an_answer_stands_once_under_the_complaint_it_answers(
    demo: Installation, world: httpx.Client, desk: dict[str, httpx.Client]
) -> None:
    item = write(world, "vk", "vk-vetlogorsk", "Не греют батареи на Лесной, 3.")
    words = marked("Тепло дадут завтра к 12:00, ведёт Теплосеть.")
    candidate = candidate_of(demo, desk, item)
    decided = desk["moderator"].post(
        f"/triage/candidates/{candidate['id']}/decision",
        json={"decision": "open", "title": "Не греют батареи, Лесная, 3"},
    )
    incident = decided.raise_for_status().json()["incident"]
    moderator, approver = desk["moderator"], desk["approver"]
    incident = step(moderator, incident, "assign", authority="housing")
    incident = step(moderator, incident, "draft", text=words)
    incident = step(moderator, incident, "submit")
    unapproved = moderator.post(f"/triage/incidents/{incident['id']}/publish", json={})
    world.post("/control/approvals", json={"text": words}).raise_for_status()
    incident = step(approver, incident, "approve")

    step(moderator, incident, "publish", via="page")
    published = demo.wait(
        lambda: _published(moderator, incident), patience=SLOW, what="the answer"
    )
    again = moderator.post(
        f"/triage/incidents/{incident['id']}/publish", json={"via": "page"}
    )

    entries = [one for one in ledger(world) if one["text"] == words]
    assert [(one["page"], one["target"], one["outcome"]) for one in entries] == [
        ("vk-vetlogorsk", item["id"], "success")
    ]
    assert entries[0]["approved"]
    assert (unapproved.is_error, again.is_error) == (True, True)
    link = published.replace("https://", "/site/")
    shown = world.get(link, follow_redirects=True).text
    assert shown.index(item["text"]) < shown.index(words)
    assert shown.count(words) == 1


def ledger(world: httpx.Client) -> list[dict[str, Any]]:
    """Read every attempt to publish an answer."""
    lines: list[dict[str, Any]] = world.get("/control/ledger").json()
    return lines


def _published(who: httpx.Client, incident: dict[str, Any]) -> str | None:
    told = who.get(f"/triage/incidents/{incident['id']}").raise_for_status().json()
    links = [reply["published_link"] for reply in told["replies"]]
    return next((link for link in links if link), None)
