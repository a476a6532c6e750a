"""A chat that is read again and again: its past, its comments, its end."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.sandbox.stage import Counters
from infra.sandbox.stage.plans import FaultMode
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Evidence, Fetched, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.max.chat import ChatSource
from tests.services.ingest.sources.max.sandbox import CHAT, MaxServer


class Chat:
    """A source, and the cursor that is kept between its polls."""

    def __init__(self, server: MaxServer, native: str | None = None) -> None:
        self.max = server
        native = native or str(server.chat)
        place = Place(Network.MAX, "chat", native, "https://max.ru/…")
        self.source = ChatSource(place, server.access())
        self.cursor: Mapping[str, Any] = {}

    async def poll(self, **later: float) -> Fetched:
        self.max.forward(**later)
        fetched = await self.source.fetch(self.cursor, now=self.max.now)
        self.cursor = json.loads(json.dumps(fetched.cursor))
        return fetched

    async def settle(self, **later: float) -> list[Fetched]:
        """Poll until there is no more."""
        polls = [await self.poll(**later)]
        while polls[-1].more:
            polls.append(await self.poll())
        return polls

    async def texts(self, **later: float) -> list[str]:
        polls = await self.settle(**later)
        return [each.post.text for poll in polls for each in poll.posts]


@pytest.fixture
def server() -> MaxServer:
    made = MaxServer()
    made.forward(days=7)
    return made


@pytest.fixture
def chat(server: MaxServer) -> Chat:
    return Chat(server)


async def test_past_is_read_a_week_back(server: MaxServer, chat: Chat) -> None:
    server.post("Давно", at=server.now - timedelta(days=8))
    server.post("Недавно", at=server.now - timedelta(days=6))
    server.post("Сейчас")

    assert await chat.texts() == ["Сейчас", "Недавно"]


async def test_what_was_read_is_shown_as_it_stands(
    server: MaxServer, chat: Chat
) -> None:
    server.stage.publish(
        server.code, "Пост", at=server.now, counters=Counters(views=120)
    )

    (told,) = (await chat.poll()).posts

    assert (told.seen, told.place) == (True, str(server.chat))
    assert told.post.metrics == {"views": 120}


async def test_views_are_brought_once_an_hour(server: MaxServer, chat: Chat) -> None:
    item = server.post("Пост")
    server.stage.count(server.code, item.id, Counters(views=5))
    await chat.settle()
    server.stage.count(server.code, item.id, Counters(views=9))

    early = await chat.settle(minutes=31)
    late = await chat.settle(minutes=30)

    views = [
        [each.post.metrics for poll in polls for each in poll.posts]
        for polls in (early, late)
    ]
    assert views == [[], [{"views": 9}]]


async def test_comments_of_new_posts_are_looked_for_every_minute(
    server: MaxServer, chat: Chat
) -> None:
    item = server.post("Пост")
    await chat.settle()
    server.comment(item, "Яма")

    early, late = await chat.texts(seconds=30), await chat.texts(seconds=31)

    assert (early, late) == ([], ["Яма"])


async def test_long_threads_are_read_to_the_last(server: MaxServer, chat: Chat) -> None:
    item = server.post("Пост")
    for number in range(230):
        server.forward(milliseconds=1)
        server.comment(item, f"Яма {number}")

    texts = await chat.texts()

    assert len(texts) == len(set(texts)) == 231


async def test_more_than_a_page_in_one_moment_is_stepped_over_and_counted(
    server: MaxServer, chat: Chat
) -> None:
    server.forward(seconds=-1)
    for number in range(150):
        server.post(f"Яма {number}")
    server.post("Раньше", at=server.now - timedelta(hours=1))
    server.forward(seconds=1)

    polls = await chat.settle()

    texts = [each.post.text for poll in polls for each in poll.posts]
    assert "Раньше" in texts
    assert polls[0].unknown == {"page: all of one moment": 1}


async def test_missing_post_takes_its_comments_along(
    server: MaxServer, chat: Chat
) -> None:
    item = server.post("Пост")
    comment = server.comment(item, "Яма")
    await chat.settle()
    server.delete(item)

    polls = [*await chat.settle(minutes=2), *await chat.settle(minutes=2)]

    missing = [
        (each.post.external_id, each.evidence) for poll in polls for each in poll.posts
    ]
    one = [(server.key(each), Evidence.ABSENT) for each in (item, comment)]
    assert missing == [*one, *one]


async def test_every_miss_is_told_and_the_store_counts(
    server: MaxServer, chat: Chat
) -> None:
    item = server.post("Пост")
    await chat.settle()
    server.delete(item)

    told = [len((await chat.settle(minutes=2))[0].posts) for _ in range(5)]

    assert told == [1, 1, 1, 0, 0]


async def test_comments_that_are_switched_off_do_not_stop_the_posts(
    server: MaxServer, chat: Chat
) -> None:
    server.server.comments_off.add(server.code)
    server.post("Первый")

    first, second = await chat.settle(), await chat.settle(minutes=2)

    assert [each.post.text for each in first[0].posts] == ["Первый"]
    assert all(poll.note is None for poll in (*first, *second))


async def test_failing_comments_are_put_off_with_a_note(
    server: MaxServer, chat: Chat
) -> None:
    server.comment(server.post("Пост"), "Яма")
    server.fault(FaultMode.STATUS, route="messages/*/comments", status=503)

    first = await chat.poll()
    second = await chat.poll()
    texts = await chat.texts(minutes=1)

    assert [each.post.text for each in first.posts] == ["Пост"]
    assert second.note == "the network answered 503"
    assert texts == ["Яма"]


async def test_bot_that_was_removed_stops_the_source(
    server: MaxServer, chat: Chat
) -> None:
    await chat.settle()
    server.stage.ban(server.code, at=server.now)

    with pytest.raises(SourceError, match="no administrator") as at_once:
        await chat.poll(minutes=1)
    with pytest.raises(SourceError, match="was removed from the chat") as later:
        await chat.poll(hours=1)

    assert [each.value.kind for each in (at_once, later)] == [ErrorKind.DISABLE] * 2
    assert [each.value.code for each in (at_once, later)] == ["max:403"] * 2


async def test_channel_is_found_by_its_name_once(server: MaxServer) -> None:
    chat = Chat(server, "@max_oblast")
    server.post("Пост")

    texts = await chat.texts() + await chat.texts(minutes=1)

    assert texts == ["Пост"]
    paths = [url.path for url in server.asked if "chats" in url.path]
    assert paths == ["/max/chats/max_oblast"]


async def test_name_that_max_does_not_tell_asks_for_the_number(
    server: MaxServer,
) -> None:
    chat = Chat(server, "@nowhere_here")

    with pytest.raises(SourceError, match="give its address with the number") as caught:
        await chat.poll()

    assert caught.value.kind is ErrorKind.HUMAN


async def test_forwarded_words_are_taken_for_want_of_own() -> None:
    server = MaxServer(CHAT)
    chat = Chat(server)
    server.post("Яма на Лесной", forward=True)

    (told,) = (await chat.poll()).posts

    assert told.post.text == "Яма на Лесной"
    assert "Чужой" not in repr(told)


async def test_pictures_without_words_bring_nothing(
    server: MaxServer, chat: Chat
) -> None:
    item = server.post("", attachments=[{"type": "image", "payload": {"token": "t"}}])
    first = await chat.texts()
    server.delete(item)

    assert (first, await chat.texts(minutes=31)) == ([], [])


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"mode": FaultMode.STATUS, "status": 503}, ErrorKind.RETRY),
        ({"mode": FaultMode.CUT}, ErrorKind.RETRY),
        ({"mode": FaultMode.RESET}, ErrorKind.RETRY),
        ({"mode": FaultMode.LIMIT, "retry_after": 90}, ErrorKind.WAIT),
        ({"mode": FaultMode.LIMIT, "code": 400}, ErrorKind.BUG),
    ],
)
async def test_failure_is_told_and_loses_nothing(
    server: MaxServer, chat: Chat, fault: dict[str, Any], kind: ErrorKind
) -> None:
    server.post("Пост")
    server.fault(route="messages", **fault)

    with pytest.raises(SourceError) as caught:
        await chat.poll()
    texts = await chat.texts(minutes=2)

    assert (caught.value.kind, texts) == (kind, ["Пост"])


@pytest.mark.parametrize(
    "fault",
    [
        {"mode": FaultMode.GZIP},
        {"mode": FaultMode.CONTENT_TYPE, "value": "text/html"},
        {"mode": FaultMode.SKEW, "seconds": 600},
    ],
)
async def test_oddities_of_the_way_are_borne(
    server: MaxServer, chat: Chat, fault: dict[str, Any]
) -> None:
    server.post("Пост")
    server.fault(times=50, **fault)

    assert await chat.texts() == ["Пост"]


async def test_nothing_is_asked_while_the_limit_lasts(
    server: MaxServer, chat: Chat
) -> None:
    server.fault(FaultMode.LIMIT, retry_after=90)

    with pytest.raises(SourceError):
        await chat.poll()
    with pytest.raises(SourceError) as held:
        await chat.poll(seconds=30)

    assert held.value.kind is ErrorKind.WAIT
    assert len(server.asked) == 1


async def test_messages_of_other_forms_are_passed_on_or_refused(
    server: MaxServer,
) -> None:
    def message(mid: str, at: int, text: str) -> dict[str, Any]:
        recipient = {"chat_id": server.chat, "chat_type": "chat"}
        body = {"mid": mid, "text": text}
        return {"recipient": recipient, "timestamp": at, "body": body}

    at = int(server.now.timestamp() * 1000)
    shown = [
        message("mid.other", at, "Яма"),
        message("mid.late", 10**30, "Никогда"),
        message("mid.old", 5, "В начале времён"),
    ]
    bodies = iter(
        [
            {"chat_id": server.chat, "type": "chat", "participants_count": True},
            {"user_id": 5},
            {"messages": shown},
        ]
    )
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=next(bodies)))
    )
    place = Place(Network.MAX, "chat", str(server.chat), "https://max.ru/…")

    fetched = await ChatSource(place, replace(server.access(), http=http)).fetch(
        {}, now=server.now
    )

    assert [each.post.external_id for each in fetched.posts] == ["mid.other"]
    assert [each.partition(":")[0] for each in fetched.refused] == [
        "mid.late",
        "mid.old",
    ]
