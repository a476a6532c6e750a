"""Rules over HTTP: written, changed, versioned, refused with the place of a fault."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.ingest.handlers.rules import install_library
from services.ingest.rules import parse
from shared.library import starter
from shared.uow import Work
from tests.factories import NOW
from tests.services.ingest.doubles import Clock
from tests.services.ingest.pushing import rows, values

RULES = "/ingest/rules"
NEW: dict[str, Any] = {
    "name": "Ямы",
    "query": "яма AND дорога",
    "topic_code": "roads.surface",
    "authority_code": None,
    "municipality": None,
    "purpose": "Покрытие улиц",
    "owner": "Отдел дорог",
    "expires_on": "2026-12-31",
}


NOTHING_DECIDED = {
    "accepted": 0,
    "noise": 0,
    "opinion": 0,
    "other": 0,
    "decided": 0,
    "rejected": 0,
    "share": None,
    "low": None,
    "high": None,
    "opinion_low": None,
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
        "state_reason": None,
        "is_expired": False,
        "expires_soon": False,
        "hits": 0,
        "quality": NOTHING_DECIDED,
        "limit": 0.6,
        "flagged_at": None,
        "measured_from": 1,
        "created_at": "2026-03-11T09:00:00Z",
        "changed_at": "2026-03-11T09:00:00Z",
    }
    assert listed == {"items": [rule]}
    assert (await client.get(f"{RULES}/{rule['id']}")).json() == rule


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


async def test_the_language_is_told_by_example(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{RULES}/language")

    items = answer.json()["items"]
    assert {each["query"] for each in items} >= {"яма дорога", '"нет воды"'}
    assert all(each["said"].keys() == {"ru", "en"} for each in items)


async def test_a_fault_of_a_query_is_told_in_both_languages(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(RULES, json=NEW | {"query": "(яма"})

    (error,) = answer.json()["errors"]
    assert sorted(error["said"]) == ["en", "ru"]
    assert all(
        each.keys() == {"message", "expected", "suggestion"} and all(each.values())
        for each in error["said"].values()
    )


async def test_a_rule_without_what_it_needs_is_refused(
    client: httpx.AsyncClient,
) -> None:
    bad = [
        {"owner": None},
        {"purpose": "  "},
        {"expires_on": None},
        {"expires_on": "2026-03-10"},
        {"expires_on": "2027-03-13"},
        {"name": "a\u0000"},
        {"query": ""},
        {"query": "яма " * 3000},
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
    renamed = await client.patch(
        f"{RULES}/{other['id']}", json={"name": "Ямы", "reason": "а"}
    )

    assert (created.status_code, renamed.status_code) == (409, 409)


async def test_every_change_is_a_version_and_is_logged(
    client: httpx.AsyncClient, work: Work
) -> None:
    rule = await made(client)
    path = f"{RULES}/{rule['id']}"

    changed = await client.patch(
        path, json={"state": "monitor", "topic_code": None, "reason": "Проверяем"}
    )
    same = await client.patch(path, json={"state": "monitor", "reason": "ещё"})

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
    assert [v["reason"] for v in versions] == ["", "Проверяем"]
    assert len(log) == 2
    assert '"fields":["state","topic_code"]' in log[1]


async def test_a_change_without_a_reason_is_refused(client: httpx.AsyncClient) -> None:
    rule = await made(client)
    path = f"{RULES}/{rule['id']}"

    answers = [
        await client.patch(path, json={"state": "monitor"} | reason)
        for reason in ({}, {"reason": "  "}, {"reason": None})
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert [answer.json()["errors"][0]["field"] for answer in answers] == ["reason"] * 3
    assert (await client.get(path)).json() == rule


async def test_a_rule_says_before_it_expires_and_when_it_has(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """The last day is the last day of the region, not of Greenwich."""
    rule = await made(client, expires_on="2026-04-30")
    path = f"{RULES}/{rule['id']}"

    told = []
    for moment in (
        datetime(2026, 3, 30, 20, 59, tzinfo=UTC),
        datetime(2026, 3, 30, 21, 0, tzinfo=UTC),
        datetime(2026, 4, 30, 20, 59, tzinfo=UTC),
        datetime(2026, 4, 30, 21, 0, tzinfo=UTC),
    ):
        clock.now = moment
        answer = (await client.get(path)).json()
        told.append((answer["expires_soon"], answer["is_expired"]))

    assert told == [(False, False), (True, False), (True, False), (False, True)]


async def test_a_rule_suggests_an_authority_and_a_place(
    client: httpx.AsyncClient,
) -> None:
    rule = await made(client, authority_code="roads", municipality="lugovoy")

    answer = await client.patch(
        f"{RULES}/{rule['id']}", json={"municipality": None, "reason": "Везде"}
    )

    assert (rule["authority_code"], rule["municipality"]) == ("roads", "lugovoy")
    assert answer.json()["municipality"] is None
    assert answer.json()["authority_code"] == "roads"


async def test_a_rule_of_another_region_or_none_is_not_found(
    client: httpx.AsyncClient,
) -> None:
    nobody = f"{RULES}/01a20000-0000-7000-8000-000000000000"
    await made(client)

    answers = [
        await client.get(nobody),
        await client.get(f"{nobody}/versions"),
        await client.get(f"{nobody}/quality"),
        await client.get(f"{nobody}/matches"),
        await client.patch(nobody, json={"reason": "а"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


async def test_a_fault_in_a_changed_query_changes_nothing(
    client: httpx.AsyncClient,
) -> None:
    rule = await made(client)

    answer = await client.patch(
        f"{RULES}/{rule['id']}", json={"query": "яма OR", "reason": "а"}
    )

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
