"""What is found on X, in its accounts and its conversations."""

from datetime import timedelta

import pytest

from infra.sandbox.networks.x.server import SEARCH
from services.ingest.domain.posts import Network, PostKind
from services.ingest.sources.base import ErrorKind
from services.ingest.sources.connector import Place
from services.ingest.sources.x.watch import XSource
from tests.services.ingest.sources.polls import read_all, refused
from tests.services.ingest.sources.x.polls import poller
from tests.services.ingest.sources.x.world import (
    ACCOUNT,
    ENDLESS,
    OTHER,
    OURS,
    XServer,
)
from tests.services.ingest.sources.x.world import (
    SEARCH as WORDS,
)

# Searching


async def test_words_are_found_wherever_they_stand() -> None:
    x = XServer()
    x.publish("Яма на Лесной")
    x.publish("И у нас яма", page=OTHER)
    x.publish("Всё хорошо")
    one = poller(x)

    await read_all(x, one)

    assert sorted(one.archive.standing.values()) == ["И у нас яма", "Яма на Лесной"]
    (asked,) = x.called(SEARCH)
    assert (asked["query"], asked["max_results"]) == ("яма -is:retweet", "100")
    assert "author_id" not in asked["tweet.fields"]


async def test_alternatives_are_bracketed_before_something_is_added() -> None:
    x = XServer()
    x.publish("Люк открыт")
    one = poller(x, Place(Network.X, "search", "яма OR люк", ""))

    await read_all(x, one)

    assert x.called(SEARCH)[0]["query"] == "(яма OR люк) -is:retweet"
    assert list(one.archive.standing.values()) == ["Люк открыт"]


async def test_of_an_account_what_others_write_to_it_is_read() -> None:
    x = XServer()
    x.publish("Когда отопление?")
    x.publish("Мы всё починили", by_page=True)
    x.publish("Не вам", page=OTHER)
    one = poller(x, ACCOUNT)

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Когда отопление?"]
    query = "@testoblast -from:testoblast -is:retweet"
    assert x.called(SEARCH)[0]["query"] == query


@pytest.mark.parametrize("of_an_answer", [False, True])
async def test_a_conversation_is_read_from_any_of_its_posts(
    of_an_answer: bool,  # noqa: FBT001 -- a parameter of pytest
) -> None:
    x = XServer()
    root = x.publish("Спрашивайте", by_page=True)
    reply = x.comment(root, "Почему нет света?")
    below = x.comment(reply, "И воды")
    x.publish("В другом месте")
    number = x.ids(reply if of_an_answer else root)[0]
    place = Place(Network.X, "conversation", str(number), "")
    one = poller(x, place, OURS)

    await read_all(x, one)
    await read_all(x, one, minutes=31)

    posts = one.archive.posts
    assert one.archive.standing == {
        x.key(root): "Спрашивайте",
        x.key(reply): "Почему нет света?",
        x.key(below): "И воды",
    }
    told = [
        (posts[x.key(each)].kind, posts[x.key(each)].parent_id)
        for each in (root, below)
    ]
    assert told == [(PostKind.POST, None), (PostKind.COMMENT, x.key(reply))]


async def test_a_conversation_that_is_not_there_disables_the_source() -> None:
    x = XServer()

    error = await refused(x, poller(x, Place(Network.X, "conversation", "5", "")))

    assert (error.kind, error.code) == (ErrorKind.DISABLE, "x:resource-not-found")


async def test_our_own_account_is_known_and_no_author_is_kept() -> None:
    x = XServer()
    root = x.publish("Про яму пишите здесь", by_page=True)
    x.comment(root, "яма у дома")
    source = XSource(WORDS, x.access(OURS, **ENDLESS))

    fetched = await source.fetch({}, now=x.now)

    told = {each.post.text: each.from_page for each in fetched.posts}
    assert told == {"яма у дома": False}
    assert "author_id" in x.called(SEARCH)[0]["tweet.fields"]
    assert OURS.secrets["account_id"] not in repr(fetched)


