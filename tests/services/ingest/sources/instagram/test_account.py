"""What an account of Instagram does beyond the contract of all sources."""

from typing import Any

import pytest

from infra.sandbox.graph.hooks import signed
from infra.sandbox.networks.instagram.events import events_of
from infra.sandbox.networks.instagram.ids import account_id, shortcode
from infra.sandbox.stage import Counters, Item
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Evidence, Fetched, SourceError
from services.ingest.sources.connector import Delivery, Place, Reception, Token
from services.ingest.sources.instagram import InstagramConnector, InstagramHook
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.facebook.hooks import SECRETS, delivery
from tests.services.ingest.sources.instagram.world import (
    NUMBER,
    OTHER,
    OTHER_TOKEN,
    PLACE,
    InstagramServer,
)
from tests.services.ingest.sources.polls import read_all

NAMED = Place(Network.INSTAGRAM, "account", "@test.roads", PLACE.url)


@pytest.fixture
def ig() -> InstagramServer:
    return InstagramServer()


def poller(
    ig: InstagramServer,
    *tokens: Token,
    place: Place = PLACE,
    **options: Any,  # noqa: ANN401 -- JSON
) -> Poller:
    return Poller(InstagramConnector().open(place, ig.access(*tokens, **options)))


async def first(ig: InstagramServer) -> Fetched:
    return await InstagramConnector().open(PLACE, ig.access()).fetch({}, now=ig.now)


def told_of(ig: InstagramServer, item: Item) -> Delivery:
    """Write the delivery that tells of a publishing."""
    line = next(each for each in ig.stage.happenings() if each.item == item)
    changes = [
        {"field": name, "value": value}
        for page, name, value in events_of(ig.stage)(line)
        if account_id(page) == NUMBER
    ]
    entry = {"id": NUMBER, "time": 1, "changes": changes}
    return delivery({"object": "instagram", "entry": [entry]})


def receive(told: Delivery, ig: InstagramServer) -> Reception:
    return InstagramHook().receive(PLACE, told, SECRETS, ig.now)


def hear(ig: InstagramServer, one: Poller, item: Item) -> None:
    reception = receive(told_of(ig, item), ig)
    assert reception.again
    touched = [*one.cursor.get("touched", []), *reception.touched]
    one.cursor = {**one.cursor, "touched": touched}


async def test_publication_is_taken_in_whole(ig: InstagramServer) -> None:
    post = ig.publish("Сквер готов", by_page=True, counters=Counters(likes=5))

    (fetched,) = (await first(ig)).posts

    told = fetched.post
    assert (told.source, told.external_id) == (f"instagram:{NUMBER}", ig.key(post))
    assert told.url == f"https://www.instagram.com/p/{shortcode(ig.name(post))}/"
    assert told.published_at == post.created_at
    assert told.metrics == {"comments": 0, "likes": 5}
    assert (told.parent_id, fetched.from_page) == (None, True)


async def test_likes_that_are_hidden_are_absent_not_nought(
    ig: InstagramServer,
) -> None:
    ig.publish("Сквер готов", by_page=True, like_count=None)

    (fetched,) = (await first(ig)).posts

    assert fetched.post.metrics == {"comments": 0}


async def test_comments_and_replies_know_what_they_answer(ig: InstagramServer) -> None:
    post = ig.publish("Сквер готов", by_page=True)
    asked = ig.comment(post, "А качели когда?")
    answered = ig.comment(asked, "До декабря", by_page=True)
    again = ig.comment(answered, "Спасибо")

    posts = {each.post.text: each for each in (await first(ig)).posts}

    assert posts["А качели когда?"].post.parent_id == ig.key(post)
    assert posts["До декабря"].post.parent_id == ig.key(asked)
    # Instagram has two levels only.
    assert posts["Спасибо"].post.parent_id == ig.key(asked)
    assert posts["Спасибо"].post.external_id == ig.key(again)
    assert [posts[each.text].from_page for each in (asked, answered)] == [False, True]
    assert posts["Спасибо"].post.url == posts["Сквер готов"].post.url


