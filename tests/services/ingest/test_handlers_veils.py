"""What was found on a person's own wall is kept without the person's number."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.ingest import jobs
from services.ingest.handlers import cursors
from services.ingest.jobs import Tools
from services.ingest.sources.base import OF_PEOPLE
from services.ingest.store import sealed_links
from services.ingest.store.rows import SealedLinkRow
from shared.db import EVERY_REGION, Database
from shared.identity.principal import Role
from shared.ids import lowest_id_at, new_id
from shared.models.identity import Region
from shared.search import Query
from shared.uow import Work
from tests.factories import NOW, make_key, make_user
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.fake_network import FakeNetwork
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, offered, rows, values
from tests.services.ingest.test_conduct import places_of
from tests.services.ingest.watching import polled, watched

PERSON = "700000012"
POST, COMMENT = f"wall:{PERSON}_5", f"wallreply:{PERSON}_8"
URL = f"https://vk.com/wall{PERSON}_5"


@pytest.fixture
async def found(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> dict[str, Any]:
    """A post on a person's wall and a comment under it were found, and remembered."""
    network.remembers = True
    source = await watched(client, intake="all")
    network.publish("Яма на Садовой", NOW, key=POST)
    network.publish("И у нас яма", NOW, key=COMMENT, parent=POST)
    await polled(tools, source)
    return source


@pytest.mark.usefixtures("found")
async def test_no_column_holds_the_number_of_a_person(
    owner: Database, tools: Tools, queue: FakeQueue, quiet: Quiet
) -> None:
    await quiet()

    sent = [post for message in offered(queue) for post in message.posts]
    page = await tools.search.search(Query(region_id=1, q="яма"))
    assert await places_of(owner, PERSON) == []
    assert len(sent) == len(page.hits) == 2
    assert PERSON not in str([*sent, *page.hits, *queue.rings])


async def test_what_a_connector_remembers_of_people_is_sealed_between_two_polls(
    found: dict[str, Any], network: FakeNetwork, tools: Tools, work: Work
) -> None:
    (stored,) = await values(work, "SELECT cursor FROM ingest.source")

    await polled(tools, found)

    assert stored.keys() == {"seen", "sealed"}
    assert network.cursors == [{}, {"seen": stored["seen"], OF_PEOPLE: [POST, COMMENT]}]


async def test_what_does_not_open_is_forgotten_and_the_rest_goes_on(
    found: dict[str, Any], network: FakeNetwork, tools: Tools, owner: Database
) -> None:
    forge = """UPDATE ingest.source SET cursor = jsonb_set(cursor, '{sealed}', '"AAAA"')
        RETURNING cursor ->> 'seen'"""
    async with owner.session(EVERY_REGION) as session:
        seen = await session.scalar(text(forge))

    await polled(tools, found, times=2)

    assert network.cursors[1] == {"seen": seen}
    assert network.cursors[2].keys() == {"seen", OF_PEOPLE}


async def test_a_sealed_cursor_opens_for_its_own_source_only(
    found: dict[str, Any], work: Work, tools: Tools
) -> None:
    (stored,) = await values(work, "SELECT cursor FROM ingest.source")

    own, another = (
        cursors.opened(stored, tools.vault, source)
        for source in (UUID(found["id"]), new_id())
    )

    assert own.keys() == {"seen", OF_PEOPLE}
    assert another.keys() == {"seen"}


@pytest.mark.usefixtures("found")
async def test_a_comment_still_stands_under_its_post(
    queue: FakeQueue, quiet: Quiet
) -> None:
    await quiet()

    sent = {post.kind: post for message in offered(queue) for post in message.posts}
    assert sent["comment"].parent_key == sent["post"].key
    assert (sent["post"].key or "").startswith("vk:wall:~")


async def test_the_same_post_stays_one_row_until_it_is_deleted(
    found: dict[str, Any],
    network: FakeNetwork,
    tools: Tools,
    work: Work,
    clock: Clock,
) -> None:
    network.thing(POST).text = "Яма на Садовой, всё ещё"
    network.thing(POST).edited_at = NOW + timedelta(minutes=1)
    network.vanish(COMMENT)
    clock.forward(minutes=5)
    await polled(tools, found)
    edited = await rows(work, "SELECT kind, revision FROM ingest.post ORDER BY kind")
    network.thing(POST).flagged = True
    await polled(tools, found)

    assert edited == [
        {"kind": "comment", "revision": 1},
        {"kind": "post", "revision": 2},
    ]
    gone = "SELECT count(*) FROM ingest.post WHERE deleted_at IS NOT NULL"
    kept = "SELECT kind FROM ingest.post JOIN ingest.sealed_link ON post_id = id"
    assert await values(work, gone) == [1]
    assert await values(work, kept) == ["comment"]


@pytest.fixture
async def desk(owner: Database, region: Region) -> dict[str, str]:
    """The headers of a person who handles complaints."""
    person = await make_user(owner, region, Role.MODERATOR)
    key = await make_key(owner, region, scopes="triage", person=person)
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.usefixtures("found")
async def test_those_who_handle_complaints_open_the_address_and_that_is_logged(
    client: httpx.AsyncClient, work: Work, desk: dict[str, str]
) -> None:
    (post_id,) = await values(work, "SELECT id FROM ingest.post WHERE kind = 'post'")

    shown = await client.get(f"/ingest/posts/{post_id}")
    refused = await client.post(f"/ingest/posts/{post_id}/address")
    opened = await client.post(f"/ingest/posts/{post_id}/address", headers=desk)

    log = await values(
        work, "SELECT body FROM audit.event WHERE body LIKE '%address.opened%'"
    )
    assert shown.json()["url"] is None
    assert refused.status_code == 403
    assert opened.json() == {"url": URL}
    assert [str(post_id) in body for body in log] == [True]
    assert PERSON not in log[0]


