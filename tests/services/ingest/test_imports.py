"""Files: looked at, taken in part by part, nothing about authors kept."""

import asyncio
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from services.ingest import jobs
from services.ingest.domain import staging
from services.ingest.handlers.import_parts import take_part
from services.ingest.handlers.imports import Upload, import_file
from services.ingest.jobs import Tools
from shared.identity.principal import SYSTEM
from shared.models.identity import Region
from shared.search import Query
from shared.uow import Work
from shared.vault import Vault
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, rows, values
from tests.services.ingest.uploads import IMPORTS, take, upload

CSV = (
    "Дата;Текст;Автор;Ссылка;Район\n"
    "11.11.2025 12:00;Яма, звоните +7 912 345-67-89;Житель Вымышленный;"
    "https://vk.com/wall-9_1;Северный\n"
    "12.11.2025 12:00;Нет воды;Другой Житель;https://vk.com/wall-9_2;Южный\n"
    "когда-то;Без даты;Третий Житель;;\n"
).encode("cp1251")


async def test_a_file_is_recognised_and_shown_without_people(
    client: httpx.AsyncClient, work: Work
) -> None:
    seen = await upload(client, CSV)

    assert seen | {"id": None} == {
        "id": None,
        "state": "previewed",
        "profile": "posts",
        "format": "csv",
        "encoding": "windows-1251",
        "delimiter": ";",
        "columns": [
            {
                "header": "Дата",
                "field": "published_at",
                "dropped": False,
                "reason": None,
            },
            {"header": "Текст", "field": "text", "dropped": False, "reason": None},
            {
                "header": "Автор",
                "field": None,
                "dropped": True,
                "reason": "personal data of the author is not read",
            },
            {"header": "Ссылка", "field": "url", "dropped": False, "reason": None},
            {
                "header": "Район",
                "field": None,
                "dropped": False,
                "reason": "unknown column, kept beside the post",
            },
        ],
        "missing": [],
        "preview": [
            {
                "Дата": "11.11.2025 12:00",
                "Текст": "Яма, звоните [телефон]",
                "Ссылка": "https://vk.com/wall-9_1",
                "Район": "Северный",
            },
            {
                "Дата": "12.11.2025 12:00",
                "Текст": "Нет воды",
                "Ссылка": "https://vk.com/wall-9_2",
                "Район": "Южный",
            },
            {"Дата": "когда-то", "Текст": "Без даты", "Ссылка": "", "Район": ""},
        ],
        "total": 3,
        "valid": 2,
        "rejected": [
            {
                "line": 4,
                "reason": "published_at: is not a date and time, such as "
                "11.11.2025 12:00",
            }
        ],
        "rejected_total": 1,
    }
    assert await values(work, "SELECT count(*) FROM ingest.post") == [0]


async def test_a_committed_file_becomes_posts_and_candidates(
    client: httpx.AsyncClient, work: Work, queue: FakeQueue, tools: Tools, quiet: Quiet
) -> None:
    seen = await upload(client, CSV)

    done = await take(client, quiet, seen["id"])

    posts = await rows(
        work,
        "SELECT network, text, extra FROM ingest.post ORDER BY published_at",
    )
    assert {
        k: done[k] for k in ("state", "total", "taken", "accepted", "duplicates")
    } == {
        "state": "done",
        "total": 3,
        "taken": 3,
        "accepted": 2,
        "duplicates": 0,
    }
    assert [each["line"] for each in done["rejected"]] == [4]
    assert posts == [
        {
            "network": "vk",
            "text": "Яма, звоните [телефон]",
            "extra": {"Район": "Северный"},
        },
        {"network": "vk", "text": "Нет воды", "extra": {"Район": "Южный"}},
    ]
    assert len(queue.take("triage", "deliver")) == 1
    assert await values(work, "SELECT count(*) FROM ingest.import_file") == [0]
    found = await tools.search.search(Query(region_id=1, q="вода"))
    assert len(found.hits) == 1


async def test_the_command_line_waits_for_the_end(
    work: Work, vault: Vault, region: Region, quiet: Quiet
) -> None:
    waiting = asyncio.create_task(import_file(work, 1, Upload(CSV), vault, SYSTEM))
    while not waiting.done():
        await quiet()
        await asyncio.sleep(0.01)
    run = await waiting

    assert (run.state, run.accepted, run.rejected_total) == ("done", 2, 1)
    assert await values(work, "SELECT count(*) FROM ingest.post") == [2]


async def test_the_same_file_twice_brings_nothing_new(
    client: httpx.AsyncClient, quiet: Quiet
) -> None:
    first = await upload(client, CSV)
    await take(client, quiet, first["id"])
    second = await upload(client, CSV)

    done = await take(client, quiet, second["id"])

    assert (done["accepted"], done["duplicates"]) == (0, 2)


async def test_a_dry_run_keeps_nothing(client: httpx.AsyncClient, work: Work) -> None:
    seen = await upload(client, CSV, dry_run="true")

    assert (seen["id"], seen["total"], seen["valid"]) == (None, 3, 2)
    assert await values(work, "SELECT count(*) FROM ingest.import_run") == [0]


