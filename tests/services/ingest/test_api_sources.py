"""Sources over HTTP: added, changed, refused."""

import json
from typing import Any

import httpx
import pytest

from shared.db import EVERY_REGION, Database
from shared.identity import access
from shared.ids import new_id
from shared.models.identity import Region
from shared.uow import Work
from tests.fakes import FakeQueue
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, values

SOURCES = "/ingest/sources"
FEED: dict[str, Any] = {
    "kind": "feed",
    "name": "Новости",
    "url": "http://127.0.0.1:8088/rss",
}
PUSH: dict[str, Any] = {"kind": "push", "name": "МФЦ", "network": "other"}


async def made(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(SOURCES, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_feed_offers_what_rules_catch_a_system_all(
    client: httpx.AsyncClient,
) -> None:
    feed, system = await made(client, FEED), await made(client, PUSH)

    listed = (await client.get(SOURCES)).json()["items"]
    assert feed | {"id": None} == {
        "id": None,
        "kind": "feed",
        "network": "rss",
        "name": "Новости",
        "url": "http://127.0.0.1:8088/rss",
        "municipality": None,
        "intake": "matched",
        "state": "active",
        "poll_every_s": None,
        "next_poll_at": "2026-03-11T09:00:00Z",
        "last_ok_at": None,
        "last_error": None,
        "remarks": [],
        "failures": 0,
        "created_at": "2026-03-11T09:00:00Z",
        "place_kind": None,
        "native": None,
        "health": "new",
        "stop_reason": None,
        "error_kind": None,
        "error_code": None,
        "failing_since": None,
        "lag_s": None,
        "skew_s": None,
        "unknown": {},
        "credential_id": None,
        "options": {},
        "accepted_by": None,
        "accepted_at": None,
        "budget": None,
        "secret": None,
    }
    del feed["secret"], system["secret"]
    assert (system["intake"], system["network"]) == ("all", "other")
    assert sorted(listed, key=lambda each: each["name"]) == [system, feed]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/rss",
        "http://localhost/rss",
        "http://[::1]/rss",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.5/rss",
        "http://0x7f000001/rss",
        "http://2130706433/rss",
        "http://127.0.0.1:8089/rss",
        "https://93.184.216.34:8443/rss",
        "http://user:secret@93.184.216.34/rss",
        "file:///etc/passwd",
        "gopher://93.184.216.34/",
    ],
)
async def test_an_address_inside_is_refused(
    client: httpx.AsyncClient, work: Work, url: str
) -> None:
    answer = await client.post(SOURCES, json=FEED | {"url": url})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "url"
    assert "secret" not in answer.text
    assert await values(work, "SELECT count(*) FROM ingest.source") == [0]


async def test_a_source_without_what_it_needs_is_refused(
    client: httpx.AsyncClient,
) -> None:
    bad = [
        {"kind": "feed", "name": "Без адреса"},
        PUSH | {"poll_every_s": 60},
        PUSH | {"kind": "file"},
        PUSH | {"network": "nowhere"},
        PUSH | {"name": ""},
        PUSH | {"name": "a\u0000"},
        PUSH | {"author": "x"},
        FEED | {"poll_every_s": 5},
        PUSH | {"municipality": "nowhere"},
    ]

    answers = [await client.post(SOURCES, json=each) for each in bad]

    assert [answer.status_code for answer in answers] == [422] * len(bad)


async def test_a_source_is_there_once(client: httpx.AsyncClient) -> None:
    await client.post("/ingest/posts", content=ndjson(post_object()))

    answer = await client.post(
        SOURCES, json={"kind": "push", "name": "city-portal", "network": "portal"}
    )

    assert answer.status_code == 409


async def test_a_source_is_changed_and_the_change_is_logged(
    client: httpx.AsyncClient,
    owner: Database,
    region: Region,
    work: Work,
    queue: FakeQueue,
) -> None:
    async with owner.session(EVERY_REGION) as session:
        access.add_municipality(session, region, "klen", "Клёновск", [])
    feed = await made(client, FEED | {"municipality": "klen"})
    path = f"{SOURCES}/{feed['id']}"

    paused = await client.patch(path, json={"state": "paused", "poll_every_s": 600})
    queue.rings.clear()
    resumed = await client.patch(path, json={"state": "active", "municipality": None})

    log = await values(
        work,
        "SELECT body FROM audit.event WHERE body LIKE '%source.changed%' ORDER BY seq",
    )
    assert (paused.json()["state"], paused.json()["poll_every_s"]) == ("paused", 600)
    assert (resumed.json()["state"], resumed.json()["municipality"]) == ("active", None)
    assert queue.take("ingest", "poll_source") == [(1, feed["id"])]
    assert [json.loads(each)["detail"] for each in log] == [
        {
            "fields": ["poll_every_s", "state"],
            "poll_every_s": "600",
            "state": "paused",
        },
        {
            "fields": ["municipality", "state"],
            "municipality": "None",
            "state": "active",
        },
    ]


async def test_a_source_is_renamed_and_both_names_are_logged(
    client: httpx.AsyncClient, work: Work
) -> None:
    feed, system = await made(client, FEED), await made(client, PUSH)
    await made(client, FEED | {"name": "Вторая"})
    path = f"{SOURCES}/{feed['id']}"

    renamed = await client.patch(path, json={"name": " Новости двора "})
    taken = await client.patch(path, json={"name": "Вторая"})
    empty = await client.patch(path, json={"name": " "})
    system_renamed = await client.patch(
        f"{SOURCES}/{system['id']}", json={"name": "Другая"}
    )

    (log,) = await values(
        work, "SELECT body FROM audit.event WHERE body LIKE '%source.changed%'"
    )
    detail = json.loads(log)["detail"]
    assert renamed.json()["name"] == "Новости двора"
    assert detail == {
        "fields": ["name"],
        "name_before": feed["name"],
        "name": "Новости двора",
    }
    assert [each.status_code for each in (taken, empty, system_renamed)] == [
        409,
        422,
        422,
    ]


async def test_only_feeds_have_an_address_to_change(client: httpx.AsyncClient) -> None:
    feed, system = await made(client, FEED), await made(client, PUSH)

    moved = await client.patch(
        f"{SOURCES}/{feed['id']}", json={"url": "http://127.0.0.1:8088/new"}
    )
    inside = await client.patch(
        f"{SOURCES}/{feed['id']}", json={"url": "http://10.0.0.5/"}
    )
    system_moved = await client.patch(
        f"{SOURCES}/{system['id']}", json={"url": "http://127.0.0.1:8088/new"}
    )

    assert moved.json()["url"] == "http://127.0.0.1:8088/new"
    assert [inside.status_code, system_moved.status_code] == [422, 422]


async def test_a_source_that_does_not_exist_is_not_changed(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.patch(f"{SOURCES}/{new_id()}", json={"state": "paused"})

    assert answer.status_code == 404


async def test_posts_of_a_disabled_source_are_refused(
    client: httpx.AsyncClient,
) -> None:
    source = await made(
        client, {"kind": "push", "name": "city-portal", "network": "portal"}
    )
    await client.patch(f"{SOURCES}/{source['id']}", json={"state": "disabled"})

    answer = await client.post("/ingest/posts", content=ndjson(post_object()))

    assert answer.json() == {
        "accepted": 0,
        "duplicates": 0,
        "rejected": [{"line": 1, "reason": "source: is disabled"}],
    }
