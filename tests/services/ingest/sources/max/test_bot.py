"""A bot's queue: the marker commits only what was stored; nothing is guessed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from infra.sandbox.networks.max import TOKEN
from infra.sandbox.networks.max.shapes import BOT_ID
from infra.sandbox.stage.plans import DeliveryMode, FaultMode
from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import ErrorKind, Evidence, Fetched, SourceError
from services.ingest.sources.max.bot import BotSource
from tests.services.ingest.sources.max.sandbox import CHAT, RESIDENT, MaxServer


class Bot:
    """A source, and the cursor that is kept between its polls."""

    def __init__(self, server: MaxServer) -> None:
        self.max = server
        self.source = BotSource(server.access())
        self.cursor: Mapping[str, Any] = {}

    async def poll(self, *, saves: bool = True, **later: float) -> Fetched:
        self.max.forward(**later)
        fetched = await self.source.fetch(self.cursor, now=self.max.now)
        if saves:
            self.cursor = json.loads(json.dumps(fetched.cursor))
        return fetched

    async def texts(self, *, saves: bool = True, **later: float) -> list[str]:
        fetched = await self.poll(saves=saves, **later)
        return [each.post.text for each in fetched.posts]


@pytest.fixture
def server() -> MaxServer:
    return MaxServer()


@pytest.fixture
def bot(server: MaxServer) -> Bot:
    return Bot(server)


async def test_post_and_comment_stand_as_they_do_in_the_channel(
    server: MaxServer, bot: Bot
) -> None:
    item = server.post("Отключение света")
    comment = server.comment(item, "А у нас, на Лесной?")

    told = (await bot.poll()).posts

    post, answer = (each.post for each in told)
    assert (post.external_id, post.kind, post.parent_id) == (
        server.key(item),
        PostKind.POST,
        None,
    )
    assert (answer.external_id, answer.kind, answer.parent_id) == (
        server.key(comment),
        PostKind.COMMENT,
        post.external_id,
    )
    assert answer.url == post.url
    assert (post.url or "").startswith(f"https://max.ru/c/{server.chat}/")
    assert answer.source == post.source == str(server.chat)
    assert answer.published_at == comment.created_at
    assert [each.place for each in told] == [str(server.chat)] * 2
    assert [each.from_page for each in told] == [True, False]


async def test_answer_in_a_chat_is_a_comment_on_what_it_answers() -> None:
    server = MaxServer(CHAT)
    bot = Bot(server)
    first = server.post("Яма")
    server.comment(first, "И у нас")

    post, answer = (await bot.poll()).posts

    assert (post.post.kind, answer.post.kind) == (PostKind.POST, PostKind.COMMENT)
    assert answer.post.parent_id == post.post.external_id
    assert answer.post.url != post.post.url
    assert (post.from_page, answer.from_page) == (False, False)


async def test_marker_is_passed_only_after_the_posts_were_stored(
    server: MaxServer, bot: Bot
) -> None:
    server.post("Первый")

    killed = await bot.texts(saves=False)
    again = await bot.texts()
    server.post("Второй")
    after = await bot.texts()

    assert (killed, again, after) == (["Первый"], ["Первый"], ["Второй"])
    asked = [url.params.get("marker") for url in server.asked if "updates" in url.path]
    assert asked == [None, None, "40002"]


async def test_bot_is_asked_for_its_number_once(server: MaxServer, bot: Bot) -> None:
    for _ in range(3):
        await bot.poll(seconds=1)

    paths = [url.path for url in server.asked]
    assert paths == ["/max/me", *["/max/updates"] * 3]


async def test_own_words_of_the_bot_are_the_pages(server: MaxServer) -> None:
    bot = Bot(MaxServer(CHAT))
    bot.max.post("Отвечаем здесь", by_bot=True)

    (told,) = (await bot.poll()).posts

    assert (told.from_page, bot.cursor["me"]) == (True, BOT_ID)


async def test_comment_of_nobody_is_the_channels_but_not_one_without_a_sender(
    server: MaxServer, bot: Bot
) -> None:
    item = server.post("Пост")
    server.comment(item, "Исправим", writer=None)
    server.comment(item, "Когда?", senderless=True)

    told = (await bot.poll()).posts

    assert [each.from_page for each in told[1:]] == [True, False]


async def test_edit_is_dated_by_its_update(server: MaxServer, bot: Bot) -> None:
    item = server.post("Нет света")
    await bot.poll()
    server.forward(minutes=3)
    server.edit(item, "Нет света на Лесной")

    (told,) = (await bot.poll()).posts

    assert (told.post.text, told.post.edited_at) == ("Нет света на Лесной", server.now)
    assert told.post.published_at == item.created_at


async def test_removal_is_an_event_with_its_place(server: MaxServer, bot: Bot) -> None:
    item = server.post("Пост")
    comment = server.comment(item, "Яма")
    await bot.poll()
    server.forward(minutes=3)
    server.delete(comment)
    server.delete(item)

    of_comment, of_post = (await bot.poll()).posts

    assert [each.evidence for each in (of_comment, of_post)] == [Evidence.EVENT] * 2
    assert (of_comment.post.external_id, of_comment.post.parent_id) == (
        server.key(comment),
        server.key(item),
    )
    assert (of_post.post.external_id, of_post.post.kind) == (
        server.key(item),
        PostKind.POST,
    )
    assert (of_post.post.deleted, of_post.date_guessed) == (True, False)
    assert of_post.post.published_at == item.created_at


async def test_update_told_twice_or_late_is_taken_once_or_late(
    server: MaxServer, bot: Bot
) -> None:
    server.deliver(DeliveryMode.DUPLICATE)
    server.post("Дважды")
    server.deliver(DeliveryMode.REORDER)
    server.post("Первый")
    server.post("Второй")

    texts = await bot.texts()

    assert texts == ["Дважды", "Дважды", "Второй", "Первый"]


async def test_updates_older_than_a_day_are_lost_and_said_to_be(
    server: MaxServer, bot: Bot
) -> None:
    await bot.poll()
    server.post("Пропало")

    fetched = await bot.poll(hours=25)

    assert fetched.posts == ()
    assert "lost to its queue" in (fetched.note or "")


async def test_full_page_asks_for_more(server: MaxServer, bot: Bot) -> None:
    for number in range(101):
        server.post(f"Яма {number}")

    first, second = await bot.poll(), await bot.poll()

    assert (len(first.posts), first.more) == (100, True)
    assert (len(second.posts), second.more) == (1, False)


async def test_webhook_beside_the_long_poll_is_for_a_person(
    server: MaxServer, bot: Bot
) -> None:
    await server.http.post(
        "http://max.invalid/max/subscriptions",
        json={"url": "https://otklik.example/hook", "secret": "s"},
        headers={"Authorization": TOKEN},
    )

    with pytest.raises(SourceError, match="a webhook is set") as caught:
        await bot.poll()

    assert (caught.value.kind, caught.value.code) == (ErrorKind.HUMAN, "max:405")


async def test_two_polls_a_second_at_most(server: MaxServer, bot: Bot) -> None:
    for number in range(10):
        server.post(f"Яма {number}")
        await bot.poll()

    assert server.report()["over_limit"] == 0


async def test_chats_the_bot_can_not_read_any_more_are_named(
    server: MaxServer, bot: Bot
) -> None:
    server.stage.ban(server.code, at=server.now)

    fetched = await bot.poll()

    assert fetched.note == f"{server.chat}: the bot was removed"


async def test_clock_that_is_wrong_is_noticed(server: MaxServer, bot: Bot) -> None:
    server.fault(FaultMode.SKEW, seconds=3600, times=2)

    fetched = await bot.poll()

    assert fetched.note == "the network's clock and ours differ by 3600 s"


async def test_cursor_and_raws_hold_no_author(server: MaxServer, bot: Bot) -> None:
    mark = {"type": "user_mention", "from": 7, "length": 4, "user_link": "@olesya"}
    item = server.post("Спроси Олю, когда", markup=[mark])
    server.comment(server.comment(item, "Яма"), "И у нас")

    fetched = await bot.poll()

    assert fetched.posts[0].post.text == "Спроси @… когда"
    told = repr(fetched)
    traces = (str(RESIDENT.id), RESIDENT.name, "Олю", "olesya")
    assert [each for each in traces if each in told] == []


# What the fake does not tell


class Told:
    """A bot whose next updates the test writes itself."""

    def __init__(self, *updates: object, marker: object = 7) -> None:
        self._body = {"updates": list(updates), "marker": marker}
        self.server = MaxServer()
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self._source = BotSource(replace(self.server.access(), http=http))

    def _answer(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=self._body)

    async def poll(self, cursor: Mapping[str, Any] | None = None) -> Fetched:
        usual = {"me": BOT_ID, **(cursor or {})}
        return await self._source.fetch(usual, now=self.server.now)


def message(**other: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    at = 1763629200000
    usual = {
        "recipient": {"chat_id": -70_000_000_000_009, "chat_type": "chat"},
        "timestamp": at,
        "body": {"mid": "mid.ffffc0557b5f8ff7019a9ff1abc00001", "text": "Яма"},
    }
    return {**usual, **other}


def created(**other: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    return {"update_type": "message_created", "message": message(**other)}


async def test_removal_may_come_with_the_comment_in_it() -> None:
    recipient = {"chat_id": -7, "chat_type": "channel", "post_id": "mid.post"}
    body = {"mid": "mid.comment", "text": "Яма"}
    removed = message(recipient=recipient, body=body)
    named = {"message_id": "mid.comment", "chat_id": -7, "post_id": "mid.post"}
    forms = ({"message": removed}, named, {**named, "user_id": 5})
    told = Told(*({"update_type": "comment_removed", **each} for each in forms))

    posts = [each.post for each in (await told.poll()).posts]

    assert [(each.external_id, each.parent_id) for each in posts] == [
        ("mid.comment", "mid.post")
    ] * 3
    assert all(each.deleted for each in posts)


async def test_private_words_bring_nothing() -> None:
    dialog = {"chat_id": 5, "chat_type": "dialog", "user_id": 6}
    removed = {"update_type": "message_removed", "message_id": "mid.1", "chat_id": 5}
    told = Told(created(recipient=dialog), removed)

    fetched = await told.poll()

    assert (fetched.posts, fetched.unknown) == ((), None)


async def test_unknown_shapes_are_counted() -> None:
    told = Told(
        7,
        {"update_type": 5},
        {"update_type": "message_sung"},
        {"update_type": "dialog_muted"},
        {"update_type": "bot_removed"},
        {"update_type": "comment_removed"},
        created(body=None),
        created(recipient={"chat_id": -7, "chat_type": "choir"}),
        created(timestamp=10**30),
    )

    fetched = await told.poll()

    assert fetched.unknown == {
        "update": 2,
        "update: message_sung": 1,
        "update: bot_removed": 1,
        "update: comment_removed": 1,
        "message": 1,
        "chat: choir": 1,
    }
    assert fetched.refused == (
        "mid.ffffc0557b5f8ff7019a9ff1abc00001: timestamp: is no time",
    )


async def test_lost_rights_are_noted() -> None:
    change = {"update_type": "bot_admin_permissions_changed", "chat_id": -7}
    told = Told(
        {**change, "is_admin": True, "permissions": ["write"]},
        {**change, "chat_id": -8, "is_admin": False},
        {"update_type": "bot_added", "chat_id": -8},
    )

    fetched = await told.poll()

    assert fetched.note == "-7: the bot may not read all messages any more"


async def test_marker_that_is_not_told_stays() -> None:
    fetched = await Told(marker=None).poll({"marker": 12})

    assert fetched.cursor["marker"] == 12


@pytest.mark.parametrize("body", [[], {"updates": 5}, "x"])
async def test_answer_of_another_form_is_tried_again(body: object) -> None:
    told = Told()
    told._body = body  # type: ignore[assignment]

    with pytest.raises(SourceError, match="no list") as caught:
        await told.poll()

    assert caught.value.kind is ErrorKind.RETRY
