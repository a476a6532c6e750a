"""Rules over HTTP: written, changed, versioned, refused with the place of a fault."""

from typing import Any

import httpx
import pytest

from services.ingest.handlers.rules import install_library
from services.ingest.rules import parse
from shared.library import starter
from shared.uow import Work
from tests.factories import NOW
from tests.services.ingest.pushing import rows, values

RULES = "/ingest/rules"
NEW: dict[str, Any] = {
    "name": "Ямы",
    "query": "яма AND дорога",
    "topic_code": "roads.surface",
    "purpose": "Покрытие улиц",
    "owner": "Отдел дорог",
    "expires_on": "2026-12-31",
}


async def made(client: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    answer = await client.post(RULES, json=NEW | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_rule_is_written_with_owner_purpose_and_expiry(
    client: httpx.AsyncClient,
) -> None:
    rule = await made(client)

    listed = (await client.get(RULES)).json()
    assert rule | {"id": None} == NEW | {
        "id": None,
        "version": 1,
        "state": "active",
        "created_at": "2026-03-11T09:00:00Z",
        "changed_at": "2026-03-11T09:00:00Z",
    }
    assert listed == {"items": [rule]}


@pytest.mark.parametrize(
    ("query", "position", "code"),
    [
        ("яма AND (", 9, "term_expected"),
        ('"яма', 0, "unclosed_quote"),
        ("NOT реклама", 0, "nothing_to_find"),
    ],
)
async def test_a_fault_in_a_query_is_told_with_its_place(
    client: httpx.AsyncClient, query: str, position: int, code: str
) -> None:
    answer = await client.post(RULES, json=NEW | {"query": query})

    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["field"], error["position"], error["code"]) == (
        "query",
        position,
        code,
    )


async def test_a_rule_without_what_it_needs_is_refused(
    client: httpx.AsyncClient,
) -> None:
    bad = [
        {"owner": None},
        {"purpose": "  "},
        {"expires_on": None},
        {"expires_on": "2026-03-10"},
        {"expires_on": "2036-01-01"},
        {"name": "a\u0000"},
        {"query": ""},
        {"query": "яма" * 1000},
        {"state": "deleted"},
        {"topic": "roads"},
    ]

    answers = [await client.post(RULES, json=NEW | each) for each in bad]

    assert [answer.status_code for answer in answers] == [422] * len(bad)
    assert [answer.json()["errors"][0]["field"] for answer in answers] == [
        next(iter(each)) for each in bad
    ]


async def test_text_no_database_can_keep_is_refused(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post(
            RULES,
            content=b'{"name": "\\ud800", "query": "a", "purpose": "a", "owner": "a", '
            b'"expires_on": "2026-12-31"}',
            headers={"Content-Type": "application/json"},
        ),
        await client.post(RULES, json=NEW | {"query": 'яма "a\u0000b"'}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]


async def test_two_rules_cannot_have_one_name(client: httpx.AsyncClient) -> None:
    await made(client)
    other = await made(client, name="Снег", query="снег")

    created = await client.post(RULES, json=NEW)
    renamed = await client.patch(f"{RULES}/{other['id']}", json={"name": "Ямы"})

    assert (created.status_code, renamed.status_code) == (409, 409)


async def test_every_change_is_a_version_and_is_logged(
    client: httpx.AsyncClient, work: Work
) -> None:
    rule = await made(client)
    path = f"{RULES}/{rule['id']}"

    changed = await client.patch(path, json={"state": "monitor", "topic_code": None})
    same = await client.patch(path, json={"state": "monitor"})

    versions = (await client.get(f"{path}/versions")).json()["items"]
    log = await values(
        work, "SELECT body FROM audit.event WHERE body LIKE '%\"rule.%' ORDER BY seq"
    )
    assert changed.json()["version"] == same.json()["version"] == 2
    assert [(v["version"], v["state"], v["topic_code"]) for v in versions] == [
        (1, "active", "roads.surface"),
        (2, "monitor", None),
    ]
    assert [v["changed_by"] for v in versions] == ["test", "test"]
    assert len(log) == 2
    assert '"fields":["state","topic_code"]' in log[1]


async def test_a_fault_in_a_changed_query_changes_nothing(
    client: httpx.AsyncClient,
) -> None:
    rule = await made(client)

    answer = await client.patch(f"{RULES}/{rule['id']}", json={"query": "яма OR"})

    assert answer.status_code == 422
    assert (await client.get(RULES)).json() == {"items": [rule]}


async def test_a_region_starts_with_the_library(work: Work) -> None:
    library = starter.load().rules
    async with work.unit(1) as uow:
        first = await install_library(uow.session, 1, library, now=NOW)
    async with work.unit(1) as uow:
        again = await install_library(uow.session, 1, library, now=NOW)

    stored = await rows(work, "SELECT query, topic_code, state FROM ingest.rule")
    assert (first, again) == (len(library), 0)
    assert {row["topic_code"] for row in stored} == {rule.topic for rule in library}
    assert all(parse(row["query"]) for row in stored)
    assert await values(work, "SELECT version FROM ingest.rule_set") == [1]
