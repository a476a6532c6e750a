"""The HTTP surface: shapes, refusals, queries counted."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import httpx
import pytest
from sqlalchemy import event

from shared.audit import log as audit_log
from shared.contracts import CandidatesDecided
from shared.db import EVERY_REGION, Database
from shared.delivery import Courier
from shared.identity import access
from shared.identity.principal import Role
from shared.ids import new_id
from shared.mailbox import Message
from shared.models.identity import Region
from shared.uow import Work
from tests.factories import NOW, PASSWORD, make_key, make_user
from tests.fakes import FakeQueue
from tests.services.reports.facts import (
    make_answered,
    make_candidate,
    make_incident,
    take,
)

ONE_DAY = {"from": "2026-03-11", "to": "2026-03-11"}


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collect the statements sent to the database."""
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_the_report_has_its_documented_shape(
    client: httpx.AsyncClient, courier: Courier, region: Region
) -> None:
    incident = make_answered(90)
    await take(courier, region.id, incident)
    await take(courier, region.id, make_candidate(incident_id=incident.incident_id))

    answer = await client.get("/reports/kpi", params=ONE_DAY)

    figures = {
        "complaints": 1,
        "incidents": 1,
        "answered": 1,
        "due": 1,
        "answered_in_time": 1,
        "share_in_time": 1.0,
        "median_minutes": 90.0,
        "p90_minutes": 90.0,
        "overdue_now": 0,
        "withdrawn": 0,
        "low_volume": True,
    }
    assert answer.status_code == 200
    assert answer.json() == {
        "from": "2026-03-11",
        "to": "2026-03-11",
        "zone": "Europe/Moscow",
        "as_of": "2026-03-11T09:00:00Z",
        "definitions_version": 2,
        "totals": figures,
        "days": [{"day": "2026-03-11", "complaints": 1, "incidents": 1, "answered": 1}],
        "authorities": [{"code": "water", "name": "Водоканал", **figures}],
        "municipalities": [{"code": "severny", "name": "Северный район", **figures}],
    }


async def test_the_file_holds_the_figures_of_the_api(
    client: httpx.AsyncClient, courier: Courier, region: Region
) -> None:
    facts = [make_answered(minutes) for minutes in (10, 15, 700)]
    await take(courier, region.id, *facts, make_incident(authority=None))
    await take(courier, region.id, make_candidate(incident_id=facts[0].incident_id))
    report = (await client.get("/reports/kpi")).json()

    answer = await client.get("/reports/kpi.csv", params={"lang": "en"})

    rows = list(
        csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    )
    header = [
        "complaints",
        "incidents",
        "answered",
        "due",
        "answered_in_time",
        "share_in_time",
        "median_minutes",
        "p90_minutes",
        "overdue_now",
        "withdrawn",
        "low_volume",
    ]
    parts = [report["totals"], *report["authorities"], *report["municipalities"]]
    expected = [[as_cell(part[name]) for name in header] for part in parts]
    assert [row[3:] for row in rows[1:] if row[0] != "Day"] == expected
    assert [row[1:6] for row in rows if row[0] == "Day"] == [
        [
            day["day"],
            "",
            *map(str, (day["complaints"], day["incidents"], day["answered"])),
        ]
        for day in report["days"]
    ]


