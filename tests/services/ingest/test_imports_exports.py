"""The incumbent's export and odd files: history is kept, authors nowhere."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.contracts import HandledIncident, IncidentsImported
from shared.db import Database
from shared.mailbox import Message
from shared.uow import Work
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Quiet
from tests.services.ingest.pushing import rows, values
from tests.services.ingest.test_conduct import places_of
from tests.services.ingest.test_domain_files_im47 import ROW
from tests.services.ingest.uploads import IMPORTS, take, upload
from tests.services.ingest.workbooks import packed, parts, workbook


def export(*changes: dict[str, Any]) -> bytes:
    table = [ROW | each for each in changes]
    return workbook([list(ROW), *(list(row.values()) for row in table)])


async def test_the_incumbents_export_is_history_not_work(
    client: httpx.AsyncClient, work: Work, queue: FakeQueue, quiet: Quiet
) -> None:
    seen = await upload(client, export({}))
    done = await take(client, quiet, seen["id"])

    ((packed,),) = queue.take("triage", "deliver")
    (post,) = await rows(work, "SELECT * FROM ingest.post")
    text = "Яма на Садовой, 5"
    assert (seen["profile"], done["accepted"]) == ("im47", 1)
    assert (post["network"], post["text"], post["status"]) == ("vk", text, "closed")
    assert post["batch_id"] is None, "it never becomes a candidate"
    assert Message.unpacked(packed).contract == IncidentsImported(
        region_id=1,
        incidents=(
            HandledIncident(
                post_id=post["id"],
                text=text,
                url="https://vk.com/wall-900000001_4101",
                network="vk",
                published_at=datetime(2025, 10, 1, 9, 0, tzinfo=UTC),
                number="77",
                authority="Дорожная служба",
                topic_group="Дороги",
                topic="Ямы",
                municipality="Северный район",
                incident_kind="solvable",
                outcome="solved",
                closing_reason="author_satisfied",
                created_at=datetime(2025, 10, 1, 9, 0, tzinfo=UTC),
                first_answer_at=datetime(2025, 10, 2, 7, 0, tzinfo=UTC),
                closed_at=datetime(2025, 10, 20, 15, 30, tzinfo=UTC),
                answers=("[имя], здравствуйте! Проверим.", "Яму засыпали."),
            ),
        ),
    )


async def test_what_has_no_field_is_kept_beside_the_post(
    client: httpx.AsyncClient, work: Work, quiet: Quiet
) -> None:
    seen = await upload(client, export({"Примечание": "Звонил +7 912 345-67-89"}))
    await take(client, quiet, seen["id"])

    (extra,) = await values(work, "SELECT extra FROM ingest.post")
    kept = extra["im47"]
    assert (kept["number"], kept["executor"], kept["note"]) == (
        "77",
        "ПИ Дороги",
        "Звонил [телефон]",
    )
    assert (
        kept["durations"]["Первая реакция с момента назн. ПИ"]
        == timedelta(hours=12).total_seconds()
    )


async def test_authors_of_an_export_are_kept_nowhere(
    client: httpx.AsyncClient, owner: Database, queue: FakeQueue, quiet: Quiet
) -> None:
    secret = "https://vk.com/id900000077"
    seen = await upload(client, export({}))
    before = await places_of(owner, secret, "id900000077", "Мария")

    await take(client, quiet, seen["id"])

    assert "id900000077" not in json.dumps(seen)
    assert before == []
    assert await places_of(owner, secret, "id900000077", "Мария") == []
    assert "Мария" not in str(queue.rings)


async def test_two_incidents_of_one_post_are_both_sent(
    client: httpx.AsyncClient, work: Work, queue: FakeQueue, quiet: Quiet
) -> None:
    seen = await upload(
        client, export({}, {"Номер инцидента": "78", "Текущий шаг инцидента": "Иное"})
    )

    done = await take(client, quiet, seen["id"])

    ((packed,),) = queue.take("triage", "deliver")
    numbers = [each.number for each in Message.unpacked(packed).contract.incidents]
    assert numbers == ["77", "78"]
    assert (done["accepted"], done["duplicates"]) == (1, 1)


async def test_signs_no_database_can_keep_lose_no_row(
    client: httpx.AsyncClient, work: Work, quiet: Quiet
) -> None:
    long = "Яма на дороге " * 20
    data = f"date;text;x\0y\n11.11.2025 12:00;{long};a\0b\n12.11.2025;Мёд;".encode()
    seen = await upload(client, data + b"\xff\n")

    done = await take(client, quiet, seen["id"])

    assert (done["accepted"], [each["line"] for each in done["rejected"]]) == (1, [3])
    assert await values(work, "SELECT extra FROM ingest.post") == [{"x y": "a b"}]


async def test_a_zip_bomb_is_refused(client: httpx.AsyncClient) -> None:
    bomb = packed(parts("") | {"xl/media/image1.png": b"\0" * 300_000_000})

    answer = await client.post(IMPORTS, files={"file": ("f.xlsx", bomb)})

    assert answer.status_code == 422
