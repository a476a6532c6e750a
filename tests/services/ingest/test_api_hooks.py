"""Hooks over HTTP: the address is the key, each event counts once."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.ingest.app import create_app
from services.ingest.jobs import Tools
from services.ingest.settings import Settings
from services.ingest.sources.base import SourceError
from services.ingest.sources.networks import Networks
from shared.ids import new_id
from shared.process import Parts
from shared.standard_webhooks import ID, sign
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.conftest import SECRET
from tests.services.ingest.doubles import Clock
from tests.services.ingest.fake_network import Thing, event_of
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, rows, values
from tests.services.ingest.watching import SOURCES, watched, with_token

COMMENT = Thing("wallreply:-1_7", "Согласны, яма", NOW, "wall:-1_1")
ARCHIVE = "SELECT text, revision, deleted_at IS NOT NULL AS gone FROM ingest.post"
WEBHOOK = {"kind": "webhook", "name": "МФЦ", "network": "portal"}


@pytest.fixture
async def hook(client: httpx.AsyncClient) -> str:
    """Where the fake network delivers."""
    await with_token(client)
    return await path_of(client, await watched(client))


async def path_of(client: httpx.AsyncClient, source: dict[str, Any]) -> str:
    answer = await client.get(f"{SOURCES}/{source['id']}/hook")
    assert answer.status_code == 200, answer.text
    return answer.json()["path"].removeprefix("/api/v1")


async def post(app: httpx.AsyncClient, path: str, body: bytes) -> httpx.Response:
    """Deliver as a stranger does."""
    return await app.post(path, content=body, headers={"Authorization": ""})


async def test_an_event_is_stored_and_answered_as_the_network_wants_it(
    client: httpx.AsyncClient, hook: str, work: Work
) -> None:
    answer = await post(client, hook, event_of("new", COMMENT, "e1"))

    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")
    assert await rows(work, ARCHIVE) == [
        {"text": COMMENT.text, "revision": 1, "gone": False}
    ]


async def test_the_same_event_again_brings_nothing(
    client: httpx.AsyncClient, hook: str, work: Work
) -> None:
    at = {"edited_at": NOW.isoformat()}
    edited = Thing(COMMENT.key, "Яма у дома", NOW, COMMENT.parent)
    await post(client, hook, event_of("new", COMMENT, "e1"))
    await post(client, hook, event_of("edit", edited, "e2", **at))

    again = await post(client, hook, event_of("new", COMMENT, "e1"))

    assert (again.status_code, again.text) == (200, "ok")
    assert await values(work, "SELECT text FROM ingest.post") == ["Яма у дома"]
    assert await values(work, "SELECT count(*) FROM ingest.hook_event") == [2]


async def test_an_event_that_brings_nothing_is_noted_once_in_a_while(
    client: httpx.AsyncClient, hook: str, work: Work, clock: Clock
) -> None:
    noted = []
    for event, seconds in (("e1", 5), ("e2", 5), ("e3", 1), ("e4", 0)):
        answer = await post(client, hook, event_of("forward", COMMENT, event))
        clock.forward(seconds=seconds)
        noted += await values(work, "SELECT count(*) FROM ingest.hook_event")

    assert (answer.status_code, answer.text) == (200, "ok")
    assert noted == [1, 1, 1, 2]
    assert await values(work, "SELECT last_ok_at FROM ingest.source") == [
        NOW + timedelta(seconds=11)
    ]


async def test_a_late_new_leaves_a_deleted_post_deleted_until_it_is_restored(
    client: httpx.AsyncClient, hook: str, work: Work, clock: Clock
) -> None:
    await post(client, hook, event_of("new", COMMENT, "e1"))
    clock.forward(minutes=1)
    await post(client, hook, event_of("delete", COMMENT, "e2"))
    clock.forward(minutes=1)

    await post(client, hook, event_of("new", COMMENT, "e3"))
    late = await rows(work, ARCHIVE)
    at = {"edited_at": clock.now.isoformat()}
    await post(client, hook, event_of("restore", COMMENT, "e4", **at))
    restored = await rows(work, ARCHIVE)

    assert late == [{"text": "", "revision": 2, "gone": True}]
    assert restored == [{"text": COMMENT.text, "revision": 3, "gone": False}]


async def test_a_deletion_that_comes_first_is_kept(
    client: httpx.AsyncClient, hook: str, work: Work
) -> None:
    await post(client, hook, event_of("delete", COMMENT, "e2"))
    await post(client, hook, event_of("new", COMMENT, "e1"))

    assert await rows(work, ARCHIVE) == [{"text": "", "revision": 1, "gone": True}]


async def test_the_network_can_check_the_address(
    client: httpx.AsyncClient, hook: str
) -> None:
    confirmed = await post(client, hook, event_of("confirmation", COMMENT, "e0"))
    challenged = await client.get(f"{hook}?challenge=abc")

    assert (confirmed.text, challenged.text) == ("a1b2c3", "abc")


async def test_lost_events_make_us_ask(
    client: httpx.AsyncClient, hook: str, queue: FakeQueue
) -> None:
    queue.rings.clear()

    answer = await post(client, hook, event_of("lost", COMMENT, "e9"))

    assert answer.text == "ok"
    assert len(queue.take("ingest", "poll_source")) == 1


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe"])
async def test_what_a_stranger_sends_is_no_failure_of_ours(
    client: httpx.AsyncClient, hook: str, work: Work, body: bytes
) -> None:
    told = [
        await post(client, hook, body),
        await post(client, hook, event_of("new", COMMENT, "e1", secret="другая")),
    ]

    assert [answer.status_code for answer in told] == [400, 403]
    assert await values(work, "SELECT count(*) FROM ingest.post") == [0]


async def test_every_wrong_address_gets_the_same_answer(
    client: httpx.AsyncClient, hook: str
) -> None:
    key = hook.rpartition("/")[2]
    wrong = [
        f"/ingest/hooks/vk/{'A' * len(key)}",
        f"/ingest/hooks/vk/{key[:-3]}AAA",
        "/ingest/hooks/vk/x",
        f"/ingest/hooks/ok/{key}",
        f"/ingest/hooks/webhook/{key}",
        "/ingest/hooks/vk/яма",
    ]

    told = [await post(client, path, b"{}") for path in wrong]

    assert {answer.status_code for answer in told} == {404}
    assert len({answer.text for answer in told}) == 1


async def test_a_renewed_address_replaces_the_one_before_it(
    client: httpx.AsyncClient,
) -> None:
    await with_token(client)
    source = await watched(client)
    before = await path_of(client, source)

    renewed = await client.post(f"{SOURCES}/{source['id']}/hook")
    after = renewed.json()["path"].removeprefix("/api/v1")
    told = [
        await post(client, path, event_of("new", COMMENT, "e1"))
        for path in (before, after)
    ]

    assert [answer.status_code for answer in told] == [404, 200]


async def test_a_paused_source_is_delivered_to_later_a_disabled_one_never(
    client: httpx.AsyncClient,
) -> None:
    await with_token(client)
    source = await watched(client)
    path = await path_of(client, source)

    await client.post(f"{SOURCES}/{source['id']}/pause")
    paused = await post(client, path, event_of("new", COMMENT, "e1"))
    await client.patch(f"{SOURCES}/{source['id']}", json={"state": "disabled"})
    disabled = await post(client, path, event_of("new", COMMENT, "e1"))

    assert (paused.status_code, paused.headers["Retry-After"]) == (503, "600")
    assert disabled.status_code == 410


async def test_a_body_has_a_largest_size(client: httpx.AsyncClient, hook: str) -> None:
    answer = await post(client, hook, b" " * 5_000_001)

    assert answer.status_code == 413


@pytest.fixture
async def slow(
    client: httpx.AsyncClient, work: Work, queue: FakeQueue, tools: Tools
) -> httpx.AsyncClient:
    """The service with small limits."""
    app = create_app(
        Settings(
            secret_key=SECRET.hex(), hook_calls_a_minute=2, most_waiting_batches=1
        ),
        parts=Parts(work, queue),
        search=tools.search,
        networks=tools.networks,
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://ingest.example/api/v1",
            headers=client.headers,
        ) as limited,
    ):
        yield limited  # type: ignore[misc]


async def test_a_sender_in_a_hurry_is_told_when_to_come(
    slow: httpx.AsyncClient, hook: str, clock: Clock
) -> None:
    clock.forward(seconds=15)
    told = [await post(slow, hook, b"{") for _ in range(3)]
    clock.forward(seconds=60)
    later = await post(slow, hook, b"{")

    assert [answer.status_code for answer in told] == [400, 400, 429]
    assert told[-1].headers["Retry-After"] == "45"
    assert later.status_code == 400


async def test_when_matching_is_behind_nothing_more_is_taken(
    slow: httpx.AsyncClient, hook: str, work: Work
) -> None:
    for number in range(2):
        pushed = await slow.post(
            "/ingest/posts", content=ndjson(post_object(external_id=str(number)))
        )
        assert pushed.status_code == 200

    refused = await slow.post(
        "/ingest/posts", content=ndjson(post_object(external_id="9"))
    )
    event = await post(slow, hook, event_of("new", COMMENT, "e1"))

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert "wait to be matched" in refused.json()["detail"]
    assert event.status_code == 429
    assert await values(work, "SELECT count(*) FROM ingest.post") == [2]
    assert await values(work, "SELECT count(*) FROM ingest.hook_event") == [0]


async def test_without_counters_deliveries_are_still_taken(
    client: httpx.AsyncClient, hook: str, networks: Networks, work: Work
) -> None:
    async def silent(*_: object) -> None:
        raise SourceError("the budget does not answer")

    object.__setattr__(networks.means, "budget", type("", (), {"spend": silent})())

    answer = await post(client, hook, event_of("new", COMMENT, "e1"))

    assert answer.status_code == 200


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
