"""What a page of Facebook does beyond the contract of all sources."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.sandbox.stage import Counters
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Evidence, Fetched, SourceError
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.facebook import FacebookConnector, FacebookHook
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.facebook.hooks import SECRETS, batch_of, delivery
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


def poller(fb: FacebookServer, *tokens: Token, **options: Any) -> Poller:  # noqa: ANN401 -- JSON
    return Poller(FacebookConnector().open(PLACE, fb.access(*tokens, **options)))


async def first(fb: FacebookServer, *tokens: Token, **options: Any) -> Fetched:  # noqa: ANN401
    source = FacebookConnector().open(PLACE, fb.access(*tokens, **options))
    return await source.fetch({}, now=fb.now)


async def hear(fb: FacebookServer, one: Poller, *places: int) -> None:
    """Deliver lines of the log, by their places counted from the last one."""
    lines = fb.stage.happenings()
    told = delivery(batch_of(fb.stage, *(lines[place] for place in places)))
    reception = FacebookHook().receive(PLACE, told, SECRETS, fb.now)
    assert reception.fetched is not None
    one.archive.take(reception.fetched.posts, fb.now)
    touched = [*one.cursor.get("touched", []), *reception.touched]
    one.cursor = {**one.cursor, "touched": touched}


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
    assert one.archive.posts[fb.key(tagged)].source == f"facebook:{NUMBER}"


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


async def test_event_of_an_edit_before_that_of_the_comment(fb: FacebookServer) -> None:
    post = fb.publish("Пишите")
    one = poller(fb)
    await read_all(fb, one)
    comment = fb.comment(post, "Нет света")
    fb.edit(comment, "Нет света на Садовой")

    await hear(fb, one, -1)
    await read_all(fb, one, seconds=1)
    await hear(fb, one, -2)
    await read_all(fb, one, seconds=1)

    assert one.archive.standing[fb.key(comment)] == "Нет света на Садовой"
    assert len(one.archive.effects_on(fb.key(comment))) == 1


async def test_event_of_a_removal_before_that_of_the_comment(
    fb: FacebookServer,
) -> None:
    comment = fb.comment(fb.publish("Пишите"), "Брань")
    fb.delete(comment)
    one = poller(fb)

    await hear(fb, one, -1)
    await read_all(fb, one, seconds=1)
    await hear(fb, one, -2)
    await read_all(fb, one, seconds=1)

    assert fb.key(comment) not in one.archive.standing
    assert one.archive.evidence[fb.key(comment)] is Evidence.EVENT


async def test_event_of_a_removal_that_is_not_true_is_taken_back(
    fb: FacebookServer,
) -> None:
    comment = fb.comment(fb.publish("Пишите"), "Где свет?")
    one = poller(fb)
    await read_all(fb, one)
    fb.delete(comment)
    fb.restore(comment)

    await hear(fb, one, -2)
    gone = fb.key(comment) not in one.archive.standing
    await read_all(fb, one, seconds=1)

    assert gone
    assert one.archive.standing == fb.standing()


async def test_deleted_comment_is_asked_for_by_its_id(fb: FacebookServer) -> None:
    post = fb.publish("Пишите")
    bad, good = fb.comment(post, "Брань"), fb.comment(post, "Спасибо")
    one = poller(fb)
    await read_all(fb, one)
    fb.delete(bad)

    await read_all(fb, one, minutes=1)

    assert fb.called(fb.name(bad))
    assert fb.called(fb.name(good)) == []
    assert one.archive.evidence[fb.key(bad)] is Evidence.FLAG
    assert one.archive.standing == fb.standing()


async def test_comment_that_is_only_left_out_stays(fb: FacebookServer) -> None:
    post = fb.publish("Пишите")
    hidden = fb.comment(post, "Где свет?", is_hidden=True)
    one = poller(fb)
    await read_all(fb, one)
    # A reader is shown no hidden comments in lists, and each of them by its id.
    one.source = FacebookConnector().open(PLACE, fb.access(READER))

    await read_all(fb, one, hours=1)

    assert fb.called(fb.name(hidden))
    assert fb.key(hidden) in one.archive.standing


async def test_old_post_whose_comments_change_is_read_again(fb: FacebookServer) -> None:
    post = fb.publish("Пишите")
    one = poller(fb)
    await read_all(fb, one)
    await read_all(fb, one, days=2)
    fb.comment(post, "Где свет?")

    await read_all(fb, one, minutes=1)

    assert "Где свет?" in one.archive.standing.values()


async def test_words_that_are_taken_away_are_gone(fb: FacebookServer) -> None:
    post = fb.publish("Яма")
    one = poller(fb)
    await read_all(fb, one)
    fb.edit(post, "")

    await read_all(fb, one, minutes=1)

    assert one.archive.standing == {}


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


@pytest.mark.parametrize("code", [10, 200, 100])
async def test_page_that_can_not_be_read_is_disabled(
    fb: FacebookServer, code: int
) -> None:
    fb.fail("*/feed", code)
    source = FacebookConnector().open(PLACE, fb.access())
    state = {"account": NUMBER}

    with pytest.raises(SourceError) as caught:
        await source.fetch(state, now=fb.now)

    assert caught.value.kind is ErrorKind.DISABLE


async def test_comments_that_are_closed_to_us_stop_nothing_else(
    fb: FacebookServer,
) -> None:
    post, other = fb.publish("Пишите"), fb.publish("И сюда")
    fb.comment(post, "Да")
    fb.comment(other, "Нет")
    fb.fail(f"{fb.name(post)}/comments", 10)
    one = poller(fb)

    await read_all(fb, one)
    before = set(one.archive.standing.values())
    await read_all(fb, one, hours=1)

    assert before == {"Пишите", "И сюда", "Нет"}
    assert one.archive.standing == fb.standing()


async def test_expired_token_is_fatal(fb: FacebookServer) -> None:
    fb.publish("Яма")
    token = fb.token().secrets["token"]
    book = fb.network.tokens
    book.put(book.issue("page", owner="fb-test", value=token))
    access = fb.access()
    source = FacebookConnector().open(PLACE, access)
    await source.fetch({}, now=fb.now)
    book.issue(
        "page", owner="fb-test", value=token, now=fb.now, lifetime=timedelta(minutes=1)
    )
    fb.forward(minutes=2)
    before = len(fb.calls)

    for _ in range(2):
        with pytest.raises(SourceError, match=r"expired|is not used") as caught:
            await source.fetch({"account": NUMBER}, now=fb.now)
        assert caught.value.kind is ErrorKind.REAUTH

    assert len(fb.calls) == before + 1
    assert fb.report()["after_fatal"] == 0


async def test_allowance_is_never_overdrawn(fb: FacebookServer) -> None:
    fb.server.usage.engaged = 60 / 4800
    one = poller(fb)

    waits = await _watched(fb, one, hours=30)

    report = fb.report()
    assert (report["over_limit"], report["requests"] > 60) == (0, True)
    assert waits > 0
    assert one.archive.standing == fb.standing()


async def _watched(fb: FacebookServer, one: Poller, *, hours: int) -> int:
    """Poll every few minutes for hours, while people write; count polls that wait."""
    waits = 0
    end = fb.now + timedelta(hours=hours)
    while fb.now < end:
        fb.forward(minutes=12)
        if fb.now < end - timedelta(hours=4):
            fb.publish("Ещё одна жалоба")
        try:
            await one.poll(fb.now)
        except SourceError as error:
            waits += error.kind is ErrorKind.WAIT
    return waits


async def test_spent_allowance_waits_as_long_as_meta_says(fb: FacebookServer) -> None:
    fb.fail("*/feed", 80_001, retry_after=720)
    source = FacebookConnector().open(PLACE, fb.access())

    kinds = []
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            await source.fetch({"account": NUMBER}, now=fb.now)
        kinds.append((caught.value.kind, caught.value.retry_after))

    assert kinds == [(ErrorKind.WAIT, timedelta(minutes=12))] * 2
    assert len(fb.calls) == 1


async def test_clock_that_differs_is_told(fb: FacebookServer) -> None:
    fb.skew = timedelta(minutes=10)

    note = (await first(fb)).note or ""

    assert note.startswith("Meta's clock and ours differ by")