def as_cell(value: float | None) -> str:
    """Write a figure as the English file does."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


async def test_the_file_speaks_russian_unless_asked_otherwise(
    client: httpx.AsyncClient, work: Work, region: Region
) -> None:
    answer = await client.get("/reports/kpi.csv", params=ONE_DAY)

    async with work.unit(region.id or 0) as uow:
        audited = await audit_log.rows(uow.session, region.id or 0)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="otklik-kpi-2026-03-11-2026-03-11.csv"'
    )
    assert answer.content.decode("utf-8-sig").startswith("Разрез;Код;Название;Жалобы;")
    assert len(audited) == 1
    assert '"actor_kind":"client"' in audited[0].body


async def test_reading_a_report_changes_nothing(
    client: httpx.AsyncClient, work: Work, region: Region
) -> None:
    with counted(work.database) as statements:
        await client.get("/reports/kpi")

    async with work.unit(region.id or 0) as uow:
        audited = await audit_log.rows(uow.session, region.id or 0)
    assert audited == []
    assert {statement.split()[0] for statement in statements} == {"SELECT"}


@pytest.mark.parametrize("facts", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/reports/kpi?from=2026-03-11", 12),
        ("/reports/kpi?from=2025-04-01&authority=water", 12),
        ("/reports/kpi.csv", 14),
        ("/reports/status", 6),
    ],
)
async def test_the_number_of_queries_does_not_grow_with_the_facts(  # noqa: PLR0913, PLR0917 -- fixtures and a table
    client: httpx.AsyncClient,
    courier: Courier,
    work: Work,
    region: Region,
    facts: int,
    path: str,
    queries: int,
) -> None:
    for number in range(facts):
        places = {"authority": f"a{number}", "municipality": f"m{number}"}
        await take(courier, region.id, make_answered(**places), make_candidate())

    with counted(work.database) as statements:
        answer = await client.get(path)

    assert answer.status_code == 200
    assert len(statements) == queries


UNANSWERABLE = [
    ({"from": "2026-03-12", "to": "2026-03-11"}, "from"),
    ({"from": "2025-03-10", "to": "2026-03-11"}, "to"),
    ({"to": "9999-12-31"}, "to"),
    ({"from": "0001-01-01", "to": "2000-06-01"}, "from"),
    ({"from": "вчера"}, "query.from"),
    ({"to": "2026-02-30"}, "query.to"),
    ({"authority": "a\x00b"}, "query.authority"),
    ({"municipality": "x" * 101}, "query.municipality"),
    ({"topic": "a\nb"}, "query.topic"),
]


@pytest.mark.parametrize("path", ["/reports/kpi", "/reports/kpi.csv"])
async def test_what_cannot_be_answered_names_the_field(
    client: httpx.AsyncClient, path: str
) -> None:
    answers = [await client.get(path, params=params) for params, _ in UNANSWERABLE]

    assert {answer.status_code for answer in answers} == {422}
    assert {answer.headers["content-type"] for answer in answers} == {
        "application/problem+json"
    }
    named = [answer.json()["errors"][0]["field"] for answer in answers]
    assert named == [field for _, field in UNANSWERABLE]


async def test_empty_fields_of_a_form_are_as_good_as_none(
    client: httpx.AsyncClient, courier: Courier, region: Region
) -> None:
    await take(courier, region.id, make_answered())
    empty = dict.fromkeys(("from", "to", "authority", "municipality", "topic"), "")

    answer = await client.get("/reports/kpi", params=empty)

    assert answer.json() == (await client.get("/reports/kpi")).json()
    assert answer.json()["totals"]["incidents"] == 1


async def test_a_file_in_an_unknown_language_is_refused(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/reports/kpi.csv", params={"lang": "de"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (
        422,
        "query.lang",
    )


PATHS = [
    ("GET", "/reports/kpi"),
    ("GET", "/reports/kpi.csv"),
    ("GET", "/reports/definitions"),
    ("GET", "/reports/status"),
    ("GET", "/reports/dead-letters"),
    ("POST", f"/reports/dead-letters/{new_id()}/replay"),
    ("POST", "/reports/rebuild"),
]
READERS = {Role.ADMIN, Role.APPROVER, Role.LEADER, Role.AUDITOR}


async def test_nobody_comes_in_without_a_key(client: httpx.AsyncClient) -> None:
    stranger = {"Authorization": "Bearer x"}

    answers = [await client.request(*path, headers=stranger) for path in PATHS]

    assert {answer.status_code for answer in answers} == {401}


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_do_what_the_plan_says(
    client: httpx.AsyncClient, owner: Database, region: Region, role: Role
) -> None:
    await make_user(owner, region, role)
    async with owner.session(EVERY_REGION) as session:
        token, _, _ = await access.sign_in(session, "anna", PASSWORD, now=NOW)
    signed_in = {"Authorization": f"Bearer {token}"}

    answers = [await client.request(*path, headers=signed_in) for path in PATHS]

    allowed = [answer.status_code != 403 for answer in answers]
    assert allowed == [role in READERS] * 4 + [role is Role.ADMIN] * 3


async def test_a_key_of_another_region_sees_its_own_figures_only(
    client: httpx.AsyncClient,
    courier: Courier,
    owner: Database,
    region: Region,
    other: Region,
) -> None:
    await take(courier, region.id, make_answered(), make_candidate())
    key = await make_key(owner, other, scopes="reports")

    answer = await client.get(
        "/reports/kpi", headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.json()["totals"]["incidents"] == 0
    assert answer.json()["totals"]["complaints"] == 0
    assert answer.json()["authorities"] == []


async def test_the_definitions_say_what_each_figure_means(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/reports/definitions")

    share = next(
        d for d in answer.json()["definitions"] if d["code"] == "share_in_time"
    )
    assert answer.json()["version"] == 2
    assert share["name_ru"] == "Доля в срок"
    assert "делённое" in share["formula_ru"]
    assert share["unit"] == "share"


async def test_the_status_counts_the_regions_own_facts_and_letters(
    client: httpx.AsyncClient,
    courier: Courier,
    region: Region,
    other: Region,
) -> None:
    await take(courier, region.id, make_incident(), make_candidate(), make_candidate())
    await take(courier, other.id, make_incident())
    await bury(courier, region)
    await bury(courier, other)

    answer = await client.get("/reports/status")

    assert answer.json() == {
        "incidents": 1,
        "candidates": 2,
        "outbox": 0,
        "dead_letters": 1,
    }


async def bury(courier: Courier, region: Region) -> None:
    """Bury a message that no handler of a broken service could take."""
    message = Message(
        new_id(),
        "triage",
        CandidatesDecided(region_id=region.id or 0, candidates=(make_candidate(),)),
    )
    broken = Courier(courier.work, {})
    assert await broken.deliver(message.packed(), tries=3)


async def test_a_dead_letter_is_listed_and_replayed_once(
    client: httpx.AsyncClient,
    courier: Courier,
    owner: Database,
    region: Region,
    other: Region,
    queue: FakeQueue,
) -> None:
    await bury(courier, region)
    await bury(courier, other)
    key = await make_key(owner, region, scopes="admin reports")
    admin = {"Authorization": f"Bearer {key}"}
    (letter,) = (await client.get("/reports/dead-letters", headers=admin)).json()[
        "items"
    ]
    replay = f"/reports/dead-letters/{letter['id']}/replay"

    answer = await client.post(replay, headers=admin)
    elsewhere = await client.post(
        f"/reports/dead-letters/{new_id()}/replay", headers=admin
    )
    await courier.sweep()
    ((packed,),) = queue.take("reports", "deliver")
    delivered = await courier.deliver(packed, tries=1)

    assert (letter["kind"], letter["tries"]) == ("candidates_decided", 3)
    assert letter["error"].startswith("KeyError")
    assert (answer.status_code, answer.json()) == (202, {"id": letter["id"]})
    assert elsewhere.status_code == 404
    assert delivered
    report = (await client.get("/reports/kpi")).json()
    assert report["totals"]["complaints"] == 1
    assert (await client.get("/reports/status")).json()["dead_letters"] == 0


async def test_a_rebuild_is_left_to_the_worker(
    client: httpx.AsyncClient, owner: Database, region: Region, queue: FakeQueue
) -> None:
    key = await make_key(owner, region, scopes="admin")

    answer = await client.post(
        "/reports/rebuild", headers={"Authorization": f"Bearer {key}"}
    )

    assert (answer.status_code, answer.json()) == (202, {"state": "rung"})
    assert queue.take("reports", "rebuild") == [(region.id,)]


async def test_the_api_describes_itself_completely(client: httpx.AsyncClient) -> None:
    description = (await client.get("/reports/openapi.json")).json()

    operations = [
        operation
        for path, methods in description["paths"].items()
        if path.startswith("/api/")
        for operation in methods.values()
    ]
    assert len(operations) == len(PATHS)
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
        assert {"401", "403", "503"} <= set(operation["responses"])
        for parameter in operation.get("parameters", []):
            if parameter["name"] != "otklik-region":
                assert parameter["description"]
        problem = operation["responses"]["403"]["content"]["application/problem+json"]
        assert problem["schema"]["title"] == "Problem"


async def test_the_service_says_whether_it_is_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("http://otklik.example/readyz")

    assert answer.json()["parts"] == {"database": "ok", "queue": "ok"}


async def test_dates_are_those_of_the_answer(client: httpx.AsyncClient) -> None:
    days = (await client.get("/reports/kpi")).json()["days"]

    assert len(days) == 30
    assert date.fromisoformat(days[-1]["day"]) == date(2026, 3, 11)
