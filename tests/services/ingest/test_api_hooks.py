"""Hooks over HTTP: the address is the key, each event counts once."""

from datetime import timedelta

import httpx
import pytest

from services.ingest.app import create_app
from services.ingest.jobs import Tools
from services.ingest.settings import Settings
from services.ingest.sources.base import SourceError
from services.ingest.sources.networks import Networks
from shared.process import Parts
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.conftest import SECRET
from tests.services.ingest.doubles import Clock
from tests.services.ingest.fake_network import Thing, event_of
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, rows, values
from tests.services.ingest.watching import SOURCES, path_of, watched, with_token

COMMENT = Thing("wallreply:-1_7", "Согласны, яма", NOW, "wall:-1_1")
ARCHIVE = "SELECT text, revision, deleted_at IS NOT NULL AS gone FROM ingest.post"


@pytest.fixture
async def hook(client: httpx.AsyncClient) -> str:
    """Where the fake network delivers."""
    await with_token(client)
    return await path_of(client, await watched(client))


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
