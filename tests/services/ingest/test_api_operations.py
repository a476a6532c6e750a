"""How the service stands, its dead letters, and that it documents itself."""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.ingest import jobs
from services.ingest.app import create_app
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.jobs import Tools
from services.ingest.settings import Settings
from shared.contracts import PostLabel, PostsLabelled, PostsMatched
from shared.db import Database
from shared.errors import Unavailable
from shared.ids import new_id
from shared.mailbox import Message
from shared.mailbox_tables import tables
from shared.uow import Work
from tests.factories import NOW, make_key, make_region
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.matching import PoisonedMatcher, match_all
from tests.services.ingest.pushing import ndjson, offered, values
from tests.services.ingest.test_handlers_indexing import Picky, with_search

LETTERS = "/ingest/dead-letters"


async def test_the_status_counts_what_is_stored_and_what_waits(
    client: httpx.AsyncClient, quiet: Quiet
) -> None:
    await client.post("/ingest/posts", content=ndjson(post_object()))
    before = (await client.get("/ingest/status")).json()

    await quiet()

    after = (await client.get("/ingest/status")).json()
    nothing = dict.fromkeys(before, 0)
    assert before == nothing | {"posts": 1, "batches_waiting": 1, "index_queue": 1}
    assert after == nothing | {"posts": 1, "outbox": 1}


async def buried(work: Work, kind: str, body: dict[str, Any], region: int = 1) -> str:
    letter_id = new_id()
    async with work.unit(region) as uow:
        await uow.session.execute(
            tables("ingest")
            .dead_letter.insert()
            .values(
                id=letter_id,
                region_id=region,
                kind=kind,
                body=body,
                error="ValueError: x",
                tries=3,
                buried_at=NOW,
            )
        )
    return str(letter_id)


async def test_a_poisonous_post_is_listed_and_replayed(
    client: httpx.AsyncClient, queue: FakeQueue, tools: Tools, quiet: Quiet
) -> None:
    await client.post("/ingest/posts", content=ndjson(post_object(text="Тут яд")))
    poisoned = replace(tools, rulebooks=Rulebooks(PoisonedMatcher))
    await match_all(queue, poisoned)
    (letter,) = (await client.get(LETTERS)).json()["items"]

    replayed = await client.post(f"{LETTERS}/{letter['id']}/replay")
    await quiet()
    again = await client.post(f"{LETTERS}/{letter['id']}/replay")

    assert letter | {"id": None} == {
        "id": None,
        "kind": "post",
        "error": "ZeroDivisionError: this text is poison",
        "tries": 3,
        "buried_at": "2026-03-11T09:00:00Z",
    }
    assert replayed.json() == {"id": letter["id"], "kind": "post"}
    assert [post.text for each in offered(queue) for post in each.posts] == ["Тут яд"]
    assert (await client.get(LETTERS)).json() == {"items": []}
    assert again.status_code == 404


async def test_a_refused_document_is_replayed(
    client: httpx.AsyncClient, tools: Tools, quiet: Quiet
) -> None:
    await client.post("/ingest/posts", content=ndjson(post_object(text="Тут яд")))
    await jobs.index_posts(with_search(tools, Picky), 1)
    (letter,) = (await client.get(LETTERS)).json()["items"]

    await client.post(f"{LETTERS}/{letter['id']}/replay")
    await quiet()

    found = await client.get("/archive/posts", params={"q": "яд"})
    assert letter["kind"] == "document"
    assert len(found.json()["items"]) == 1


async def test_messages_that_failed_are_replayed(
    client: httpx.AsyncClient,
    work: Work,
    tools: Tools,
    queue: FakeQueue,
    quiet: Quiet,
) -> None:
    await client.post("/ingest/posts", content=ndjson(post_object()))
    await quiet()
    queue.rings.clear()
    (post_id,) = await values(work, "SELECT id FROM ingest.post")
    label = PostLabel(post_id=post_id, version=1, status="noise")
    theirs = PostsLabelled(region_id=1, labels=(label,))
    ours = PostsMatched(region_id=1, posts=())
    letters = [
        await buried(work, each.kind, each.model_dump(mode="json"))
        for each in (theirs, ours)
    ]

    for letter in letters:
        await client.post(f"{LETTERS}/{letter}/replay")
    await tools.courier.sweep()
    await quiet()

    ((packed,),) = queue.take("triage", "deliver")
    assert await values(work, "SELECT status FROM ingest.post") == ["noise"]
    assert Message.unpacked(packed).contract == ours