async def test_what_our_account_writes_is_no_complaint() -> None:
    x = XServer()
    root = x.publish("Почему яма?")
    answer = x.comment(root, "Засыплем завтра", by_page=True)
    place = Place(Network.X, "conversation", str(x.ids(root)[0]), "")
    source = XSource(place, x.access(OURS, **ENDLESS))

    fetched = await source.fetch({}, now=x.now)

    ours = {each.post.external_id for each in fetched.posts if each.from_page}
    assert ours == {x.key(answer)}


async def test_retweets_are_dropped_where_x_still_shows_them() -> None:
    x = XServer()
    root = x.publish("Яма")
    again = [{"type": "retweeted", "id": str(x.ids(root)[0])}]
    x.stage.publish(
        root.page, "RT Яма", at=x.now, parent=root.id, extra={"referenced_posts": again}
    )
    one = poller(x, Place(Network.X, "conversation", str(x.ids(root)[0]), ""))

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Яма"]


async def test_pages_follow_one_another_over_several_polls() -> None:
    x = XServer()
    for number in range(350):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x, calls_per_poll=1)

    await read_all(x, one)

    assert (len(one.archive.standing), one.polls) == (350, 4)
    tokens = [asked.get("next_token") for asked in x.called(SEARCH)]
    assert tokens[0] is None
    assert len(set(tokens)) == 4


async def test_only_what_is_newer_is_asked_for_but_for_an_overlap() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    await read_all(x, one, minutes=5)
    await read_all(x, one, hours=2)

    since = [int(asked["since_id"]) for asked in x.called(SEARCH)]
    number = x.ids(item)[0]
    assert since[0] < since[1] < number
    # Hours later it would only cost money.
    assert since[2] == number


async def test_after_a_long_pause_no_more_is_asked_for_than_x_shows() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.forward(days=9)
    x.publish("Яма снова")

    await read_all(x, one)

    assert len(one.archive.standing) == 2


async def test_a_lost_token_of_a_page_is_replaced_by_the_last_id() -> None:
    x = XServer()
    for number in range(150):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x, calls_per_poll=1)
    await one.poll(x.now)
    x.fail(400, route=SEARCH)

    await read_all(x, one)

    assert len(one.archive.standing) == 150
    assert "until_id" in x.called(SEARCH)[-1]


async def test_an_empty_result_has_no_data() -> None:
    x = XServer()
    one = poller(x)

    assert await one.poll(x.now) is False
    assert (one.archive.posts, one.notes) == ({}, [])


# Names


@pytest.mark.parametrize("names", ["tweet", "post"])
async def test_either_set_of_names_is_asked_for_and_read(names: str) -> None:
    x = XServer()
    root = x.publish("Яма " + "очень " * 60 + "глубокая")
    reply = x.comment(root, "яма и тут")
    x.edit(reply, "яма и там")
    one = poller(x, names=names)

    await read_all(x, one)

    posts = one.archive.posts
    assert f"{names}.fields" in x.called(SEARCH)[0]
    assert one.archive.standing == x.standing()
    assert posts[x.key(reply)].parent_id == x.key(root)
    assert posts[x.key(root)].metrics == {
        "likes": 2,
        "reposts": 1,
        "comments": 1,
        "views": 77,
        "saves": 0,
    }


async def test_a_post_without_words_is_none() -> None:
    x = XServer()
    root = x.publish("Яма")
    x.comment(root, "@other_city")
    place = Place(Network.X, "conversation", str(x.ids(root)[0]), "")
    one = poller(x, place)

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Яма"]


async def test_an_answer_leads_to_a_conversation_whose_root_is_read_too() -> None:
    x = XServer()
    root = x.publish("Яма", at=x.now - timedelta(days=6))
    reply = x.comment(root, "И у нас")
    place = Place(Network.X, "conversation", str(x.ids(reply)[0]), "")
    one = poller(x, place, first_hours=1)

    await read_all(x, one)

    # The search looks an hour back only: the root came by its id.
    assert one.archive.standing == {x.key(root): "Яма", x.key(reply): "И у нас"}