async def test_replies_that_did_not_come_along_are_read(ig: InstagramServer) -> None:
    asked = ig.comment(ig.publish("Сквер готов", by_page=True), "А качели?")
    for number in range(170):
        ig.comment(asked, f"Ответ {number}")
    one = poller(ig)

    await read_all(ig, one)

    assert one.archive.standing == ig.standing()
    assert len(ig.called("/replies")) == 3


async def test_hidden_comment_is_taken_in_as_such(ig: InstagramServer) -> None:
    post = ig.publish("Сквер готов", by_page=True)
    hidden = ig.comment(post, "Почему не отвечаете?", hidden=True)
    one = poller(ig)

    await read_all(ig, one)

    assert one.archive.standing[ig.key(hidden)] == "Почему не отвечаете?"
    assert {"hidden": True}.items() <= _raw_of(one, ig.name(hidden)).items()


def _raw_of(one: Poller, number: str) -> dict[str, Any]:
    raws = (each for each in one.archive.raws if isinstance(each, dict))
    return next(each for each in raws if each["id"] == number)


async def test_names_of_others_become_a_mark(ig: InstagramServer) -> None:
    post = ig.publish("@test.roads сообщает", by_page=True)
    ig.comment(post, "@irina.testova, смотрите: @test.roads и a@b.example")

    fetched = await first(ig)

    texts = [each.post.text for each in fetched.posts]
    assert texts == [
        "@test.roads сообщает",
        "[профиль], смотрите: @test.roads и a@b.example",
    ]
    assert "irina" not in repr(fetched)


async def test_publications_that_tag_the_account_are_taken_in(
    ig: InstagramServer,
) -> None:
    tagged = ig.publish("Яма перед домом")
    ig.comment(tagged, "Этого нам не покажут")
    one = poller(ig)

    await read_all(ig, one)

    assert one.archive.standing == {ig.key(tagged): "Яма перед домом"}
    assert ig.called("/comments") == []


async def test_tag_that_is_missing_three_times_is_lost(ig: InstagramServer) -> None:
    tagged = ig.publish("Яма перед домом")
    one = poller(ig)
    await read_all(ig, one)
    ig.delete(tagged)
    stood = []
    for _ in range(3):
        await read_all(ig, one, minutes=3)
        stood.append(ig.key(tagged) in one.archive.standing)

    assert stood == [True, True, False]
    assert one.archive.evidence[ig.key(tagged)] is Evidence.ABSENT


async def test_new_comment_is_pushed_and_read_by_its_id(ig: InstagramServer) -> None:
    post = ig.publish("Сквер готов", by_page=True)
    one = poller(ig)
    await read_all(ig, one)
    comment = ig.comment(post, "А качели?")

    hear(ig, one, comment)
    await one.poll(ig.now)

    assert ig.called(ig.name(comment))
    assert one.archive.standing == ig.standing()


async def test_comment_that_mentions_us_elsewhere_is_read(ig: InstagramServer) -> None:
    post = ig.publish("Чужое", page=OTHER, by_page=True)
    comment = ig.comment(post, "@test.roads, почините мост")
    one = poller(ig)

    hear(ig, one, comment)
    await one.poll(ig.now)

    archived = one.archive.posts[ig.key(comment)]
    assert archived.text == "@test.roads, почините мост"
    assert archived.parent_id == ig.key(post)
    assert archived.url == f"https://www.instagram.com/p/{shortcode(ig.name(post))}/"


async def test_publication_that_mentions_us_elsewhere_is_read(
    ig: InstagramServer,
) -> None:
    post = ig.publish("@test.roads, почините мост", page=OTHER, by_page=True)
    one = poller(ig)

    hear(ig, one, post)
    await read_all(ig, one)

    assert one.archive.standing == {ig.key(post): post.text}


