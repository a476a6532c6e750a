"""Watched pages: one post is one row, what is missing, how late it is."""

from datetime import timedelta

import httpx

from services.ingest.handlers.receive import raw_place_of
from services.ingest.jobs import Tools
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.fake_network import FakeNetwork, Wire
from tests.services.ingest.pushing import offered, rows, values
from tests.services.ingest.watching import OTHER, polled, shown, watched


async def test_one_post_seen_by_two_sources_is_one_row(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    wall, search = await watched(client), await watched(client, OTHER)
    network.publish("Яма", NOW)

    await polled(tools, wall)
    await polled(tools, search)

    found = await rows(work, "SELECT source_id, revision FROM ingest.post")
    assert [(str(each["source_id"]), each["revision"]) for each in found] == [
        (wall["id"], 1)
    ]


async def test_a_file_and_a_page_meet_in_one_post(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    work: Work,
    quiet: Quiet,
) -> None:
    csv = (
        "Текст;Дата;Ссылка\nЯма;11.03.2026 11:00;https://m.vk.com/klenovsk?w=wall-1_1\n"
    )
    looked = await client.post(
        "/ingest/imports", files={"file": ("a.csv", csv.encode(), "text/csv")}
    )
    begun = await client.post(f"/ingest/imports/{looked.json()['id']}/commit", json={})
    assert begun.status_code in {200, 202}, begun.text
    await quiet()
    source = await watched(client)
    network.publish("Яма", NOW - timedelta(hours=1))

    await polled(tools, source)

    assert await values(work, "SELECT external_id FROM ingest.post") == ["wall:-1_1"]
    assert await values(work, "SELECT revision FROM ingest.post") == [1]


async def test_pushing_systems_keep_keys_of_their_own(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    network.publish("Яма", NOW)
    await polled(tools, await watched(client))

    await client.post(
        "/ingest/posts",
        json={
            "network": "vk",
            "source": "Агрегатор",
            "external_id": "wall:-1_1",
            "text": "Яма",
            "published_at": "2026-03-11T12:00:00+03:00",
        },
    )

    assert await values(work, "SELECT count(*) FROM ingest.post") == [2]


async def test_triage_hears_the_networks_own_key_and_no_others(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    queue: FakeQueue,
    quiet: Quiet,
) -> None:
    await quiet()
    network.publish("Яма", NOW)
    await polled(tools, await watched(client, intake="all"))
    pushed = {
        "network": "vk",
        "source": "Агрегатор",
        "external_id": "wall:-1_1",
        "parent_id": "wall:-1_0",
        "text": "Яма",
        "published_at": "2026-03-11T12:00:00+03:00",
    }
    await client.post("/ingest/posts", json=pushed)

    await quiet()

    told = {
        (post.source_name, post.key, post.parent_key)
        for sent in offered(queue)
        for post in sent.posts
    }
    assert told == {
        ("klenovsk", "vk:wall:-1_1", None),
        ("Агрегатор", None, None),
    }


async def test_what_a_search_saw_first_comes_to_the_queue_of_a_page_that_takes_all(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    work: Work,
    queue: FakeQueue,
    quiet: Quiet,
) -> None:
    await quiet()
    search = await watched(client, OTHER)
    network.publish("Спасибо за новый автобус", NOW)
    await polled(tools, search)
    await quiet()
    before = offered(queue)

    page = await watched(client, intake="all")
    await polled(tools, page)
    await quiet()
    after = offered(queue)
    await polled(tools, page)
    await quiet()

    assert before == []
    assert [str(post.source_id) for sent in after for post in sent.posts] == [
        page["id"]
    ]
    assert offered(queue) == []


async def test_three_polls_without_it_delete_a_post_and_a_sighting_restores_it(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    source = await watched(client)
    network.publish("Старше", NOW - timedelta(minutes=9))
    key = network.publish("Яма", NOW - timedelta(minutes=5))
    network.publish("Новее", NOW - timedelta(minutes=1))
    await polled(tools, source, times=2)
    lost = network.thing(key)
    network.vanish(key)
    query = """SELECT deleted_at IS NOT NULL AS gone, evidence, missing_polls AS n
        FROM ingest.post WHERE external_id = :key"""
    seen = []

    for _ in range(3):
        await polled(tools, source)
        seen += await rows(work, query, key=key)
    network.world.append(lost)
    await polled(tools, source)
    seen += await rows(work, query, key=key)

    assert seen == [
        {"gone": False, "evidence": None, "n": 1},
        {"gone": False, "evidence": None, "n": 2},
        {"gone": True, "evidence": "absent", "n": 0},
        {"gone": False, "evidence": None, "n": 0},
    ]


async def test_a_post_missing_now_and_then_is_not_deleted(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    source = await watched(client)
    network.publish("Старше", NOW - timedelta(minutes=9))
    key = network.publish("Яма", NOW - timedelta(minutes=5))
    network.publish("Новее", NOW - timedelta(minutes=1))
    await polled(tools, source)
    thing = network.thing(key)

    for _ in range(4):
        network.vanish(key)
        await polled(tools, source, times=2)
        network.world.append(thing)
        await polled(tools, source)

    assert await values(
        work, "SELECT count(*) FROM ingest.post WHERE deleted_at IS NULL"
    ) == [3]


async def test_an_orphan_is_joined_to_what_it_answers_when_that_is_known(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    source = await watched(client)
    key = network.publish("Согласны", NOW, parent="wall:-1_1", key="wallreply:-1_7")
    comment = network.thing(key)
    comment.parent = None
    await polled(tools, source)
    comment.parent = "wall:-1_1"

    await polled(tools, source)

    told = await rows(work, "SELECT parent_key, revision FROM ingest.post")
    assert told == [{"parent_key": "wall:-1_1", "revision": 1}]


async def test_counters_follow_the_network_and_say_when(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    work: Work,
    clock: Clock,
) -> None:
    source = await watched(client)
    key = network.publish("Яма", NOW)
    query = "SELECT metrics, metrics_at, revision FROM ingest.post"
    await polled(tools, source)
    unknown = await rows(work, query)
    clock.forward(minutes=5)
    network.thing(key).likes = 0
    await polled(tools, source)

    known = await rows(work, query)
    assert unknown == [{"metrics": {}, "metrics_at": None, "revision": 1}]
    assert known == [{"metrics": {"likes": 0}, "metrics_at": clock.now, "revision": 1}]


async def test_raw_payloads_are_sealed_without_authors_and_go_with_the_post(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    work: Work,
    vault: Vault,
) -> None:
    source = await watched(client)
    key = network.publish("Яма", NOW)
    await polled(tools, source)
    (raw,) = await rows(
        work, "SELECT post_id, revision, sealed FROM ingest.raw_payload"
    )
    network.thing(key).flagged = True
    await polled(tools, source)

    place = raw_place_of(raw["post_id"], 1)
    assert vault.unseal(raw["sealed"], place) == '{"id": "wall:-1_1", "text": "Яма"}'
    assert await rows(work, "SELECT * FROM ingest.raw_payload") == []
    assert await values(work, "SELECT evidence FROM ingest.post") == ["flag"]


async def test_lag_and_skew_are_seen(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    clock: Clock,
    wire: Wire,
) -> None:
    source = await watched(client)
    network.publish("Давно", NOW - timedelta(days=3))
    await polled(tools, source)
    first = await shown(client, source)
    clock.forward(minutes=20)
    network.publish("Яма", clock.now - timedelta(minutes=12))
    wire.now = clock.now + timedelta(minutes=10)

    await polled(tools, source)

    second = await shown(client, source)
    assert (first["lag_s"], first["skew_s"], first["health"]) == (None, None, "ok")
    assert (second["lag_s"], second["skew_s"], second["health"]) == (720, 600, "late")
    assert second["unknown"] == {"attachment:hologram": 2}


async def test_a_backlog_is_read_at_once_page_by_page(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    work: Work,
    quiet: Quiet,
) -> None:
    for number in range(20):
        network.publish(f"Яма {number}", NOW - timedelta(minutes=number))
    await watched(client)

    answered = await quiet()

    assert await values(work, "SELECT count(*) FROM ingest.post") == [20]
    assert answered.count("ingest.poll_source") == network.fetches == 10