async def test_letters_of_another_region_do_not_exist(
    client: httpx.AsyncClient, work: Work, owner: Database
) -> None:
    south = await make_region(owner, "south")
    letter = await buried(work, "post", {"post_id": str(new_id())}, region=south.id)
    key = await make_key(owner, south)

    ours = await client.post(f"{LETTERS}/{letter}/replay")
    theirs = await client.get(LETTERS, headers={"Authorization": f"Bearer {key}"})

    assert ours.status_code == 404
    assert (await client.get(LETTERS)).json() == {"items": []}
    assert [each["id"] for each in theirs.json()["items"]] == [letter]


async def test_a_message_of_triage_has_its_effect_once(
    work: Work, tools: Tools, queue: FakeQueue, client: httpx.AsyncClient
) -> None:
    await client.post("/ingest/posts", content=ndjson(post_object()))
    (post_id,) = await values(work, "SELECT id FROM ingest.post")
    label = PostLabel(post_id=post_id, version=1, status="noise")
    message = Message(new_id(), "triage", PostsLabelled(region_id=1, labels=(label,)))

    for _ in range(2):
        assert await tools.courier.deliver(message.packed(), tries=1)

    acknowledged = queue.take("triage", "acknowledge")
    assert await values(work, "SELECT status FROM ingest.post") == ["noise"]
    assert acknowledged == [([str(message.id)],)] * 2


async def test_acknowledged_messages_leave_the_outbox(
    client: httpx.AsyncClient, work: Work, tools: Tools, quiet: Quiet
) -> None:
    await client.post("/ingest/posts", content=ndjson(post_object()))
    await quiet()
    ids = await values(work, "SELECT id::text FROM ingest.outbox")

    await tools.courier.acknowledge(ids)

    assert len(ids) == 1
    assert await values(work, "SELECT count(*) FROM ingest.outbox") == [0]


async def test_probes_tell_whether_the_parts_answer(app: httpx.AsyncClient) -> None:
    alive = await app.get("http://ingest.example/healthz")
    ready = await app.get("http://ingest.example/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert ready.json() == {
        "status": "ok",
        "parts": {"database": "ok", "queue": "ok", "search": "ok"},
    }


async def test_a_process_opens_and_closes_its_own_parts(
    database_url: str, valkey_url: str
) -> None:
    app = create_app(
        Settings(
            database_url=database_url,
            valkey_url=valkey_url,
            # The same 32 bytes as base64, in the alphabet of links.
            secret_key="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
        )
    )

    async with app.router.lifespan_context(app):
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://ingest.example"
        )
        async with client:
            ready = await client.get("/readyz")

    assert ready.json()["status"] == "ok"


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (None, "OTKLIK_SECRET_KEY is not set"),
        ("short", "must be 32 bytes"),
        ("z" * 64, "must be 32 bytes"),
        ("!" * 44, "must be 32 bytes"),
    ],
)
async def test_a_process_without_a_good_secret_does_not_start(
    secret: str | None, reason: str
) -> None:
    app = create_app(Settings(secret_key=secret))

    with pytest.raises(Unavailable, match=reason):
        async with app.router.lifespan_context(app):
            pass


def shows(operation: dict[str, Any], models: dict[str, Any]) -> bool:
    """Whether an answer of an operation has an example, in a model it uses perhaps."""
    waiting = [
        str(answer)
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    ]
    seen: set[str] = set()
    while waiting:
        text = waiting.pop()
        if "'example" in text:
            return True
        named = set(re.findall(r"#/components/schemas/(\w+)", text)) - seen
        seen |= named
        waiting += [str(models[name]) for name in named]
    return False


async def test_every_operation_is_documented(app: httpx.AsyncClient) -> None:
    schema = (await app.get("http://ingest.example/api/v1/ingest/openapi.json")).json()

    operations = {
        f"{method} {path}": operation
        for path, methods in schema["paths"].items()
        if path.startswith("/api/")
        for method, operation in methods.items()
    }
    without = [
        name
        for name, operation in operations.items()
        if not (operation.get("summary") and operation.get("description"))
    ]
    problems = {
        media
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
        for media in answer["content"]
    }
    models = schema["components"]["schemas"]
    bare = [
        name
        for name, each in operations.items()
        if "204" not in each["responses"] and not shows(each, models)
    ]
    assert len(operations) == 42
    assert without == []
    assert bare == []
    assert problems == {"application/problem+json"}
    assert all("401" in each["responses"] for each in operations.values())
