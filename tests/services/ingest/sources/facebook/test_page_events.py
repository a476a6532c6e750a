"""A page of Facebook that is told of changes, and of what is lost."""

import pytest

from services.ingest.domain.versions import Effect
from services.ingest.sources.base import Evidence
from services.ingest.sources.facebook import FacebookConnector, FacebookHook
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.facebook.hooks import SECRETS, batch_of, delivery
from tests.services.ingest.sources.facebook.polls import poller
from tests.services.ingest.sources.facebook.world import (
    PLACE,
    READER,
    FacebookServer,
)
from tests.services.ingest.sources.polls import read_all


@pytest.fixture
def fb() -> FacebookServer:
    return FacebookServer()


async def hear(fb: FacebookServer, one: Poller, *places: int) -> None:
    """Deliver lines of the log, by their places counted from the last one."""
    lines = fb.stage.happenings()
    told = delivery(batch_of(fb.stage, *(lines[place] for place in places)))
    reception = FacebookHook().receive(PLACE, told, SECRETS, fb.now)
    assert reception.fetched is not None
    one.archive.take(reception.fetched.posts, fb.now)
    touched = [*one.cursor.get("touched", []), *reception.touched]
    one.cursor = {**one.cursor, "touched": touched}


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
    stood = []

    for minutes in (1, 6, 6):
        await read_all(fb, one, minutes=minutes)
        stood.append(fb.key(bad) in one.archive.standing)

    assert stood == [True, True, False]
    assert len(fb.called(fb.name(bad))) == 3
    assert fb.called(fb.name(good)) == []
    assert one.archive.evidence[fb.key(bad)] is Evidence.ABSENT
    assert one.archive.standing == fb.standing()


async def test_what_is_not_for_us_for_a_while_is_no_deletion(
    fb: FacebookServer,
) -> None:
    """Graph says of a lost right what it says of what is gone."""
    post = fb.publish("Пишите")
    comment = fb.comment(post, "Где свет?", is_hidden=True)
    one = poller(fb)
    await read_all(fb, one)
    # A reader finds the hidden comment in no list, and is refused it by its id.
    one.source = FacebookConnector().open(PLACE, fb.access(READER))
    for _ in range(2):
        fb.fail(fb.name(comment), 100)
        await read_all(fb, one, minutes=20)
    refused = len(fb.called(fb.name(comment)))
    one.source = FacebookConnector().open(PLACE, fb.access())

    await read_all(fb, one, minutes=20)
    fb.delete(comment)
    await read_all(fb, one, minutes=1)

    assert refused == 2
    assert one.archive.effects_on(fb.key(comment)) == [Effect.NEW]
    assert one.archive.missing == {fb.key(comment): 1}


async def test_comments_of_a_missing_post_are_missed_with_it(
    fb: FacebookServer,
) -> None:
    post = fb.publish("Пишите")
    fb.comment(post, "Где свет?")
    other = fb.publish("Другое")
    one = poller(fb)
    await read_all(fb, one)
    fb.delete(post)
    stood = []

    for _ in range(3):
        await read_all(fb, one, minutes=1)
        stood.append(len(one.archive.standing))

    assert stood == [3, 3, 1]
    assert one.archive.standing == {fb.key(other): "Другое"}


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
