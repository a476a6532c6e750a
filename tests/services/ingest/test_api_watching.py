"""Watching over HTTP: a link is recognised, tested, added; secrets stay inside."""

from typing import Any

import httpx
import pytest

from services.ingest.jobs import Tools
from services.ingest.sources.base import ErrorKind, SourceError
from shared.db import Database
from shared.models.identity import Region
from shared.uow import Work
from tests.factories import NOW, make_key
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock
from tests.services.ingest.fake_network import LINK, FakeNetwork, Wire
from tests.services.ingest.pushing import rows, values
from tests.services.ingest.watching import (
    CREDENTIALS,
    SOURCES,
    TOKEN,
    polled,
    shown,
    watched,
    with_token,
)


@pytest.mark.parametrize(
    ("link", "leads_to", "kind", "native"),
    [
        (LINK, "vk", "wall", "klenovsk"),
        ("vk.com/klenovsk", "vk", "wall", "klenovsk"),
        ("  https://vk.com/klenovsk ", "vk", "wall", "klenovsk"),
        ("https://klen-ovsk.livejournal.com/12.html", "livejournal", "journal", ""),
        ("https://news.example/rss", "rss", "feed", "https://news.example/rss"),
    ],
)
async def test_a_link_is_recognised(
    client: httpx.AsyncClient, link: str, leads_to: str, kind: str, native: str
) -> None:
    answer = await client.post(f"{SOURCES}/recognise", json={"link": link})

    found = answer.json()
    assert (found["network"], found["kind"]) == (leads_to, kind)
    assert found["native"] == (native or "klen_ovsk")


@pytest.mark.parametrize("link", ["", "яма", "ftp://a.example/", "https://"])
async def test_what_leads_nowhere_is_refused(
    client: httpx.AsyncClient, link: str
) -> None:
    answer = await client.post(f"{SOURCES}/recognise", json={"link": link})

    assert answer.status_code == 422


async def test_what_is_needed_and_known_is_told(client: httpx.AsyncClient) -> None:
    before = await client.post(f"{SOURCES}/recognise", json={"link": LINK})
    await with_token(client)
    source = await watched(client)

    after = await client.post(f"{SOURCES}/recognise", json={"link": LINK})

    told = ("token_kinds", "has_token", "needs_notice", "source_id")
    assert [before.json()[name] for name in told] == [
        ["service", "community"],
        False,
        False,
        None,
    ]
    assert [after.json()[name] for name in told] == [
        ["service", "community"],
        True,
        False,
        source["id"],
    ]


async def test_a_page_is_watched_once(client: httpx.AsyncClient) -> None:
    source = await watched(client, name="Подслушано")

    again = await client.post(SOURCES, json={"link": "vk.com/klenovsk"})
    same_name = await client.post(
        SOURCES, json={"link": "https://vk.com/other", "name": "Подслушано"}
    )

    assert [again.status_code, same_name.status_code] == [409, 409]
    assert {name: source[name] for name in ("kind", "network", "url", "native")} == {
        "kind": "page",
        "network": "vk",
        "url": LINK,
        "native": "klenovsk",
    }


async def test_what_is_recognised_to_be_refused_is_not_watched(
    client: httpx.AsyncClient, network: FakeNetwork
) -> None:
    found = await client.post(
        f"{SOURCES}/recognise", json={"link": "https://vk.com/id5"}
    )
    added = await client.post(SOURCES, json={"link": "https://vk.com/id5"})
    network.unwatched = "this searches what one person writes"
    not_opened = await client.post(SOURCES, json={"link": LINK})

    assert (found.json()["kind"], found.json()["native"]) == ("person", "")
    assert (added.status_code, not_opened.status_code) == (422, 422)
    assert added.json()["errors"][0]["field"] == "link"
    assert not_opened.json()["errors"] == [
        {"field": "link", "message": "this searches what one person writes"}
    ]


