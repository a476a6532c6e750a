"""What a page of Facebook does beyond the contract of all sources."""

from datetime import UTC, datetime

import pytest

from infra.sandbox.stage import Counters
from services.ingest.domain.posts import Network
from services.ingest.sources.base import Evidence
from services.ingest.sources.connector import Place
from services.ingest.sources.facebook import FacebookConnector
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.facebook.polls import first, poller
from tests.services.ingest.sources.facebook.world import (
    NUMBER,
    OTHER,
    PLACE,
    READER,
    FacebookServer,
)
from tests.services.ingest.sources.polls import read_all


@pytest.fixture
def fb() -> FacebookServer:
    return FacebookServer()


async def test_post_is_taken_in_whole(fb: FacebookServer) -> None:
    counters = Counters(likes=3, reposts=2)
    post = fb.publish("Почему не чистят тротуар?", counters=counters)

    (fetched,) = (await first(fb)).posts

    told = fetched.post
    assert (told.source, told.external_id) == (f"facebook:{NUMBER}", fb.key(post))
    assert (told.kind, told.parent_id) == ("post", None)
    number = fb.name(post).partition("_")[2]
    assert told.url == (
        f"https://www.facebook.com/permalink.php?story_fbid={number}&id={NUMBER}"
    )
    assert told.published_at == post.created_at
    assert told.metrics == {"comments": 0, "reactions": 3, "shares": 2}
    assert not fetched.from_page


async def test_shares_that_are_not_there_are_nought_and_others_absent(
    fb: FacebookServer,
) -> None:
    fb.publish("Яма", reactions=None, comments=None)

    (fetched,) = (await first(fb)).posts

    assert fetched.post.metrics == {"shares": 0}


async def test_comments_know_what_they_answer_and_whose_they_are(
    fb: FacebookServer,
) -> None:
    post = fb.publish("Пишите", by_page=True)
    asked = fb.comment(post, "Где свет?")
    answered = fb.comment(asked, "Дали", by_page=True)

    posts = {each.post.text: each for each in (await first(fb)).posts}

    assert posts["Где свет?"].post.parent_id == fb.key(post)
    assert posts["Дали"].post.parent_id == fb.key(asked)
    assert posts["Дали"].post.external_id == fb.key(answered)
    assert [posts[text].from_page for text in ("Пишите", "Где свет?", "Дали")] == [
        True,
        False,
        True,
    ]
    url = posts["Где свет?"].post.url or ""
    assert url.endswith(f"&comment_id={fb.name(asked).partition('_')[2]}")


async def test_time_has_no_colon_in_its_zone(fb: FacebookServer) -> None:
    fb.publish("Яма", created_time="2025-11-20T12:00:00+0300")

    (fetched,) = (await first(fb)).posts

    assert fetched.post.published_at == datetime(2025, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "count"), [("вчера", 1), ("2125-01-01T00:00:00+0000", 0)]
)
async def test_time_that_can_not_be_is_guessed_or_refused(
    fb: FacebookServer, told: str, count: int
) -> None:
    fb.publish("Когда?", created_time=told)

    fetched = await first(fb)

    assert [each.date_guessed for each in fetched.posts] == [True] * count
    assert len(fetched.refused) == 1 - count


async def test_author_that_is_not_told_is_nobody(fb: FacebookServer) -> None:
    fb.comment(fb.publish("Яма", by_page=True), "И у нас")

    posts = {each.post.text: each for each in (await first(fb, READER)).posts}

    assert [posts[text].from_page for text in ("Яма", "И у нас")] == [True, False]


async def test_only_the_numbers_of_authors_are_asked_for(fb: FacebookServer) -> None:
    fb.comment(fb.publish("Яма"), "И у нас")

    await first(fb)

    fields = [params["fields"] for _, params in fb.calls if "from" in str(params)]
    assert fields
    assert all("from{id}" in each and "permalink_url" not in each for each in fields)


async def test_names_of_mentioned_people_become_a_mark(fb: FacebookServer) -> None:
    tags = [
        {"id": "24", "name": "Ирина Тестова", "type": "user"},
        {"id": "61", "name": "Другой район", "type": "page"},
    ]
    post = fb.publish("Ирина Тестова и Другой район, где свет?", message_tags=tags)
    by_place = {"0": [{"id": "24", "name": "Пётр Пробный"}]}
    fb.comment(post, "Пётр Пробный знает", message_tags=by_place)

    fetched = await first(fb)

    texts = [each.post.text for each in fetched.posts]
    assert texts == ["[профиль] и Другой район, где свет?", "[профиль] знает"]
    assert "Ирина" not in repr(fetched)
    assert "Пётр" not in repr(fetched)


async def test_page_without_posts_is_not_the_last(fb: FacebookServer) -> None:
    old = [fb.publish(f"Старая {number}") for number in range(3)]
    fb.forward(hours=1)
    for number in range(230):
        fb.delete(fb.publish(f"Снятая {number}"))
    one = poller(fb)

    await read_all(fb, one)

    assert one.archive.standing == {fb.key(each): each.text for each in old}


async def test_address_of_the_next_page_is_not_followed(fb: FacebookServer) -> None:
    for number in range(130):
        fb.publish(f"Яма {number}")

    await read_all(fb, poller(fb))

    asked = [params for route, params in fb.calls if route.endswith("feed")]
    assert ["after" in each for each in asked] == [False, True]
    assert all("access_token" not in each for _, each in fb.calls)


async def test_posts_that_tag_the_page_elsewhere_are_taken_in(
    fb: FacebookServer,
) -> None:
    tagged = fb.publish("@test.roads, почините мост", page=OTHER)
    fb.publish("Без метки", page=OTHER)
    one = poller(fb)

    await read_all(fb, one)

    assert one.archive.standing == {fb.key(tagged): tagged.text}
    post = one.archive.posts[fb.key(tagged)]
    number = fb.name(tagged).partition("_")[2]
    assert post.source == f"facebook:{NUMBER}"
    assert post.url == f"https://www.facebook.com/{number}"


async def test_tagged_post_that_is_missing_three_times_is_lost(
    fb: FacebookServer,
) -> None:
    tagged = fb.publish("@test.roads, почините мост", page=OTHER)
    one = poller(fb)
    await read_all(fb, one)
    fb.delete(tagged)
    stood = []
    for _ in range(3):
        await read_all(fb, one, minutes=3)
        stood.append(fb.key(tagged) in one.archive.standing)

    assert stood == [True, True, False]
    assert one.archive.evidence[fb.key(tagged)] is Evidence.ABSENT


async def test_side_edges_that_are_not_for_us_are_left_alone_for_a_day(
    fb: FacebookServer,
) -> None:
    fb.publish("Яма")
    one = poller(fb, READER)
    await read_all(fb, one)
    await read_all(fb, one, hours=23)
    within_the_day = len(fb.called("/tagged"))

    await read_all(fb, one, hours=2)

    assert (within_the_day, len(fb.called("/tagged"))) == (1, 2)
    assert len(one.archive.standing) == 1


async def test_single_post_is_read_alone(fb: FacebookServer) -> None:
    post, _ = fb.publish("Эта"), fb.publish("Другая")
    fb.comment(post, "Ответ")
    number = fb.name(post).partition("_")[2]
    place = Place(Network.FACEBOOK, "post", f"@test.roads_{number}", PLACE.url)
    one = Poller(FacebookConnector().open(place, fb.access()))

    await read_all(fb, one)
    await read_all(fb, one, hours=1)

    assert sorted(one.archive.standing.values()) == ["Ответ", "Эта"]
    assert len(fb.called("test.roads")) == 1
