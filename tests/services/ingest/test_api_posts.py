"""Pushing posts over HTTP: shapes, limits, keys and hostile bodies."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.ingest.domain.batch import LARGEST_BODY, MOST_LINES
from shared.db import Database
from shared.ids import new_id
from shared.models.identity import Region
from shared.uow import Work
from tests.factories import make_key, make_user
from tests.services.ingest.doubles import Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, refusal, values

POSTS = "/ingest/posts"
PROBLEM = "application/problem+json"


async def test_good_lines_are_taken_and_bad_ones_named(
    client: httpx.AsyncClient,
) -> None:
    body = ndjson(post_object(), post_object(external_id="A-2"), post_object())

    answer = await client.post(POSTS, content=body + b'\n{"broken": ')

    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 2,
        "duplicates": 1,
        "rejected": [{"line": 4, "reason": "line: is not valid JSON: Expecting value"}],
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps([post_object()]), "application/json"),
        (json.dumps(post_object()), "application/json"),
        (json.dumps(post_object()), "application/x-ndjson"),
        (json.dumps([post_object()]), "application/octet-stream"),
        ("\ufeff" + json.dumps([post_object()]), "application/json; charset=utf-8"),
    ],
)
async def test_arrays_objects_and_lines_are_taken(
    client: httpx.AsyncClient, body: str, content_type: str
) -> None:
    answer = await client.post(
        POSTS, content=body.encode(), headers={"Content-Type": content_type}
    )

    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": []}


@pytest.mark.parametrize("body", ["", "  ", "[1", "null", '"text"', "{]", "\xff\xfe["])
async def test_a_body_that_cannot_be_read_is_a_clear_problem(
    client: httpx.AsyncClient, work: Work, body: str
) -> None:
    answer = await client.post(
        POSTS,
        content=body.encode("latin-1"),
        headers={"Content-Type": "application/json"},
    )

    assert refusal(answer) == (400, PROBLEM, "malformed")
    assert await values(work, "SELECT count(*) FROM ingest.post") == [0]


async def test_six_megabytes_are_refused(client: httpx.AsyncClient, work: Work) -> None:
    answer = await client.post(POSTS, content=ndjson(post_object()) + b" " * 6_000_000)

    assert refusal(answer) == (413, PROBLEM, "too-large")
    assert f"{LARGEST_BODY:,}" in answer.json()["detail"]
    assert await values(work, "SELECT count(*) FROM ingest.post") == [0]


async def test_a_body_without_an_announced_end_is_read_to_the_cap_only(
    client: httpx.AsyncClient,
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 20 * LARGEST_BODY:
            sent += 100_000
            yield b" " * 100_000

    answer = await client.post(POSTS, content=endless())

    assert refusal(answer) == (413, PROBLEM, "too-large")


async def test_an_announced_length_that_lies_does_not_help(
    client: httpx.AsyncClient,
) -> None:
    async def more() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield b" " * 100_000

    answer = await client.post(POSTS, content=more(), headers={"Content-Length": "10"})

    assert refusal(answer) == (413, PROBLEM, "too-large")


async def test_a_compressed_body_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        POSTS, content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}
    )

    assert refusal(answer) == (415, PROBLEM, "unsupported-media-type")


async def test_more_than_ten_thousand_lines_are_refused(
    client: httpx.AsyncClient, work: Work
) -> None:
    answer = await client.post(POSTS, content=b"{}\n" * (MOST_LINES + 1))

    assert refusal(answer) == (422, PROBLEM, "invalid")
    assert await values(work, "SELECT count(*) FROM ingest.source") == [0]


HOSTILE: list[dict[str, Any]] = [
    {"text": "нет\u0000"},
    {"text": "a" * 1_000_000},
    {"text": ["list"]},
    {"external_id": "x" * 300},
    {"external_id": {"a": 1}},
    {"source": ""},
    {"network": "nowhere"},
    {"kind": "story"},
    {"url": "javascript:alert(1)"},
    {"published_at": "2025-11-11T12:00:00"},
    {"published_at": "вчера"},
    {"published_at": 5},
    {"edited_at": "9999-12-31T23:59:59+00:00"},
    {"deleted": "yes"},
    {"metrics": []},
    {"metrics": {"likes": -1}},
    {"parent_id": 7},
    {"schema": "ingest.v2"},
]


async def test_a_bad_field_loses_its_line_only(client: httpx.AsyncClient) -> None:
    bad = [post_object(external_id="bad") | field for field in HOSTILE]
    body = ndjson(post_object(), *bad, post_object(external_id="A-2"))

    answer = await client.post(POSTS, content=body)

    rejected = answer.json()["rejected"]
    fields = [each["reason"].partition(":")[0].partition(".")[0] for each in rejected]
    assert answer.json()["accepted"] == 2
    assert [each["line"] for each in rejected] == list(range(2, len(HOSTILE) + 2))
    assert fields == [next(iter(field)) for field in HOSTILE]


async def test_a_lone_surrogate_loses_its_line_only(client: httpx.AsyncClient) -> None:
    bad = json.dumps(post_object(external_id="bad", text="а\ud800")).encode()

    answer = await client.post(POSTS, content=ndjson(post_object()) + b"\n" + bad)

    assert (answer.json()["accepted"], len(answer.json()["rejected"])) == (1, 1)


async def test_sql_and_html_in_every_field_are_stored_as_text(
    client: httpx.AsyncClient, work: Work, quiet: Quiet
) -> None:
    evil = "'); DROP TABLE ingest.post; --<script>alert(1)</script>{{7*7}}%s\\"
    body = post_object(source=evil, external_id=evil, parent_id=evil, text=evil)

    answer = await client.post(POSTS, content=ndjson(body))
    await quiet()

    (post_id,) = await values(work, "SELECT id FROM ingest.post")
    shown = (await client.get(f"{POSTS}/{post_id}")).json()
    assert answer.json()["accepted"] == 1
    assert [shown[name] for name in ("source_name", "external_id", "text")] == [
        evil
    ] * 3


async def test_a_repeated_key_gets_the_first_answer(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "call-1"}
    first = await client.post(POSTS, content=ndjson(post_object()), headers=headers)

    again = await client.post(POSTS, content=ndjson(post_object()), headers=headers)
    other = await client.post(POSTS, content=b"[]", headers=headers)

    assert first.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    assert (again.status_code, again.json()) == (200, first.json())
    assert refusal(other) == (422, PROBLEM, "invalid")
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_the_same_call_ten_times_at_once_has_one_effect(
    client: httpx.AsyncClient, work: Work
) -> None:
    body = ndjson(*(post_object(external_id=str(n)) for n in range(10)))

    answers = await asyncio.gather(
        *(
            client.post(POSTS, content=body, headers={"Idempotency-Key": "k"})
            for _ in range(10)
        )
    )

    assert {answer.text for answer in answers} == {
        '{"accepted":10,"duplicates":0,"rejected":[]}'
    }
    assert await values(work, "SELECT count(*) FROM ingest.post") == [10]


async def test_without_a_credential_not_a_byte_is_read(app: httpx.AsyncClient) -> None:
    read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"[]"

    answer = await app.post(POSTS, content=body())

    assert refusal(answer) == (401, PROBLEM, "unauthenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="otklik"'
    assert not read


ENDPOINTS = [
    ("POST", "/ingest/posts", "ingest:write"),
    ("GET", f"/ingest/posts/{new_id()}", "ingest:read"),
    ("POST", f"/ingest/posts/{new_id()}/original", "admin"),
    ("POST", f"/ingest/posts/{new_id()}/address", "triage:write"),
    ("GET", "/ingest/rules", "ingest:read"),
    ("POST", "/ingest/rules", "admin"),
    ("PATCH", f"/ingest/rules/{new_id()}", "admin"),
    ("GET", f"/ingest/rules/{new_id()}/versions", "ingest:read"),
    ("GET", "/ingest/status", "ingest:read"),
    ("GET", "/ingest/dead-letters", "ingest:read"),
    ("POST", f"/ingest/dead-letters/{new_id()}/replay", "admin"),
    ("GET", "/archive/posts", "archive:read"),
]
SCOPES = ["ingest:write", "ingest:read", "archive:read", "triage:write", "admin"]


async def test_every_operation_needs_its_scope(
    app: httpx.AsyncClient, owner: Database, region: Region
) -> None:
    anna = await make_user(owner, region)  # some things are for named persons alone
    keys = {
        scope: await make_key(owner, region, scopes=scope, person=anna)
        for scope in SCOPES
    }

    allowed = {
        (method, path): [
            scope
            for scope, key in keys.items()
            if (await _asked(app, method, path, key)).status_code != 403
        ]
        for method, path, _ in ENDPOINTS
    }

    assert allowed == {(method, path): [scope] for method, path, scope in ENDPOINTS}


async def _asked(
    app: httpx.AsyncClient, method: str, path: str, key: str
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return await app.request(method, path, headers=headers)