async def test_a_link_to_a_feed_makes_a_feed(client: httpx.AsyncClient) -> None:
    feed = await watched(client, "http://127.0.0.1:8088/rss")
    inside = await client.post(SOURCES, json={"link": "http://10.0.0.5/rss"})

    assert (feed["kind"], feed["name"]) == ("feed", "127.0.0.1")
    assert inside.status_code == 422


async def test_a_network_that_is_off_is_watched_when_its_notice_is_accepted(
    client: httpx.AsyncClient, network: FakeNetwork
) -> None:
    network.off_by_default = True

    told = [
        await client.post(f"{SOURCES}{path}", json={"link": LINK})
        for path in ("", "/test")
    ]
    accepted = await watched(client, accept_notice=True)

    assert [answer.status_code for answer in told] == [422, 422]
    assert told[0].json()["errors"][0]["field"] == "accept_notice"
    assert (accepted["accepted_by"], accepted["accepted_at"]) == (
        "test",
        "2026-03-11T09:00:00Z",
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"link": LINK, "kind": "feed", "name": "А"},
        {"link": LINK, "network": "ok"},
        {"link": LINK, "poll_every_s": 9},
        {"link": LINK, "municipality": "nowhere"},
        {"link": LINK, "credential_id": "01a2001e-5068-719e-8b9f-3d97deb2ca05"},
        {"kind": "feed", "url": "https://a.example/", "name": "А", "options": {"a": 1}},
        {"kind": "webhook", "name": "А", "poll_every_s": 60},
        {"kind": "push"},
    ],
)
async def test_a_source_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await client.post(SOURCES, json=body)

    assert answer.status_code == 422


async def test_a_test_tells_what_the_network_told(
    client: httpx.AsyncClient, wire: Wire, clock: Clock, work: Work
) -> None:
    source = await watched(client)
    clock.forward(hours=1)

    of_link = await client.post(f"{SOURCES}/test", json={"link": LINK})
    of_source = await client.post(f"{SOURCES}/{source['id']}/test")

    assert of_link.json() == of_source.json()
    assert of_link.json() == {
        "ok": True,
        "title": "Клёновск",
        "native": "klenovsk",
        "followers": 1200,
        "can": ["read", "comments"],
        "warnings": ["the network's clock and ours differ by 3600 s"],
        "remarks": [
            {
                "code": "clock",
                "figures": {"seconds": 3600},
                "text": "the network's clock and ours differ by 3600 s",
            }
        ],
        "error": None,
    }
    assert await values(work, "SELECT count(*) FROM ingest.post") == [0]
    assert len(wire.calls) == 2


async def test_a_test_that_fails_says_why(
    client: httpx.AsyncClient, network: FakeNetwork
) -> None:
    source = await watched(client)
    network.failures = [SourceError("closed group", ErrorKind.DISABLE, code="vk:203")]

    answer = await client.post(f"{SOURCES}/{source['id']}/test")

    assert answer.status_code == 200
    assert (answer.json()["ok"], answer.json()["error"]) == (
        False,
        {
            "kind": "disable",
            "code": "vk:203",
            "message": "closed group",
            "retry_after_s": None,
        },
    )


async def test_what_pushes_can_not_be_tested(client: httpx.AsyncClient) -> None:
    made = await client.post(SOURCES, json={"kind": "push", "name": "МФЦ"})

    answer = await client.post(f"{SOURCES}/{made.json()['id']}/test")

    assert answer.status_code == 422


async def test_a_source_is_paused_and_resumed(
    client: httpx.AsyncClient, queue: FakeQueue, network: FakeNetwork, tools: Tools
) -> None:
    source = await watched(client)
    path = f"{SOURCES}/{source['id']}"
    network.failures = [SourceError("closed", ErrorKind.HUMAN, code="vk:14")]
    await polled(tools, source)
    stopped = await shown(client, source)
    queue.rings.clear()

    resumed = (await client.post(f"{path}/resume")).json()
    rung = queue.take("ingest", "poll_source")
    await polled(tools, source)
    going = await shown(client, source)
    paused = (await client.post(f"{path}/pause")).json()

    assert [each["health"] for each in (stopped, resumed, going, paused)] == [
        "person",
        "new",
        "ok",
        "paused",
    ]
    assert rung == [(1, source["id"])]


