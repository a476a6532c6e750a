"""What a group of OK does beyond the contract of all sources."""

from datetime import timedelta

from services.ingest.sources.base import (
    Evidence,
    FetchedPost,
)
from services.ingest.sources.connector import Place
from services.ingest.sources.ok.group import GroupSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.contract import read
from tests.services.ingest.sources.ok.polls import first, later, poller
from tests.services.ingest.sources.ok.test_group_contract import OkWorld
from tests.services.ingest.sources.ok.world import (
    GROUP,
    PLACE,
    OkServer,
    admin,
)
from tests.services.ingest.sources.polls import read_all


async def test_post_is_taken_in_whole() -> None:
    ok = OkServer()
    topic = ok.publish("Нет горячей воды", by_page=True)

    (fetched,) = (await first(ok)).posts

    post = fetched.post
    assert (post.source, post.external_id) == (f"ok:{GROUP}", ok.key(topic))
    assert (post.kind, post.parent_id) == ("post", None)
    assert post.url == f"https://ok.ru/group/{GROUP}/topic/{ok.number(topic)}"
    assert post.published_at == topic.created_at
    assert post.metrics == {
        "comments": 0,
        "likes": 2,
        "reposts": 1,
        "views": 10,
        "reach": 7,
    }
    assert fetched.from_page


async def test_comments_know_what_they_answer_and_whose_they_are() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    asked = ok.comment(topic, "Где свет?")
    answered = ok.comment(asked, "Дали", by_page=True)

    posts = {each.post.text: each for each in (await first(ok)).posts}

    assert posts["Где свет?"].post.parent_id == ok.key(topic)
    assert posts["Дали"].post.parent_id == ok.key(asked)
    assert posts["Дали"].post.external_id == ok.key(answered)
    assert (posts["Где свет?"].from_page, posts["Дали"].from_page) == (False, True)
    assert posts["Дали"].post.published_at == answered.created_at


async def test_nothing_is_ever_marked_as_read() -> None:
    ok = OkServer()
    ok.comment(ok.publish("Пишите"), "Где свет?")

    await first(ok)

    asked = ok.called("discussions.getComments")
    assert [each["mark_as_read"] for each in asked] == ["false"]
    assert ok.server.marked_as_read == 0


async def test_removed_comment_is_gone_by_its_flag() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    bad, good = ok.comment(topic, "Брань"), ok.comment(topic, "Спасибо")
    one = poller(ok)
    await read_all(ok, one)
    ok.delete(bad)

    await later(ok, one, minutes=16)

    key = ok.key(bad)
    assert (key in one.archive.standing, one.archive.evidence[key]) == (
        False,
        Evidence.FLAG,
    )
    assert ok.key(good) in one.archive.standing


async def test_vanished_comment_is_gone_after_three_absences() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    bad, _ = ok.comment(topic, "Брань"), ok.comment(topic, "Спасибо")
    one = poller(ok)
    await read_all(ok, one)
    ok.delete(bad, without_trace=True)
    stood = []

    for _ in range(3):
        await later(ok, one, minutes=16)
        stood.append(ok.key(bad) in one.archive.standing)

    assert stood == [True, True, False]
    assert one.archive.evidence[ok.key(bad)] is Evidence.ABSENT


async def test_version_from_before_an_edit_that_was_seen_changes_nothing() -> None:
    world = OkWorld(admin())
    key = world.publish("Первая")
    one = Poller(world.source())
    await read(world, one)
    before = one.archive.posts[key]
    world.forward(minutes=10)
    world.edit(key, "Вторая")
    await read(world, one)

    one.archive.take([FetchedPost(before)], world.now)

    assert one.archive.standing[key] == "Вторая"


async def test_new_comments_are_read_from_the_end() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    for number in range(250):
        ok.comment(topic, f"Ответ {number}")
    one = poller(ok)
    await read_all(ok, one)
    before = len(ok.called("discussions.getComments"))
    ok.comment(topic, "Новый")

    await later(ok, one, minutes=1)

    asked = ok.called("discussions.getComments")[before:]
    assert [(each["anchor"], each["direction"]) for each in asked] == [
        ("LAST", "BACKWARD")
    ]
    assert "Новый" in one.archive.standing.values()