async def test_a_person_says_what_columns_hold(
    client: httpx.AsyncClient, work: Work, quiet: Quiet
) -> None:
    data = "Когда,Что случилось,ФИО\n2025-11-11 12:00,Яма,Житель Один\n".encode()
    seen = await upload(client, data)

    refused = await client.post(f"{IMPORTS}/{seen['id']}/commit", json={})
    unknown = await client.post(
        f"{IMPORTS}/{seen['id']}/commit", json={"mapping": {"ФИО": "text"}}
    )
    done = await take(
        client,
        quiet,
        seen["id"],
        mapping={"Когда": "published_at", "Что случилось": "text"},
    )

    assert seen["missing"] == ["text", "published_at"]
    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert (done["accepted"], done["rejected"]) == (1, [])
    assert await values(work, "SELECT text FROM ingest.post") == ["Яма"]


async def test_a_file_is_taken_in_once_however_often_its_job_runs(
    client: httpx.AsyncClient, queue: FakeQueue, tools: Tools, quiet: Quiet
) -> None:
    seen = await upload(client, CSV)
    done = await take(client, quiet, seen["id"])

    await jobs.run_import(tools, 1, seen["id"])
    again = await client.get(f"{IMPORTS}/{seen['id']}")
    refused = await client.post(f"{IMPORTS}/{seen['id']}/commit", json={})

    assert again.json() == done
    assert refused.status_code == 409
    assert refused.json()["allowed"] == ["previewed", "failed"]


async def test_a_long_file_is_taken_in_by_parts(
    client: httpx.AsyncClient, work: Work, quiet: Quiet
) -> None:
    lines = [post_object(external_id=str(n)) for n in range(staging.PART * 2 + 5)]
    seen = await upload(client, ndjson(*lines) + b'\n{"broken"\n')
    parts = await values(work, "SELECT count(*) FROM ingest.import_file")

    done = await take(client, quiet, seen["id"])

    assert parts == [3]
    assert (seen["format"], seen["total"]) == ("ndjson", 1006)
    assert (done["taken"], done["accepted"]) == (1006, 1005)
    assert [each["line"] for each in done["rejected"]] == [1006]


async def test_an_interrupted_import_goes_on_where_it_stopped(
    client: httpx.AsyncClient,
    work: Work,
    queue: FakeQueue,
    tools: Tools,
    clock: Clock,
    quiet: Quiet,
) -> None:
    lines = [post_object(external_id=str(n)) for n in range(staging.PART + 1)]
    seen = await upload(client, ndjson(*lines))
    await client.post(f"{IMPORTS}/{seen['id']}/commit", json={})
    queue.rings.clear()
    async with work.unit(1) as uow:
        await take_part(uow, UUID(seen["id"]), tools.vault)
    clock.forward(seconds=11)
    await jobs.sweep(tools)
    await quiet()

    done = (await client.get(f"{IMPORTS}/{seen['id']}")).json()
    assert (done["state"], done["accepted"]) == ("done", staging.PART + 1)


async def test_a_part_that_fails_stops_the_import_with_its_reason(
    client: httpx.AsyncClient, queue: FakeQueue, tools: Tools, quiet: Quiet
) -> None:
    seen = await upload(client, CSV)
    await client.post(f"{IMPORTS}/{seen['id']}/commit", json={})
    ((_, import_id),) = queue.take("ingest", "run_import")

    class Broken(Vault):
        def unseal(self, sealed: bytes, place: str) -> str:  # noqa: ARG002 -- it fails
            raise ZeroDivisionError("broken part")

    await jobs.run_import(replace(tools, vault=Broken(b"x" * 32)), 1, import_id)
    failed = (await client.get(f"{IMPORTS}/{import_id}")).json()
    done = await take(client, quiet, import_id)

    assert (failed["state"], failed["error"]) == (
        "failed",
        "ZeroDivisionError: broken part",
    )
    assert (done["state"], done["accepted"]) == ("done", 2)


async def test_files_nobody_commits_are_forgotten(
    client: httpx.AsyncClient, work: Work, tools: Tools, clock: Clock
) -> None:
    seen = await upload(client, CSV)
    clock.forward(hours=25)

    await jobs.sweep(tools)

    answer = await client.post(f"{IMPORTS}/{seen['id']}/commit", json={})
    assert await values(work, "SELECT count(*) FROM ingest.import_file") == [0]
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"\x7fELF" + bytes(range(1, 32)) * 20, "none of CSV, NDJSON and XLSX"),
        (b"\xd0\xcf\x11\xe0", "old .xls"),
        (b"PK\x03\x04broken", ""),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    client: httpx.AsyncClient, data: bytes, reason: str
) -> None:
    answer = await client.post(IMPORTS, files={"file": ("f", data)})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"
    assert reason in answer.json()["detail"]


@pytest.mark.parametrize(
    ("files", "data", "field"),
    [
        ({}, {"profile": "auto"}, "file"),
        ({"file": ("f", CSV)}, {"profile": "story"}, "profile"),
        ({"file": ("f", CSV)}, {"network": "nowhere"}, "network"),
        ({"file": ("f", CSV)}, {"source": "a\u200b"}, "source"),
        ({"file": ("f", CSV)}, {"profile": "im47"}, "file"),
    ],
)
async def test_a_form_with_a_bad_field_names_it(
    client: httpx.AsyncClient,
    files: dict[str, object],
    data: dict[str, str],
    field: str,
) -> None:
    answer = await client.post(IMPORTS, files=files, data=data)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_an_upload_is_read_to_the_cap_only(client: httpx.AsyncClient) -> None:
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Length": "60000000",
    }

    answer = await client.post(IMPORTS, content=b"--b", headers=headers)

    assert answer.status_code == 413
