"""A search with VK's stream beside it: sooner, and never less than the search alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.ingest.domain.versions import Effect
from services.ingest.sources.base import Evidence
from services.ingest.sources.connector import Token
from services.ingest.sources.remarks import Remark
from services.ingest.sources.vk import VkConnector
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.stream import StreamedSearch
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.server import OWNER, RESIDENT
from tests.services.ingest.sources.vk.stream_server import (
    KEY,
    StreamServer,
    listening,
)
from tests.services.ingest.sources.vk.test_contract import WORDS

POST = f"wall:{OWNER}_4101"


@pytest.fixture
def vk() -> StreamServer:
    return StreamServer()


@pytest.fixture
async def poller(vk: StreamServer) -> Poller:
    return await listening(vk)


def _methods(vk: StreamServer) -> list[str]:
    return [method for method, _, _ in vk.calls]


async def test_the_stream_is_listened_to_only_when_it_is_wished_for(
    vk: StreamServer,
) -> None:
    plain = VkConnector().open(WORDS, vk.access())
    streamed = VkConnector().open(WORDS, vk.access(push="stream"))

    assert isinstance(plain, SearchSource)
    assert isinstance(streamed, StreamedSearch)


async def test_a_post_is_brought_before_any_search_shows_it(
    vk: StreamServer, poller: Poller
) -> None:
    vk.tell(number=4101, text="Яма на Садовой")

    more = await poller.poll(vk.now)

    assert poller.archive.standing == {POST: "Яма на Садовой"}
    assert more
    assert _methods(vk) == ["streaming.getServerUrl", "rules GET"]
    assert vk.connected == [f"wss://stream.example/stream?key={KEY}"]


async def test_listening_ends_in_time_and_soon_after_a_post(
    vk: StreamServer, poller: Poller
) -> None:
    vk.waited *= 0
    await poller.poll(vk.now)
    quiet = vk.waited.total_seconds()
    vk.tell(number=4101)
    await poller.poll(vk.now)

    assert (quiet, vk.waited.total_seconds()) == (8, 9)


async def test_the_search_goes_on_beside_the_stream(
    vk: StreamServer, poller: Poller
) -> None:
    vk.publish("Яма, о которой поток молчит")
    vk.forward(seconds=30)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()


async def test_the_search_keeps_the_pause_that_was_set(vk: StreamServer) -> None:
    access = vk.access(push="stream", pause_s=600.0)
    poller = Poller(VkConnector().open(WORDS, access))
    start = vk.now
    while vk.now - start < timedelta(minutes=20):
        await poller.poll(vk.now)

    assert _methods(vk).count("newsfeed.search") == 2
    assert len(vk.connected) == 150


async def test_what_the_search_found_is_stored_before_we_listen(
    vk: StreamServer, poller: Poller
) -> None:
    vk.publish("Яма")
    vk.forward(seconds=30)

    more = await poller.poll(vk.now)

    assert more
    assert (_methods(vk), vk.connected) == (["newsfeed.search"], [])


async def test_what_both_bring_is_one_post(vk: StreamServer, poller: Poller) -> None:
    number = vk.publish("Яма и «люк» & вода")
    vk.tell(number=number, text="Яма и &laquo;люк&raquo; &amp; вода")
    await poller.poll(vk.now)
    vk.forward(seconds=30)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert poller.archive.effects == [(f"wall:{OWNER}_{number}", Effect.NEW)]


async def test_an_event_twice_is_one_post(vk: StreamServer, poller: Poller) -> None:
    vk.tell(number=4101)
    vk.told *= 2

    await poller.poll(vk.now)

    assert poller.archive.effects == [(POST, Effect.NEW)]


async def test_edits_deletions_and_restorings_come_as_they_happened(
    vk: StreamServer, poller: Poller
) -> None:
    for action, text in (("new", "Яма"), ("update", "Яма и люк"), ("delete", "")):
        vk.tell(action=action, number=4101, text=text)
        await poller.poll(vk.now)
    evidence = poller.archive.evidence[POST]
    gone = dict(poller.archive.standing)
    vk.tell(action="restore", number=4101, text="Яма и люк")

    await poller.poll(vk.now)

    assert (gone, evidence) == ({}, Evidence.EVENT)
    assert poller.archive.effects_on(POST) == [
        Effect.NEW,
        Effect.REVISION,
        Effect.DELETED,
        Effect.RESTORED,
    ]


async def test_events_out_of_order_end_as_they_happened(
    vk: StreamServer, poller: Poller
) -> None:
    vk.tell(action="new", number=4101, text="Яма")
    vk.forward(seconds=1)
    vk.tell(action="update", number=4101, text="Яма и люк")
    vk.forward(seconds=1)
    vk.tell(action="delete", number=4101, text="")
    vk.told.reverse()

    await poller.poll(vk.now)

    assert poller.archive.standing == {}
    assert poller.archive.effects == [(POST, Effect.NEW)]  # the tombstone


async def test_a_deletion_told_again_does_not_undo_a_restoring(
    vk: StreamServer, poller: Poller
) -> None:
    vk.tell(action="delete", number=4101, text="")
    again = vk.told[0]
    vk.forward(seconds=1)
    vk.tell(action="restore", number=4101)
    vk.told.append(again)

    await poller.poll(vk.now)

    assert poller.archive.standing == {POST: "Яма"}


async def test_a_comment_is_deleted_by_an_event_that_no_search_would_tell(
    vk: StreamServer, poller: Poller
) -> None:
    vk.tell("comment", number=4116, post=4101)
    await poller.poll(vk.now)
    vk.tell("comment", "delete", number=4116, post=4101, text="")

    await poller.poll(vk.now)

    key = f"wallreply:{OWNER}_4116"
    assert poller.archive.posts[key].parent_id == POST
    assert poller.archive.posts[key].deleted


async def test_a_connection_that_breaks_loses_nothing_after_the_next_search(
    vk: StreamServer, poller: Poller
) -> None:
    for _ in range(3):
        vk.tell(number=vk.publish("Яма"))
    vk.breaks_after = 1
    await poller.poll(vk.now)
    heard = len(poller.archive.standing)
    vk.forward(seconds=30)

    await poller.poll(vk.now)

    assert heard == 1
    assert poller.archive.standing == vk.standing()
    assert poller.notes == ["the network ended the stream (1006)"] * 2


async def test_being_killed_while_listening_loses_nothing(
    vk: StreamServer, poller: Poller
) -> None:
    vk.tell(number=vk.publish("Яма"))
    await poller.poll(vk.now, saves=False)
    vk.forward(seconds=30)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert len(poller.archive.effects) == 1


async def test_one_listens_for_all_searches_with_its_key(vk: StreamServer) -> None:
    access = vk.access(push="stream")
    other = replace(WORDS, native="люк")
    await VkConnector().open(other, access).fetch({}, now=vk.now)
    source = VkConnector().open(WORDS, access)
    await source.fetch({}, now=vk.now)
    by_words = {words: tag for tag, words in vk.rules.items()}
    vk.tell(number=4101, tags=[by_words["яма"]])
    vk.tell(number=4102, tags=[by_words["люк"]])
    vk.tell(number=4103, tags=[by_words["люк"], by_words["яма"]])
    vk.tell(number=4104, tags=["of another program"])

    fetched = await source.fetch({}, now=vk.now)

    told = [(each.post.external_id, each.place) for each in fetched.posts]
    assert told == [
        (f"wall:{OWNER}_4101", None),
        (f"wall:{OWNER}_4102", "люк"),
        (f"wall:{OWNER}_4103", None),
    ]
    assert [each.only_there for each in fetched.posts] == [False, True, False]


async def test_no_author_and_no_key_is_in_what_comes(
    vk: StreamServer, poller: Poller
) -> None:
    vk.tell(number=4101, text=f"[id{RESIDENT}|Ирина Тестова], яма", signer_id=RESIDENT)

    fetched = await poller.source.fetch(poller.cursor, now=vk.now)

    told = repr((fetched, poller.source))
    assert len(fetched.posts) == 1
    for secret in (str(RESIDENT), "Ирина", "author", KEY, "service-1"):
        assert secret not in told


async def test_the_option_can_be_taken_off_again(
    vk: StreamServer, poller: Poller
) -> None:
    vk.publish("Яма")
    vk.forward(seconds=30)
    await poller.poll(vk.now)
    poller.source = VkConnector().open(WORDS, vk.access())

    await poller.poll(vk.now)

    assert len(poller.archive.effects) == 1
    assert "stream" not in poller.cursor


@pytest.mark.parametrize(
    ("token", "warnings"),
    [
        (Token("t", "service", {"token": "service-1"}), ()),
        (
            Token("u", "user", {"token": "user-1"}),
            (Remark("vk:stream-key"),),
        ),
    ],
)
async def test_a_test_of_the_place_says_whether_there_is_a_stream(
    vk: StreamServer, token: Token, warnings: tuple[Remark, ...]
) -> None:
    checked = await VkConnector().check(WORDS, vk.access(token, push="stream"))

    assert checked.warnings == warnings


async def test_a_stream_vk_does_not_give_is_a_warning(vk: StreamServer) -> None:
    vk.faults = [("streaming.getServerUrl", 15)]

    checked = await VkConnector().check(WORDS, vk.access(push="stream"))

    assert [str(each) for each in checked.warnings] == [
        "VK gives no stream: VK refused streaming.getServerUrl: asked for (15)"
    ]
