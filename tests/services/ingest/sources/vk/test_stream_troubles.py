"""A stream of VK that fails leaves the search alone, and the stream for a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Token
from services.ingest.sources.vk import VkConnector
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.stream import StreamedSearch
from shared.networks.failures import NetworkError
from shared.networks.sockets import Socket, SocketRefused
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.server import OWNER
from tests.services.ingest.sources.vk.stream_server import (
    KEY,
    RESTART,
    StreamServer,
    listening,
    refusal,
)
from tests.services.ingest.sources.vk.test_contract import WORDS

POST = f"wall:{OWNER}_4101"


@pytest.fixture
def vk() -> StreamServer:
    return StreamServer()


@pytest.fixture
async def poller(vk: StreamServer) -> Poller:
    return await listening(vk)


async def test_a_dead_stream_is_left_alone_longer_and_longer(
    vk: StreamServer, poller: Poller
) -> None:
    vk.refuse = [NetworkError("no stream can be opened: OSError")] * 12
    pauses = []
    for _ in range(12):
        await poller.poll(vk.now)
        until = poller.cursor["stream"]["not_before"]
        pauses.append(until - int(vk.now.timestamp()))
        await poller.poll(vk.now)  # nobody is asked meanwhile
        vk.forward(seconds=pauses[-1])

    assert pauses == [10 * 2**n for n in range(9)] + [3600] * 3
    assert len(vk.connected) == 12


async def test_a_stream_that_fails_is_told_until_it_works(
    vk: StreamServer, poller: Poller
) -> None:
    vk.refuse = [NetworkError("no stream can be opened: OSError")]
    failed = await poller.source.fetch(poller.cursor, now=vk.now)
    waiting = await poller.source.fetch(failed.cursor, now=vk.now)
    vk.forward(seconds=10)
    works = await poller.source.fetch(waiting.cursor, now=vk.now)

    told = ("no stream can be opened: OSError", "vk:stream", False)
    assert (failed.note, failed.code, failed.more) == told
    assert (waiting.note, waiting.code, waiting.more) == told
    assert (works.note, works.code, works.more) == (None, None, True)


async def test_other_sources_with_the_key_leave_a_dead_stream_alone_too(
    vk: StreamServer,
) -> None:
    access = vk.access(push="stream")
    words = ("яма", "люк", "вода")
    pollers = [
        Poller(VkConnector().open(replace(WORDS, native=each), access))
        for each in words
    ]
    vk.refuse = [NetworkError("no stream can be opened: OSError")] * 4
    for _ in range(4):  # 10, 20, 40 and 80 s, that the others do not prolong
        for each in pollers:
            await each.poll(vk.now)
        vk.now = datetime.fromtimestamp(pollers[0].cursor["stream"]["not_before"], UTC)
    tried, failed = len(vk.connected), [each.cursor["stream"] for each in pollers]

    await pollers[0].poll(vk.now)

    assert (tried, len(vk.connected)) == (4, 5)
    assert [each["failures"] for each in failed] == [4, 0, 0]
    assert {each["code"] for each in failed} == {"vk:stream"}
    assert pollers[0].cursor["stream"]["code"] == ""


@pytest.mark.parametrize(
    ("code", "pause"),
    [
        (1003, 3600),
        (1004, 10),
        (1005, 3600),
        (1006, 60),
        (2000, 3600),
        (2003, 3600),
        (2004, 3600),
        (2005, 3600),
        (2006, 3600),
        (2007, 10),
        (2008, 3600),
    ],
)
async def test_every_refusal_has_a_pause_and_a_code_of_its_own(
    vk: StreamServer, poller: Poller, code: int, pause: int
) -> None:
    vk.refused_rules = {"GET": [refusal(code)]}
    vk.publish("Яма")

    await poller.poll(vk.now)
    stream = poller.cursor["stream"]
    vk.forward(seconds=30)
    await poller.poll(vk.now)

    assert stream["code"] == f"vk:stream:{code}"
    assert stream["not_before"] - stream["searched_at"] - 8 == pause
    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize("code", [5, 28])
async def test_a_key_that_is_refused_its_stream_still_searches(
    vk: StreamServer, poller: Poller, code: int
) -> None:
    vk.faults = [("streaming.getServerUrl", code)]
    vk.publish("Яма")

    await poller.poll(vk.now)
    stream = poller.cursor["stream"]
    vk.forward(seconds=30)
    await poller.poll(vk.now)

    assert stream["code"] == "vk:stream:refused"
    assert stream["note"].startswith("VK refused streaming.getServerUrl:")
    assert stream["not_before"] - stream["searched_at"] >= 3600
    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize("code", [5, 28])
async def test_a_key_that_is_refused_the_search_is_given_up(
    vk: StreamServer, poller: Poller, code: int
) -> None:
    vk.forward(seconds=30)
    vk.faults = [("newsfeed.search", code)]

    with pytest.raises(SourceError) as refused:
        await poller.source.fetch(poller.cursor, now=vk.now)
    with pytest.raises(SourceError, match="is not used until it is replaced"):
        await poller.source.fetch(poller.cursor, now=vk.now)

    assert refused.value.kind is ErrorKind.REAUTH


async def test_a_rule_that_another_has_added_meanwhile_is_as_good(
    vk: StreamServer,
) -> None:
    vk.refused_rules = {"POST": [refusal(2001)]}
    poller = Poller(VkConnector().open(WORDS, vk.access(push="stream")))

    await poller.poll(vk.now)

    assert (len(vk.connected), poller.notes) == (1, [])


async def test_a_rule_that_is_refused_is_told(vk: StreamServer) -> None:
    vk.refused_rules = {"POST": [refusal(2008)]}
    poller = Poller(VkConnector().open(WORDS, vk.access(push="stream")))

    await poller.poll(vk.now)

    assert poller.cursor["stream"]["code"] == "vk:stream:2008"


async def test_rules_of_no_form_are_no_rules(vk: StreamServer, poller: Poller) -> None:
    vk.refused_rules = {"GET": ["text", {"code": 200, "rules": ["text", {"tag": 1}]}]}
    await poller.poll(vk.now)
    vk.forward(seconds=10)

    await poller.poll(vk.now)

    assert poller.notes == ["VK's answer about the rules of its stream has no form"]


async def test_a_flood_is_left_to_the_next_poll(
    vk: StreamServer, poller: Poller
) -> None:
    for _ in range(1_200):
        vk.say({"code": 100})

    more = await poller.poll(vk.now)

    assert (more, len(vk.told)) == (True, 200)


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (SocketRefused(403, b"<html>Forbidden</html>"), "vk:stream:1004"),
        (SocketRefused(400, b'{"code": 400, "error": 5}'), "vk:stream:0"),
        (SocketRefused(502, b"[]"), "vk:stream"),
    ],
)
async def test_a_connection_that_is_refused_is_explained(
    vk: StreamServer, poller: Poller, refused: SocketRefused, code: str
) -> None:
    vk.refuse = [refused]

    await poller.poll(vk.now)

    assert poller.cursor["stream"]["code"] == code
    assert KEY not in repr((poller.cursor, poller.notes))


async def test_a_stream_that_hangs_does_not_cost_the_search_its_poll(
    vk: StreamServer,
) -> None:
    @asynccontextmanager
    async def hangs(_: str) -> AsyncIterator[Socket]:
        await asyncio.Event().wait()
        yield _never()

    access = replace(vk.access(), socket=hangs)
    search = SearchSource(WORDS, access)
    soon = timedelta(milliseconds=5)
    poller = Poller(StreamedSearch(search, WORDS.native, access, patience=soon))

    more = await poller.poll(vk.now)

    assert not more
    assert poller.notes == ["the stream took longer than 0.005 s"]


def _never() -> Socket:
    raise AssertionError("it hangs")


async def test_after_a_long_search_the_next_poll_listens(vk: StreamServer) -> None:
    vk.faults = [("newsfeed.search", 6)] * 2
    poller = Poller(VkConnector().open(WORDS, vk.access(push="stream")))
    began = vk.now
    vk.forward(seconds=5)

    more = await poller.poll(began)
    unheard = list(vk.connected)
    await poller.poll(vk.now)

    assert (more, unheard, len(vk.connected)) == (True, [], 1)


async def test_a_refusal_on_the_line_is_told(vk: StreamServer, poller: Poller) -> None:
    vk.tell(number=4101)
    vk.say(refusal(1006))

    await poller.poll(vk.now)

    assert poller.archive.standing == {POST: "Яма"}
    assert poller.cursor["stream"]["code"] == "vk:stream:1006"


async def test_a_server_that_begins_anew_is_given_time(
    vk: StreamServer, poller: Poller
) -> None:
    vk.tell(number=4101)
    vk.say(RESTART)
    vk.tell(number=4102)

    more = await poller.poll(vk.now)
    await poller.poll(vk.now)

    assert not more
    assert len(poller.archive.standing) == 2
    assert (poller.notes, poller.unknown) == ([], {})


async def test_what_vk_says_of_its_stream_is_shown(
    vk: StreamServer, poller: Poller
) -> None:
    said = {"message": "The stream ends in June", "service_code": 3999}
    vk.say({"code": 300, "service_message": said})
    vk.tell(number=4101)

    fetched = await poller.source.fetch(poller.cursor, now=vk.now)

    assert fetched.note == "VK says of its stream: The stream ends in June (3999)"
    assert fetched.code == "vk:stream:service"
    assert fetched.unknown == {"stream service message: 3999": 1}
    assert len(fetched.posts) == 1


async def test_unknown_messages_are_counted(vk: StreamServer, poller: Poller) -> None:
    vk.told = ["no JSON", "[]"]
    vk.say({"code": 500})
    vk.tell("moon", number=1)
    vk.tell(action="moved", number=4101)
    vk.tell(number=0)
    vk.say({"code": 100, "event": "nothing"})

    await poller.poll(vk.now)

    assert poller.archive.standing == {}
    assert poller.unknown == {
        "stream message: None": 2,
        "stream message: 500": 1,
        "stream event: moon": 1,
        "stream action: moved": 1,
        "stream event without id": 1,
    }


async def test_a_refused_key_is_an_error_of_the_source(
    vk: StreamServer, poller: Poller
) -> None:
    """The search says so, at its next turn; the stream alone might be refused."""
    vk.refused_tokens.add("service-1")
    await poller.poll(vk.now)
    vk.forward(seconds=30)

    with pytest.raises(SourceError) as caught:
        await poller.poll(vk.now)

    assert caught.value.kind is ErrorKind.REAUTH


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"endpoint": "a/b?c", "key": "k"},
        {"endpoint": "me@a", "key": "k"},
        {"endpoint": "a:port", "key": "k"},
    ],
)
async def test_an_endpoint_vk_does_not_name_leaves_the_search_alone(
    vk: StreamServer, poller: Poller, answer: object
) -> None:
    vk._streaming_getserverurl = lambda _form: answer  # type: ignore[assignment,method-assign,return-value]

    await poller.poll(vk.now)

    assert poller.notes == ["VK did not say where its stream is"]


async def test_without_a_service_key_the_search_works_alone(vk: StreamServer) -> None:
    user = Token("u", "user", {"token": "user-1"})
    poller = Poller(VkConnector().open(WORDS, vk.access(user, push="stream")))
    vk.publish("Яма")
    await poller.poll(vk.now)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert poller.cursor["stream"]["code"] == "vk:stream:key"


async def test_who_finds_another_listening_only_searches(vk: StreamServer) -> None:
    @asynccontextmanager
    async def taken(secret: str) -> AsyncIterator[None]:
        if secret:
            raise NetworkError("another process uses this token", ErrorKind.WAIT)
        yield

    access = replace(vk.access(push="stream"), alone=taken)
    poller = Poller(VkConnector().open(WORDS, access))

    more = await poller.poll(vk.now)

    assert (more, poller.notes, vk.connected) == (False, [], [])
    assert list(vk.rules.values()) == [WORDS.native]


async def test_who_can_not_ask_whether_another_listens_only_searches(
    vk: StreamServer,
) -> None:
    @asynccontextmanager
    async def broken(secret: str) -> AsyncIterator[None]:
        if secret:
            raise NetworkError("nobody knows")
        yield

    access = replace(vk.access(push="stream"), alone=broken)
    poller = Poller(VkConnector().open(WORDS, access))

    await poller.poll(vk.now)

    assert (poller.notes, vk.connected) == (["nobody knows"], [])
