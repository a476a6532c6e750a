"""What a group of OK does when OK refuses, or says nothing."""

import pytest

from infra.sandbox.stage import Counters
from services.ingest.sources.base import (
    ErrorKind,
    Evidence,
    SourceError,
)
from tests.services.ingest.sources.ok.polls import first, later, poller
from tests.services.ingest.sources.ok.world import (
    OkServer,
    user,
)
from tests.services.ingest.sources.polls import read_all


async def test_null_for_comments_loses_nothing() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    comment = ok.comment(topic, "Где свет?")
    one = poller(ok)
    await read_all(ok, one)
    for _ in range(4):
        ok.fail("discussions.getComments", 0)
        await later(ok, one, hours=1)

    assert ok.key(comment) in one.archive.standing


async def test_null_for_new_comments_is_asked_again() -> None:
    ok = OkServer()
    ok.comment(ok.publish("Пишите"), "Где свет?")
    ok.fail("discussions.getComments", 0)
    one = poller(ok)
    await read_all(ok, one)

    await later(ok, one, minutes=6)

    assert one.archive.standing == ok.standing()


async def test_null_for_topics_leaves_them_for_the_next_poll() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    ok.fail("mediatopic.getByIds", 0)
    one = poller(ok)
    more = await one.poll(ok.now)

    await later(ok, one, seconds=30)

    assert (more, one.notes) == (False, ["OK answered nothing"])
    assert one.archive.standing == {ok.key(topic): "Пишите"}


async def test_null_for_the_list_is_no_end_of_the_history() -> None:
    ok = OkServer()
    for number in range(120):
        ok.publish(f"Яма {number}")
    one = poller(ok, calls_per_poll=2)
    await one.poll(ok.now)
    ok.fail("group.getStatTopics", 0)

    await read_all(ok, one)
    await later(ok, one, seconds=5)

    assert one.archive.standing == ok.standing()


async def test_topics_are_listed_as_the_operator_orders() -> None:
    ok = OkServer()
    ok.publish("Яма")

    await first(ok, topic_methods="stream.get, nonsense,mediatopic.getTopics")

    assert [method for method, _ in ok.calls][:2] == [
        "stream.get",
        "discussions.getList",
    ]
    assert ok.called("group.getStatTopics") == []


async def test_way_that_is_not_allowed_is_tried_again_a_day_later() -> None:
    ok = OkServer()
    ok.publish("Яма")
    one = poller(ok, user("ok-reader"))
    await read_all(ok, one)
    await later(ok, one, hours=23)
    within_the_day = len(ok.called("group.getStatTopics"))

    await later(ok, one, hours=2)

    assert within_the_day == 1
    assert len(ok.called("group.getStatTopics")) == 2
    assert len(one.archive.standing) == 1


async def test_group_that_no_way_shows_is_disabled() -> None:
    ok = OkServer()
    for method in ("group.getStatTopics", "mediatopic.getTopics", "stream.get"):
        ok.fail(method, 10)

    with pytest.raises(SourceError) as caught:
        await first(ok)

    assert (caught.value.kind, len(ok.calls)) == (ErrorKind.DISABLE, 3)


@pytest.mark.parametrize("code", [160, 456])
async def test_group_that_is_gone_is_disabled(code: int) -> None:
    ok = OkServer()
    ok.fail("group.getStatTopics", code)

    with pytest.raises(SourceError) as caught:
        await first(ok)

    assert (caught.value.kind, caught.value.code) == (ErrorKind.DISABLE, f"ok:{code}")


async def test_topic_that_somebody_saw_late_is_found() -> None:
    ok = OkServer()
    late = ok.publish("Никто не видел", counters=Counters(likes=2, reposts=1, views=0))
    one = poller(ok)
    await read_all(ok, one)
    ok.forward(hours=3)
    ok.publish("Видели сразу")
    await later(ok, one, minutes=1)
    ok.stage.count(late.page, late.id, ok.publish("Ещё одна").counters)

    await later(ok, one, hours=1)

    assert one.archive.standing == ok.standing()