async def test_burst_of_comments_is_read_back_to_what_is_known() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    ok.comment(topic, "Первый")
    one = poller(ok)
    await read_all(ok, one)
    for number in range(230):
        ok.comment(topic, f"Ответ {number}")

    await later(ok, one, minutes=1)

    assert one.archive.standing == ok.standing()


async def test_page_without_comments_is_not_the_last() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите")
    many = [ok.comment(topic, f"Ответ {number}") for number in range(130)]
    for comment in many[:110]:
        ok.delete(comment, without_trace=True)
    one = poller(ok)

    await read_all(ok, one)

    assert one.archive.standing == ok.standing()


async def test_page_without_topics_is_not_the_last() -> None:
    ok = OkServer()
    old = [ok.publish(f"Старая {number}") for number in range(3)]
    ok.forward(hours=1)
    for number in range(120):
        ok.delete(ok.publish(f"Снятая {number}"))
    one = poller(ok)

    await read_all(ok, one)

    assert one.archive.standing == {ok.key(each): each.text for each in old}


async def test_one_topic_is_read_alone() -> None:
    ok = OkServer()
    topic, _ = ok.publish("Эта"), ok.publish("Другая")
    ok.comment(topic, "Ответ")
    place = Place(PLACE.network, "topic", f"{GROUP}_{ok.number(topic)}", PLACE.url)
    one = Poller(GroupSource(place, ok.access()))

    await read_all(ok, one)

    assert sorted(one.archive.standing.values()) == ["Ответ", "Эта"]


async def test_named_group_is_asked_for_once() -> None:
    ok = OkServer()
    ok.publish("Яма")
    place = Place(PLACE.network, "group", "@test_roads", "https://ok.ru/test_roads")
    one = Poller(GroupSource(place, ok.access()))
    await read_all(ok, one)
    await later(ok, one, hours=1)

    assert len(ok.called("url.getInfo")) == 1
    assert one.archive.standing == ok.standing()


async def test_clock_that_differs_is_told() -> None:
    ok = OkServer()
    ok.publish("Яма")
    ok.skew = timedelta(minutes=10)

    note = (await first(ok)).note or ""

    assert note.startswith("the network's clock and ours differ by")


async def test_impossible_date_is_refused_and_the_rest_is_read() -> None:
    ok = OkServer()
    ok.publish("Из будущего", created_ms=99_999_999_999_999)
    ok.publish("Сегодня")

    fetched = await first(ok)

    assert [each.post.text for each in fetched.posts] == ["Сегодня"]
    assert len(fetched.refused) == 1


async def test_comment_without_a_date_is_dated_by_when_it_was_seen() -> None:
    ok = OkServer()
    ok.comment(ok.publish("Пишите"), "Когда?", date=None, date_ms=None)

    fetched = (await first(ok)).posts[-1]

    assert (fetched.post.text, fetched.date_guessed) == ("Когда?", True)


async def test_topic_without_words_is_none_but_its_comments_are() -> None:
    ok = OkServer()
    ok.comment(ok.publish(""), "Что это?")

    assert [each.post.text for each in (await first(ok)).posts] == ["Что это?"]


async def test_topic_shown_as_blocked_is_gone_with_its_comments() -> None:
    ok = OkServer()
    topic = ok.publish("Пишите", blocked=False)
    ok.comment(topic, "Где свет?")
    stays = ok.publish("Другая")
    one = poller(ok)
    await read_all(ok, one)
    ok.stage.item(topic.page, topic.id).extra["blocked"] = True  # type: ignore[index]

    await later(ok, one, minutes=6)

    assert one.archive.standing == {ok.key(stays): "Другая"}
    assert one.archive.evidence[ok.key(topic)] is Evidence.FLAG


async def test_time_that_no_clock_can_show_is_refused() -> None:
    ok = OkServer()
    ok.publish("Когда-нибудь", created_ms=10**18)

    fetched = await first(ok)

    assert (fetched.posts, len(fetched.refused)) == ((), 1)
    assert fetched.refused[0].endswith("date: is no time")