async def test_secrets_go_in_and_never_come_out(
    client: httpx.AsyncClient, work: Work
) -> None:
    made = await with_token(client)

    listed = await client.get(CREDENTIALS)
    (stored,) = await rows(work, "SELECT sealed FROM ingest.credential")
    log = await values(work, "SELECT body FROM audit.event")

    assert TOKEN not in listed.text + str(made) + "".join(map(str, log))
    assert TOKEN.encode() not in stored["sealed"]
    assert listed.json()["items"] == [made]
    assert listed.json()["networks"][0] == {
        "network": "vk",
        "token_kinds": ["service", "community"],
        "off_by_default": False,
        "pushes": True,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "user"},
        {"network": "ok"},
        {"network": "rss", "kind": "service"},
        {"secrets": {}},
        {"secrets": {"token": ""}},
        {"secrets": {"token": "x" * 20_001}},
        {"secrets": {"Token": "x"}},
        {"expires_at": "2026-03-11T08:59:59Z"},
        {"expires_at": "2026-03-11T12:00:00"},
        {"kind": "webhook", "secrets": {"a": "short"}},
    ],
)
async def test_a_credential_nobody_could_use_is_refused(
    client: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    body = {
        "network": "vk",
        "kind": "service",
        "label": "ключ",
        "secrets": {"token": "x"},
    }

    answer = await client.post(CREDENTIALS, json=body | changes)

    assert answer.status_code == 422


async def test_a_credential_is_there_once_and_can_be_removed(
    client: httpx.AsyncClient,
) -> None:
    made = await with_token(client)
    source = await watched(client, credential_id=made["id"])

    twice = await client.post(
        CREDENTIALS,
        json={
            "network": "vk",
            "kind": "service",
            "label": "ключ",
            "secrets": {"token": "x"},
        },
    )
    removed = await client.delete(f"{CREDENTIALS}/{made['id']}")
    again = await client.delete(f"{CREDENTIALS}/{made['id']}")

    assert [answer.status_code for answer in (twice, removed, again)] == [409, 204, 404]
    assert (await shown(client, source))["credential_id"] is None


async def test_only_administrators_handle_credentials_and_links(
    client: httpx.AsyncClient, owner: Database, region: Region
) -> None:
    source = await watched(client)
    key = await make_key(owner, region, scopes="ingest archive")
    client.headers["Authorization"] = f"Bearer {key}"

    told = [
        await client.get(CREDENTIALS),
        await client.post(f"{SOURCES}/recognise", json={"link": LINK}),
        await client.post(f"{SOURCES}/test", json={"link": LINK}),
        await client.get(f"{SOURCES}/{source['id']}/hook"),
        await client.post(f"{SOURCES}/{source['id']}/secret"),
    ]

    assert [answer.status_code for answer in told] == [403] * 5


async def test_another_token_or_pace_makes_a_page_be_asked_anew(
    client: httpx.AsyncClient, queue: FakeQueue, tools: Tools, work: Work
) -> None:
    token = await with_token(client)
    source = await watched(client)
    path = f"{SOURCES}/{source['id']}"
    queue.rings.clear()

    changed = await client.patch(
        path, json={"credential_id": token["id"], "poll_every_s": 10}
    )
    moved = await client.patch(path, json={"url": "https://vk.com/other"})
    await polled(tools, source)

    assert changed.json()["credential_id"] == token["id"]
    assert queue.take("ingest", "poll_source") == [(1, source["id"])]
    assert moved.status_code == 422
    assert await values(work, "SELECT last_ok_at FROM ingest.source") == [NOW]
