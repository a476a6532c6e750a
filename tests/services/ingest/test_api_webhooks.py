"""Signed webhooks over HTTP: every line has its receipt, every secret its time."""

import json
from typing import Any

import httpx
import pytest

from shared.ids import new_id
from shared.standard_webhooks import ID, sign
from shared.uow import Work
from tests.factories import NOW
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, values
from tests.services.ingest.watching import SOURCES, path_of

WEBHOOK = {"kind": "webhook", "name": "МФЦ", "network": "portal"}


async def delivered(
    client: httpx.AsyncClient, source: dict[str, Any], *lines: object, **more: str
) -> httpx.Response:
    """Deliver as a signed webhook does."""
    body = ndjson(*lines)
    headers = sign([source["secret"]], more.pop("id", str(new_id())), NOW, body)
    return await client.post(
        await path_of(client, source),
        content=body,
        headers={"Content-Type": "application/x-ndjson", **headers, **more},
    )


@pytest.fixture
async def webhook(client: httpx.AsyncClient) -> dict[str, Any]:
    """A signed webhook, with the secret it was made with."""
    return (await client.post(SOURCES, json=WEBHOOK)).json()


async def test_a_signed_delivery_gets_a_receipt_of_each_line(
    client: httpx.AsyncClient, webhook: dict[str, Any], work: Work
) -> None:
    good, other = post_object(), post_object(external_id="A-2", source="другое имя")
    naive = post_object(external_id="A-3", published_at="2026-03-11T09:00:00")

    answer = await delivered(client, webhook, good, naive, good, other)

    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 2,
        "duplicates": 1,
        "rejected": [
            {
                "line": 2,
                "reason": "published_at: must have an offset, such as +03:00 or Z",
            }
        ],
    }
    assert await values(work, "SELECT DISTINCT source_id::text FROM ingest.post") == [
        webhook["id"]
    ]


async def test_a_delivery_of_nothing_good_is_refused_line_by_line(
    client: httpx.AsyncClient, webhook: dict[str, Any]
) -> None:
    answer = await delivered(client, webhook, {"text": ""})

    assert answer.status_code == 422
    assert answer.json()["rejected"][0]["line"] == 1


async def test_a_replayed_delivery_brings_nothing(
    client: httpx.AsyncClient, webhook: dict[str, Any], work: Work
) -> None:
    await delivered(client, webhook, post_object(), id="m-1")
    changed = post_object(text="Другой текст")

    answer = await delivered(client, webhook, changed, id="m-1")

    assert answer.json() == {"accepted": 0, "duplicates": 1, "rejected": []}
    assert await values(work, "SELECT count(*) FROM ingest.post") == [1]


async def test_versions_out_of_order_end_with_the_latest(
    client: httpx.AsyncClient, webhook: dict[str, Any], work: Work
) -> None:
    late = post_object(text="Новее", edited_at="2025-11-11T15:00:00+03:00")
    early = post_object(text="Старее", edited_at="2025-11-11T14:00:00+03:00")
    await delivered(client, webhook, late)
    answer = await delivered(client, webhook, early)

    assert answer.json()["duplicates"] == 1
    assert await values(work, "SELECT text FROM ingest.post") == ["Новее"]


async def test_a_secret_is_renewed_while_the_sender_still_has_the_old_one(
    client: httpx.AsyncClient, webhook: dict[str, Any]
) -> None:
    path = f"{SOURCES}/{webhook['id']}/secret"
    second = webhook | (await client.post(path)).json()
    both = [
        (await delivered(client, each, post_object())).status_code
        for each in (webhook, second)
    ]
    third = webhook | (await client.post(path)).json()

    last = [
        (await delivered(client, each, post_object())).status_code
        for each in (webhook, second, third)
    ]

    assert both == [202, 202]
    assert last == [401, 202, 202]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"webhook-timestamp": "1773219000"}, 401),
        ({"webhook-signature": "v1,AAAA"}, 401),
        ({ID: "another"}, 401),
        ({"Content-Type": "text/html"}, 415),
    ],
)
async def test_a_delivery_that_is_not_as_signed_is_refused(
    client: httpx.AsyncClient,
    webhook: dict[str, Any],
    work: Work,
    headers: dict[str, str],
    status: int,
) -> None:
    answer = await delivered(client, webhook, post_object(), **headers)

    assert answer.status_code == status
    assert await values(work, "SELECT count(*) FROM ingest.post") == [0]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"\xff\xfe{", 400), (b"nothing", 422), (b'{"a":1}\n' * 10_001, 413)],
    ids=["UTF-16", "no JSON", "too many lines"],
)
async def test_a_body_that_is_none_is_refused(
    client: httpx.AsyncClient, webhook: dict[str, Any], body: bytes, status: int
) -> None:
    headers = sign([webhook["secret"]], "m-1", NOW, body)

    answer = await client.post(
        await path_of(client, webhook),
        content=body,
        headers={"Content-Type": "application/x-ndjson", **headers},
    )

    assert answer.status_code == status


async def test_a_webhook_opens_with_its_own_secret_alone(
    client: httpx.AsyncClient, webhook: dict[str, Any]
) -> None:
    other = (await client.post(SOURCES, json=WEBHOOK | {"name": "ЕДДС"})).json()
    forged = webhook | {"secret": other["secret"]}

    told = [
        (await delivered(client, each, post_object())).status_code
        for each in (webhook, forged)
    ]
    get = await client.get(await path_of(client, webhook))

    assert told == [202, 401]
    assert get.status_code == 405
    assert json.loads(get.text)["detail"] == "send POST"
