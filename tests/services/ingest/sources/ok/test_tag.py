"""Topics with a hashtag."""

from contextlib import suppress
from datetime import timedelta

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Evidence, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.ok.tag import TagSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.contract import read
from tests.services.ingest.sources.ok.test_group_contract import OkWorld
from tests.services.ingest.sources.ok.world import (
    GROUP,
    OTHER,
    OTHER_GROUP,
    OkServer,
    user,
)
from tests.services.ingest.sources.polls import read_all
from tests.services.ingest.sources.staged import RESIDENT

TAG = Place(Network.OK, "tag", "ямы", "https://ok.ru/search?st.query=%23ямы", "#ямы")


def poller(ok: OkServer, **options: object) -> Poller:
    return Poller(TagSource(TAG, ok.access(user("ok-reader"), **options)))


async def test_topics_of_all_groups_are_found() -> None:
    ok = OkServer()
    ok.publish("Яма на Лесной #ямы")
    ok.publish("И у нас #Ямы", page=OTHER)
    ok.publish("ямы без метки")
    one = poller(ok)

    await read_all(ok, one)

    found = {(post.source, post.text) for post in one.archive.posts.values()}
    assert found == {
        (f"ok:{GROUP}", "Яма на Лесной #ямы"),
        (f"ok:{OTHER_GROUP}", "И у нас #Ямы"),
    }
    assert str(RESIDENT.id) not in repr(one.archive)


async def test_only_groups_are_searched_by_moscows_time() -> None:
    ok = OkServer()

    await read_all(ok, poller(ok, first_hours=2))

    (asked,) = ok.called("search.tagContents")
    assert (asked["query"], asked["count"]) == ("ямы", "100")
    assert '"types": ["GROUP_TOPIC"]' in asked["filter"]


async def test_long_search_is_read_to_the_end_in_several_polls() -> None:
    ok = OkServer()
    for number in range(350):
        at = ok.now - timedelta(minutes=number)
        ok.publish(f"Яма {number} #ямы", at=at)
    one = poller(ok, calls_per_poll=1)

    await read_all(ok, one)

    assert (len(one.archive.posts), one.polls) == (350, 4)


async def test_new_topics_are_found_and_old_ones_are_not_told_again() -> None:
    ok = OkServer()
    ok.publish("Первая #ямы")
    one = poller(ok)
    await read_all(ok, one)
    ok.forward(minutes=5)
    ok.publish("Вторая #ямы")

    await read_all(ok, one)

    assert [effect for _, effect in one.archive.effects] == ["new", "new"]


async def test_edits_are_noticed_long_after() -> None:
    ok = OkServer()
    topic = ok.publish("Яма #ямы")
    one = poller(ok)
    await read_all(ok, one)
    ok.forward(hours=5)
    ok.edit(topic, "Яма и люк #ямы")

    await read_all(ok, one)

    assert one.archive.standing == {ok.key(topic): "Яма и люк #ямы"}


async def test_topic_that_is_gone_is_lost_after_three_absences() -> None:
    ok = OkServer()
    topic = ok.publish("Яма #ямы")
    one = poller(ok)
    await read_all(ok, one)
    ok.delete(topic)
    stood = []
    for _ in range(3):
        await read_all(ok, one, hours=2)
        stood.append(ok.key(topic) in one.archive.standing)

    assert stood == [True, True, False]
    assert one.archive.evidence[ok.key(topic)] is Evidence.ABSENT


async def test_topic_shown_as_removed_is_lost_at_once() -> None:
    ok = OkServer()
    topic = ok.publish("Яма #ямы")
    one = poller(ok)
    await read_all(ok, one)
    ok.forward(hours=1)
    ok.stage.count(topic.page, topic.id, topic.counters)
    ok.stage._items[topic.page, topic.id].extra["blocked"] = True  # type: ignore[index]

    await read_all(ok, one)

    assert one.archive.standing == {}


async def test_topic_without_a_group_is_counted() -> None:
    ok = OkServer()
    ok.publish("Чья-то #ямы", owner_ref="user:570000000099")
    one = poller(ok)

    await read_all(ok, one)

    assert (one.archive.posts, one.unknown["topic without group"]) == ({}, 1)


@pytest.mark.parametrize("method", ["search.tagContents", "mediatopic.getByIds"])
async def test_null_and_failures_in_between_lose_nothing(method: str) -> None:
    ok = OkServer()
    for number in range(150):
        ok.publish(f"Яма {number} #ямы", at=ok.now - timedelta(minutes=number))
    one = poller(ok, calls_per_poll=1)
    await one.poll(ok.now)
    for code in (0, 2):
        ok.fail(method, code)
        with suppress(SourceError):
            await read_all(ok, one, minutes=31)

    await read_all(ok, one, minutes=31)

    assert len(one.archive.standing) == 150


async def test_failure_after_the_first_call_is_a_note() -> None:
    ok = OkServer()
    for number in range(150):
        ok.publish(f"Яма {number} #ямы", at=ok.now - timedelta(minutes=number))
    one = poller(ok)
    ok.before = [lambda: None, lambda: ok.fail("search.tagContents", 1)]

    more = await one.poll(ok.now)
    await read_all(ok, one, minutes=1)

    assert (more, len(one.notes), len(one.archive.standing)) == (False, 1, 150)


async def test_what_is_old_is_forgotten() -> None:
    ok = OkServer()
    ok.publish("Яма #ямы")
    one = poller(ok)
    await read_all(ok, one)

    await read_all(ok, one, days=4)

    assert one.cursor["groups"] == {}


async def test_killed_before_the_cursor_is_saved_it_finds_the_same() -> None:
    world = OkWorld(user("ok-reader"))
    world.ok.publish("Яма #ямы")
    one = Poller(TagSource(TAG, world.ok.access(user("ok-reader"))))
    await one.poll(world.now, saves=False)

    await read(world, one)

    assert [effect for _, effect in one.archive.effects] == ["new"]
