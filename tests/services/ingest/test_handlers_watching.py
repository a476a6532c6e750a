"""Watched pages: one post is one row, what is missing, how late, with which token."""

from datetime import timedelta

import httpx
import pytest

from services.ingest.handlers.receive import raw_place_of
from services.ingest.jobs import Tools, measure_page, poll_sources, ring_due, sweep
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.networks import Networks
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.fake_network import FakeNetwork, Wire
from tests.services.ingest.pushing import offered, rows, values
from tests.services.ingest.watching import TOKEN, polled, shown, watched, with_token

OTHER = "https://vk.com/search"


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


async def test_a_refused_token_stops_every_source_of_it_and_another_starts_them(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    networks: Networks,
    queue: FakeQueue,
) -> None:
    token = await with_token(client)
    one, other = await watched(client), await watched(client, OTHER)
    network.failures = [SourceError("no such token", ErrorKind.REAUTH, code="vk:5")]
    queue.rings.clear()

    await polled(tools, one)
    await polled(tools, other)
    stopped = [await shown(client, each) for each in (one, other)]
    calls = len(network.tokens)
    (told,) = (await client.get("/ingest/credentials")).json()["items"]
    await client.put(
        f"/ingest/credentials/{token['id']}", json={"secrets": {"token": "другой"}}
    )
    rung = queue.take("ingest", "poll_source")
    await polled(tools, one)

    assert [(each["health"], each["error_code"]) for each in stopped] == [
        ("token", "vk:5")
    ] * 2
    assert [each["budget"] for each in stopped] == [
        {"stopped": True, "parked_until": None}
    ] * 2
    assert calls == 1
    assert (told["state"], told["error_code"]) == ("refused", "vk:5")
    assert sorted(rung) == sorted([(1, one["id"]), (1, other["id"])])
    assert network.tokens[-1] == "другой"
    assert (await shown(client, one))["health"] == "ok"


async def test_with_two_tokens_of_a_kind_the_refused_one_is_not_missed(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, queue: FakeQueue
) -> None:
    await with_token(client, "первый", secrets={"token": "первый"})
    await with_token(client, "второй", secrets={"token": "второй"})
    source = await watched(client)
    queue.rings.clear()
    network.failures = [SourceError("no such token", ErrorKind.REAUTH)]

    await polled(tools, source)
    rung = queue.take("ingest", "poll_source")
    await polled(tools, source)

    assert rung == [(1, source["id"])]
    assert network.tokens == ["первый", "второй"]
    assert (await shown(client, source))["health"] == "ok"


async def test_a_chosen_token_is_used_alone_of_its_kind(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> None:
    await with_token(client, "первый", secrets={"token": "первый"})
    chosen = await with_token(client, "второй", secrets={"token": "второй"})
    source = await watched(client, credential_id=chosen["id"])
    network.failures = [SourceError("no such token", ErrorKind.REAUTH)]

    await polled(tools, source, times=2)

    assert network.tokens == ["второй"]
    assert (await shown(client, source))["health"] == "token"


async def test_a_token_whose_time_is_over_is_not_used(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, clock: Clock
) -> None:
    await with_token(client, expires_at="2026-03-11T10:00:00Z")
    source = await watched(client)
    await polled(tools, source)
    clock.forward(hours=2)

    await polled(tools, source)

    (told,) = (await client.get("/ingest/credentials")).json()["items"]
    assert network.tokens == [TOKEN]
    assert told["state"] == "expired"


async def test_a_source_that_was_rung_for_is_not_asked_twice_at_once(
    client: httpx.AsyncClient, tools: Tools, queue: FakeQueue, clock: Clock
) -> None:
    source = await watched(client)
    rung = queue.take("ingest", "poll_source")

    await ring_due(tools)
    at_once = queue.take("ingest", "poll_sources")
    clock.forward(seconds=30)
    await ring_due(tools)

    assert (rung, at_once) == ([(1, source["id"])], [])
    assert queue.take("ingest", "poll_sources") == [(1, [source["id"]])]


async def test_due_sources_are_rung_for_in_groups(
    client: httpx.AsyncClient, tools: Tools, queue: FakeQueue, clock: Clock
) -> None:
    made = [
        (await watched(client, f"https://vk.com/club{n}", poll_every_s=10))["id"]
        for n in range(12)
    ]
    queue.rings.clear()
    clock.forward(seconds=30)

    await ring_due(tools)

    groups = [ids for _, ids in queue.take("ingest", "poll_sources")]
    assert [len(ids) for ids in groups] == [10, 2]
    assert sorted(each for ids in groups for each in ids) == sorted(made)


async def test_sources_polled_together_fail_alone(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools
) -> None:
    one, other = await watched(client), await watched(client, OTHER)
    network.failures = [SourceError("HTTP 502")]

    await poll_sources(tools, 1, [one["id"], other["id"]])

    healths = {(await shown(client, each))["health"] for each in (one, other)}
    assert healths == {"failing", "ok"}


async def test_figures_are_kept_once_a_day_and_never_overwritten(
    client: httpx.AsyncClient,
    network: FakeNetwork,
    tools: Tools,
    queue: FakeQueue,
    clock: Clock,
) -> None:
    source = await watched(client)
    await polled(tools, source)
    await sweep(tools)
    rung = queue.take("ingest", "measure_page")
    await measure_page(tools, 1, source["id"])
    network.followers = 1300
    await measure_page(tools, 1, source["id"])
    clock.forward(days=1)
    await sweep(tools)
    next_day = queue.take("ingest", "measure_page")
    await measure_page(tools, 1, source["id"])

    listed = (await client.get(f"/ingest/sources/{source['id']}/figures")).json()
    assert rung == next_day == [(1, source["id"])]
    assert [(each["day"], each["value"]) for each in listed["items"]] == [
        ("2026-03-12", 1300),
        ("2026-03-11", 1200),
    ]


async def test_the_database_itself_keeps_figures_as_they_are(work: Work) -> None:
    with pytest.raises(Exception, match="permission denied"):
        await rows(work, "UPDATE ingest.page_stat SET value = 0 RETURNING 1 AS n")


async def test_figures_that_can_not_be_had_are_nothing_against_the_source(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, work: Work
) -> None:
    source = await watched(client)
    await polled(tools, source)
    network.failures = [SourceError("no right", ErrorKind.DISABLE)]

    await measure_page(tools, 1, source["id"])

    assert (await shown(client, source))["health"] == "ok"
    assert await values(work, "SELECT next_figures_at FROM ingest.source") == [
        NOW + timedelta(hours=3)
    ]