@pytest.mark.usefixtures("found")
async def test_a_program_opens_no_address(
    client: httpx.AsyncClient, work: Work, owner: Database, region: Region
) -> None:
    (post_id,) = await values(work, "SELECT id FROM ingest.post WHERE kind = 'post'")
    key = await make_key(owner, region, scopes="triage admin")

    answer = await client.post(
        f"/ingest/posts/{post_id}/address", headers={"Authorization": f"Bearer {key}"}
    )

    log = "SELECT count(*) FROM audit.event WHERE body LIKE '%address.opened%'"
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:otklik:problem:named-person-required"
    assert await values(work, log) == [0]


async def test_an_address_that_names_nobody_is_not_sealed(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    work: Work,
    desk: dict[str, str],
) -> None:
    source = await watched(client)
    network.publish("Яма", NOW)
    await polled(tools, source)
    (post_id,) = await values(work, "SELECT id FROM ingest.post")

    answer = await client.post(f"/ingest/posts/{post_id}/address", headers=desk)

    assert answer.status_code == 404
    assert await values(work, "SELECT url FROM ingest.post") == [
        "https://vk.com/wall-1_1"
    ]


async def test_addresses_are_erased_with_the_payloads_of_their_time(
    tools: Tools, work: Work, clock: Clock, region: Region
) -> None:
    ages = {days: lowest_id_at(clock.now - timedelta(days=days)) for days in (29, 31)}
    async with work.unit(1) as uow:
        for days, post in ages.items():
            row = [SealedLinkRow(post, b"x")]
            at = clock.now - timedelta(days=days)
            await sealed_links.keep(uow.session, 1, row, now=at)

    await jobs.expire_raw(tools)

    log = "SELECT body FROM audit.event WHERE body LIKE '%address.expired%'"
    told = [json.loads(body)["detail"] for body in await values(work, log)]
    assert await values(work, "SELECT post_id FROM ingest.sealed_link") == [ages[29]]
    assert [each["erased"] for each in told] == [1]


@pytest.mark.parametrize(
    "told",
    [
        ("vk", URL, PERSON),
        ("portal", URL, PERSON),
        ("ok", f"https://ok.ru/profile/{PERSON}/statuses/154", PERSON),
        ("x", "https://x.com/petrov_sever/status/17", "petrov_sever"),
        ("tiktok", "https://www.tiktok.com/@petrov_sever/video/9", "petrov_sever"),
        ("facebook", "https://facebook.com/petrov.sever/posts/pfbid0a", "petrov.sever"),
        ("instagram", "https://instagram.com/petrov.sever/p/Cx1/", "petrov.sever"),
    ],
)
async def test_no_column_holds_whom_the_address_of_a_pushed_post_names(
    client: httpx.AsyncClient,
    owner: Database,
    quiet: Quiet,
    queue: FakeQueue,
    told: tuple[str, str, str],
) -> None:
    network, url, name = told
    csv = f"Текст;Дата;Ссылка;И ещё\nСвета нет;11.03.2026 11:00;{url};{url}\n"

    pushed = await client.post(
        "/ingest/posts", content=ndjson(post_object(network=network, url=url))
    )
    looked = await client.post(
        "/ingest/imports", files={"file": ("a.csv", csv.encode(), "text/csv")}
    )
    begun = await client.post(f"/ingest/imports/{looked.json()['id']}/commit", json={})
    await quiet()

    sent = [post for message in offered(queue) for post in message.posts]
    assert pushed.json()["accepted"] == 1
    assert begun.status_code in {200, 202}
    assert await places_of(owner, name) == []
    assert sent
    assert name not in f"{sent} {looked.text} {queue.rings}"


async def test_a_sealed_address_that_was_pushed_opens_for_a_person(
    client: httpx.AsyncClient, work: Work, desk: dict[str, str]
) -> None:
    url = f"https://ok.ru/profile/{PERSON}/statuses/154"
    await client.post("/ingest/posts", content=ndjson(post_object(url=url)))
    (post_id,) = await values(work, "SELECT id FROM ingest.post")

    opened = await client.post(f"/ingest/posts/{post_id}/address", headers=desk)

    assert opened.json() == {"url": url}


async def test_what_systems_push_and_files_bring_is_veiled_as_well(
    client: httpx.AsyncClient, work: Work, quiet: Quiet
) -> None:
    pushed = post_object(network="vk", url=URL)
    named = post_object(network="vk", external_id=POST, url=URL)
    await client.post("/ingest/posts", content=ndjson(pushed, named))
    csv = f"Текст;Дата;Ссылка\nЯма;11.03.2026 11:00;{URL}\n"
    looked = await client.post(
        "/ingest/imports", files={"file": ("a.csv", csv.encode(), "text/csv")}
    )
    begun = await client.post(f"/ingest/imports/{looked.json()['id']}/commit", json={})
    await quiet()

    assert begun.status_code in {200, 202}
    tables = ("post", "post_key", "import_run", "index_queue", "outbox")
    kept = [
        value
        for table in tables
        for value in await values(work, f"SELECT t::text FROM ingest.{table} AS t")  # noqa: S608 -- fixed names
    ]
    assert len(kept) >= len(tables)
    assert PERSON not in " ".join(kept)