async def test_mention_that_was_deleted_meanwhile_brings_nothing(
    ig: InstagramServer,
) -> None:
    post = ig.publish("Чужое", page=OTHER, by_page=True)
    comment = ig.comment(post, "@test.roads, почините мост")
    one = poller(ig)
    hear(ig, one, comment)
    ig.delete(comment)

    more = await one.poll(ig.now)

    assert (more, one.archive.posts, one.cursor["doubts"]) == (False, {}, [])


async def test_single_publication_is_found_by_its_code(ig: InstagramServer) -> None:
    for number in range(120):
        ig.publish(f"Другая {number}", by_page=True)
    post = ig.publish("Эта", by_page=True)
    ig.forward(minutes=1)
    for number in range(120):
        ig.publish(f"Ещё {number}", by_page=True)
    ig.comment(post, "Ответ")
    place = Place(Network.INSTAGRAM, "media", shortcode(ig.name(post)), "")
    one = poller(ig, place=place)

    await read_all(ig, one)
    await read_all(ig, one, minutes=20)

    assert sorted(one.archive.standing.values()) == ["Ответ", "Эта"]


async def test_named_account_is_found_among_ours_once(ig: InstagramServer) -> None:
    ig.publish("Сквер готов", by_page=True)
    one = poller(ig, OTHER_TOKEN, ig.token(), place=NAMED)
    await read_all(ig, one)
    await read_all(ig, one, hours=1)

    assert len(ig.called("me")) == 2
    assert one.archive.standing == ig.standing()


@pytest.mark.parametrize("place", [NAMED, PLACE])
async def test_account_of_others_is_disabled(ig: InstagramServer, place: Place) -> None:
    one = poller(ig, OTHER_TOKEN, place=place)

    with pytest.raises(SourceError, match="others can not be read") as caught:
        await InstagramConnector().check(place, ig.access(OTHER_TOKEN))
    with pytest.raises(SourceError) as polled:
        await one.poll(ig.now)

    assert [caught.value.kind, polled.value.kind] == [ErrorKind.DISABLE] * 2


async def test_expired_token_is_fatal(ig: InstagramServer) -> None:
    one = poller(ig)
    await read_all(ig, one)
    ig.network.tokens.revoke(ig.token().secrets["token"])
    before = len(ig.calls)

    for _ in range(2):
        ig.forward(minutes=5)
        with pytest.raises(SourceError) as caught:
            await one.poll(ig.now)
        assert caught.value.kind is ErrorKind.REAUTH

    assert (len(ig.calls), ig.report()["after_fatal"]) == (before + 1, 0)


def test_signature_and_subject_are_checked(ig: InstagramServer) -> None:
    comment = ig.comment(ig.publish("Сквер", by_page=True), "Ответ")
    good = told_of(ig, comment)
    forged = Delivery("POST", dict(signed(good.body, "other")), {}, good.body)
    other = delivery({"object": "page", "entry": []})

    assert receive(forged, ig) == Reception(403)
    assert receive(other, ig).fetched is not None
    assert receive(good, ig).touched == (
        f"{ig.name(ig.stage.item(comment.page, comment.root or 0))}/{ig.name(comment)}",
    )


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({"field": "rumours", "value": {}}, {"field: rumours": 1}),
        ({"field": "comments", "value": {"id": "5"}}, {"change without id": 1}),
        (
            {"field": "mentions", "value": {"media_id": "5", "comment_id": "../me"}},
            {"change without id": 1},
        ),
        ({"field": "messages", "value": {}}, None),
    ],
)
def test_what_can_not_be_read_is_counted(
    ig: InstagramServer, change: dict[str, Any], unknown: dict[str, int] | None
) -> None:
    entry = {"id": NUMBER, "changes": [change]}
    told = delivery({"object": "instagram", "entry": [entry]})

    reception = receive(told, ig)

    assert reception.fetched is not None
    assert (reception.fetched.unknown, reception.touched) == (unknown, ())