async def test_older_method_reads_comments_where_the_newer_is_not_allowed() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    for number in range(130):
        ok.comment(topic, f"Ответ {number}")
    ok.fail("discussions.getComments", 10, times=100)
    one = poller(ok)

    await read_all(ok, one)

    asked = ok.called("discussions.getDiscussionComments")
    assert [each["offset"] for each in asked] == ["0", "100"]
    assert len(ok.called("discussions.getComments")) == 1
    assert one.archive.standing == ok.standing()


@pytest.mark.parametrize("code", [456, 458, 106])
async def test_closed_discussion_does_not_stop_the_others(code: int) -> None:
    ok = OkServer()
    for number in range(2):
        ok.comment(ok.publish(f"Тема {number}"), f"Ответ {number}")
    ok.fail("discussions.getComments", code)
    one = poller(ok)

    await read_all(ok, one)

    assert sorted(one.archive.standing.values()) == ["Ответ 0", "Тема 0", "Тема 1"]


async def test_discussion_that_is_gone_makes_its_topic_looked_at() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    ok.comment(topic, "Где свет?")
    one = poller(ok)
    await read_all(ok, one)
    ok.comment(topic, "Ещё")
    ok.fail("discussions.getComments", 300)
    before = len(ok.called("mediatopic.getByIds"))

    await later(ok, one, minutes=1)

    assert len(ok.called("mediatopic.getByIds")) - before == 2


async def test_parked_comments_do_not_stop_the_topics() -> None:
    ok = OkServer()
    ok.comment(ok.publish("Пишите"), "Где свет?")
    ok.fail("discussions.getComments", 11)
    one = poller(ok)
    await read_all(ok, one)
    ok.publish("Новая")

    await later(ok, one, minutes=1)

    assert sorted(one.archive.standing.values()) == ["Новая", "Пишите"]
    assert all("(11)" in note or "spent" in note for note in one.notes)


async def test_failure_of_the_list_is_raised() -> None:
    ok = OkServer()
    ok.fail("group.getStatTopics", 2)

    with pytest.raises(SourceError) as caught:
        await first(ok)

    assert caught.value.kind is ErrorKind.RETRY


@pytest.mark.parametrize(
    ("code", "evidence"), [(300, Evidence.FLAG), (106, Evidence.ABSENT)]
)
async def test_one_bad_number_is_found_among_many(
    code: int, evidence: Evidence
) -> None:
    ok = OkServer()
    ok.publish("Одна")
    ok.forward(minutes=1)
    bad = ok.publish("Другая")
    one = poller(ok)
    await read_all(ok, one)
    for _ in range(3):
        ok.fail("mediatopic.getByIds", code, times=2)
        await later(ok, one, minutes=31)

    key = ok.key(bad)
    assert (one.archive.posts[key].deleted, one.archive.evidence[key]) == (
        True,
        evidence,
    )


async def test_activity_brings_comments_under_old_topics() -> None:
    ok = OkServer()
    old = ok.publish("Старая")
    one = poller(ok)
    await read_all(ok, one)
    ok.forward(days=1)
    for number in range(60):
        ok.publish(f"Новая {number}")
    await read_all(ok, one)
    ok.forward(minutes=2)
    ok.comment(old, "Всё ещё ждём")

    await later(ok, one, minutes=2)

    assert "Всё ещё ждём" in one.archive.standing.values()


async def test_activity_that_is_not_told_is_not_asked_for_again() -> None:
    ok = OkServer()
    ok.publish("Яма")
    ok.fail("discussions.getList", 10)
    one = poller(ok)
    await read_all(ok, one)

    await later(ok, one, hours=1)

    assert len(ok.called("discussions.getList")) == 1


async def test_activity_may_be_switched_off() -> None:
    ok = OkServer()
    ok.publish("Яма")

    await first(ok, activity=False)

    assert ok.called("discussions.getList") == []
