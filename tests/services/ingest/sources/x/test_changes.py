"""Edits, deletions and counters of X, told by checks."""

import httpx

from infra.sandbox.networks.x.server import LOOKUP
from services.ingest.domain.versions import Effect
from services.ingest.sources.base import Evidence
from services.ingest.sources.x.watch import XSource
from tests.services.ingest.sources.polls import read_all
from tests.services.ingest.sources.x.polls import poller
from tests.services.ingest.sources.x.world import (
    ENDLESS,
    XServer,
)
from tests.services.ingest.sources.x.world import (
    SEARCH as WORDS,
)

# Edits and losses


async def test_an_edit_has_a_new_id_and_the_key_of_the_first() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.forward(minutes=10)
    x.edit(item, "Яма и люк")

    await read_all(x, one)

    key = x.key(item)
    assert one.archive.standing == {key: "Яма и люк"}
    assert one.archive.effects_on(key) == [Effect.NEW, Effect.REVISION]
    assert one.archive.posts[key].url == f"https://x.com/i/web/status/{x.ids(item)[1]}"


async def test_an_edit_that_is_not_found_any_more_is_noticed() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.forward(minutes=10)
    x.edit(item, "Засыпали")

    await read_all(x, one, minutes=25)

    assert one.archive.standing == {x.key(item): "Засыпали"}
    # The known version leads to the last one, which is read by its own id.
    first, last = x.ids(item)
    assert [asked["ids"] for asked in x.called(LOOKUP)] == [str(first), str(last)]


async def test_deleting_is_told_by_id_and_taken_at_once() -> None:
    x = XServer()
    item, stays = x.publish("Яма"), x.publish("Яма вторая")
    x.edit(item, "Яма третья")
    one = poller(x)
    await read_all(x, one)
    x.delete(item)

    await read_all(x, one, minutes=31)

    assert one.archive.standing == {x.key(stays): "Яма вторая"}
    assert one.archive.evidence[x.key(item)] is Evidence.FLAG


async def test_a_locked_account_is_absent_until_it_opens_again() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.lock(item)
    stood = []
    for _ in range(3):
        await read_all(x, one, minutes=31)
        stood.append(bool(one.archive.standing))
    x.restore(item)

    await read_all(x, one, minutes=31)

    assert (stood, one.archive.standing) == ([True, True, False], x.standing())


async def test_an_absence_is_confirmed_within_minutes_and_for_nothing() -> None:
    x = XServer()
    item, _ = x.publish("Яма"), x.publish("Яма вторая")
    number = str(x.ids(item)[0])
    one = poller(x)
    await read_all(x, one)
    x.lock(item)
    for minutes in (31, 5, 5):
        await read_all(x, one, minutes=minutes)

    assert list(one.archive.standing.values()) == ["Яма вторая"]
    asked = [each["ids"] for each in x.called(LOOKUP)]
    assert (asked[1:], x.paid) == ([number, number], 2)


async def test_a_post_that_is_not_mentioned_at_all_is_absent() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    stood = []
    for _ in range(3):
        x.before.append(lambda: None)
        x.forward(minutes=31)
        empty = httpx.Response(200, json={"meta": {"result_count": 0}})
        x.says += [empty, httpx.Response(200, json={})]
        await read_all(x, one)
        stood.append(bool(one.archive.standing))

    assert stood == [True, True, False]


async def test_counters_come_with_the_checks() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.comment(item, "и тут")

    source = XSource(WORDS, x.access(**ENDLESS))
    x.forward(minutes=31)
    fetched = await source.fetch(one.cursor, now=x.now)

    assert [each.post.metrics["comments"] for each in fetched.posts] == [1]


async def test_what_is_old_is_forgotten() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    await read_all(x, one)

    await read_all(x, one, days=3)

    assert one.cursor["memory"] == {}
    assert list(one.archive.standing.values()) == ["Яма"]
