"""A bot's queue: comments find their posts, albums become one, nothing is lost."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from infra.sandbox.networks.telegram.shapes import comment_id
from infra.sandbox.stage import AuthorKind, Writer
from infra.sandbox.stage.plans import DeliveryMode, FaultMode
from services.ingest.domain.posts import IncomingPost, PostKind
from services.ingest.sources.base import ErrorKind, Fetched, SourceError
from services.ingest.sources.telegram.bot import BotSource
from tests.services.ingest.sources.telegram.sandbox import (
    BOT_TOKEN,
    RESIDENT,
    Telegram,
)


class Bot:
    """A source, and the cursor that is kept between its polls."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.source = BotSource(telegram.access())
        self.cursor: Mapping[str, Any] = {}

    async def poll(self, **later: float) -> Fetched:
        self.telegram.forward(**later)
        fetched = await self.source.fetch(self.cursor, now=self.telegram.now)
        self.cursor = fetched.cursor
        return fetched

    async def texts(self, **later: float) -> list[str]:
        return [each.post.text for each in (await self.poll(**later)).posts]


class Told:
    """The same bot, whose next updates the test writes itself.

    `asked` are the offsets it asked with; `note` and the like are of the last poll.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._next: list[Any] = []
        self.asked: list[int | None] = []
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self._source = BotSource(replace(bot.telegram.access(), http=http))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(json.loads(request.content).get("offset"))
        return httpx.Response(200, json={"ok": True, "result": self._next})

    async def poll(self, updates: list[Any]) -> list[IncomingPost]:
        self._next = updates
        now = self._bot.telegram.now
        fetched = await self._source.fetch(self._bot.cursor, now=now)
        self._bot.cursor = fetched.cursor
        self.note, self.unknown = fetched.note, fetched.unknown
        self.refused = fetched.refused
        return [each.post for each in fetched.posts]


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def bot(telegram: Telegram) -> Bot:
    return Bot(telegram)


async def test_post_and_comment_stand_as_they_do_in_the_chat(
    telegram: Telegram, bot: Bot
) -> None:
    item = telegram.post("Отключение света")
    comment = telegram.comment(item, "А у нас, на Лесной?")

    told = (await bot.poll()).posts

    assert [(each.place, each.seen) for each in told] == [(telegram.handle, False)] * 2
    post, answer = (each.post for each in told)
    assert (post.external_id, post.url) == (
        f"{telegram.handle}/{item.id}",
        f"https://t.me/{telegram.handle}/{item.id}",
    )
    assert (post.kind, post.parent_id) == (PostKind.POST, None)
    assert (answer.external_id, answer.parent_id, answer.kind) == (
        f"{telegram.group}/{comment_id(comment.id)}",
        post.external_id,
        PostKind.COMMENT,
    )
    assert answer.source == post.source == telegram.handle
    assert answer.published_at == telegram.now


async def test_comment_on_a_comment_is_found_by_its_thread(
    telegram: Telegram, bot: Bot
) -> None:
    item = telegram.post("Пост")
    telegram.comment(telegram.comment(item, "Яма"), "И у нас")

    posts = [each.post for each in (await bot.poll()).posts]

    assert [post.parent_id for post in posts[1:]] == [telegram.key(item)] * 2


async def test_thread_is_remembered_between_polls(telegram: Telegram, bot: Bot) -> None:
    item = telegram.post("Пост")
    await bot.poll()
    telegram.comment(item, "Яма", bare=True)

    (found,) = (await bot.poll(minutes=5)).posts

    assert found.post.parent_id == telegram.key(item)


async def test_comment_before_its_post_is_joined_in_the_same_poll(
    telegram: Telegram, bot: Bot
) -> None:
    telegram.deliver(DeliveryMode.REORDER, event="message")
    item = telegram.post("Пост")
    telegram.comment(item, "Яма", bare=True)

    posts = [each.post for each in (await bot.poll()).posts]

    assert [post.parent_id for post in posts] == [None, telegram.key(item)]


async def test_orphan_is_taken_at_once_and_joined_when_its_post_is_known(
    telegram: Telegram, bot: Bot
) -> None:
    item = telegram.post("Пост")
    telegram.comment(item, "Яма", bare=True)
    updates = await _told(telegram)
    root, orphan = updates[1], updates[2]
    told = Told(bot)

    first = await told.poll([orphan])
    quiet = await told.poll([orphan])
    joined = await told.poll([orphan, root | {"update_id": orphan["update_id"] + 1}])
    after = await told.poll([])

    assert [post.parent_id for post in first] == [None]
    assert quiet == []
    assert [post.parent_id for post in joined] == [telegram.key(item)]
    assert after == []
    assert bot.cursor["offset"] == orphan["update_id"] + 2


async def test_orphan_is_not_waited_for_longer_than_two_minutes(
    telegram: Telegram, bot: Bot
) -> None:
    item = telegram.post("Пост")
    telegram.comment(item, "Яма", bare=True)
    orphan = (await _told(telegram))[2]
    told = Told(bot)
    await told.poll([orphan])
    waiting = bot.cursor["offset"]

    telegram.forward(minutes=2)
    again = await told.poll([orphan])

    assert again == []
    assert (waiting, bot.cursor["offset"]) == (
        orphan["update_id"],
        orphan["update_id"] + 1,
    )


async def test_cursor_holds_no_words(telegram: Telegram, bot: Bot) -> None:
    item = telegram.post("Пост")
    telegram.comment(item, "Яма", album=7)
    telegram.comment(item, "Тайна", bare=True)

    await bot.poll()

    told = repr(bot.cursor)
    assert [word for word in ("Яма", "Тайна", RESIDENT.name) if word in told] == []


async def test_album_is_one_post_under_its_first_message(
    telegram: Telegram, bot: Bot
) -> None:
    item = telegram.post("Пост")
    first = telegram.comment(item, "", album=135)
    telegram.comment(item, "Вот фото", album=135)

    early = await bot.texts()
    (late,) = (await bot.poll(seconds=3)).posts

    assert early == ["Пост"]
    assert late.post.text == "Вот фото"
    assert late.post.external_id == telegram.key(first)
    assert late.post.parent_id == telegram.key(item)
    assert await bot.texts() == []


async def test_halves_of_an_album_may_come_in_two_polls(
    telegram: Telegram, bot: Bot
) -> None:
    first = telegram.post("Слева", album=8)
    early = await bot.texts()
    telegram.post("Справа", album=8)
    telegram.forward(seconds=3)

    (found,) = (await bot.poll()).posts

    assert early == []
    assert (found.post.text, found.post.external_id) == (
        "Слева\nСправа",
        telegram.key(first),
    )


async def test_album_is_whole_when_something_else_follows_in_its_chat(
    telegram: Telegram, bot: Bot
) -> None:
    telegram.post("Фото с Лесной", album=8)
    telegram.post("Другое")

    assert await bot.texts() == ["Фото с Лесной", "Другое"]


async def test_edit_of_an_album_keeps_its_key(telegram: Telegram, bot: Bot) -> None:
    first = telegram.post("", album=8)
    captioned = telegram.post("Фото", album=8)
    await bot.poll()
    await bot.poll(seconds=3)
    telegram.edit(captioned, "Фото с Лесной")

    (found,) = (await bot.poll()).posts

    assert (found.post.text, found.post.external_id) == (
        "Фото с Лесной",
        telegram.key(first),
    )


async def test_wordless_album_and_picture_bring_nothing(
    telegram: Telegram, bot: Bot
) -> None:
    telegram.post("", album=8)
    telegram.post("", photo=True)
    telegram.post("", service={"pinned_message": {"message_id": 1}})

    fetched = await bot.poll()
    await bot.poll(seconds=3)

    assert (fetched.posts, fetched.unknown) == ((), None)


async def test_edit_has_its_time(telegram: Telegram, bot: Bot) -> None:
    item = telegram.post("До 20 ноября")
    telegram.forward(minutes=10)
    telegram.edit(item, "До 25 ноября")

    first, second = (each.post for each in (await bot.poll()).posts)

    assert (first.text, first.edited_at) == ("До 20 ноября", None)
    assert (second.text, second.edited_at) == ("До 25 ноября", telegram.now)


async def test_update_told_twice_is_taken_once(telegram: Telegram, bot: Bot) -> None:
    telegram.deliver(DeliveryMode.DUPLICATE, event="channel_post")
    telegram.post("Дважды")

    first = await bot.texts()
    bot.cursor = {**bot.cursor, "offset": None}
    second = await bot.texts()

    assert (first, second) == (["Дважды"], ["Дважды"])


async def test_lost_day_is_noticed(telegram: Telegram, bot: Bot) -> None:
    await bot.poll()

    in_time = await bot.poll(hours=23)
    too_late = await bot.poll(hours=25)

    assert in_time.note is None
    assert too_late.note is not None
    assert "MTProto or preview" in too_late.note


async def test_numbers_that_begin_anew_after_a_week_are_understood(
    telegram: Telegram, bot: Bot
) -> None:
    told = Told(bot)
    post = telegram.post("Пост")
    (update, _) = await _told(telegram)
    await told.poll([{**update, "update_id": 90_000}])
    telegram.forward(days=7)

    again = await told.poll([{**update, "update_id": 5}])

    assert [each.external_id for each in again] == [telegram.key(post)]
    assert told.asked == [None, None]
    assert bot.cursor["offset"] == 6


async def test_answers_of_the_page_are_marked(telegram: Telegram, bot: Bot) -> None:
    item = telegram.post("Пост")
    telegram.comment(item, "Передали", writer=Writer(AuthorKind.GROUP, 1, "Группа"))
    telegram.comment(item, "Как канал", sender="channel")
    telegram.comment(item, "Яма")

    posts = (await bot.poll()).posts

    assert [(each.post.text, each.from_page) for each in posts] == [
        ("Пост", False),
        ("Передали", True),
        ("Как канал", False),
        ("Яма", False),
    ]


async def test_group_that_moved_is_named(telegram: Telegram, bot: Bot) -> None:
    moved = {
        "update_id": 9,
        "message": {
            "message_id": 3,
            "date": int(telegram.now.timestamp()),
            "chat": {"id": -4000001, "type": "group", "title": "Чат"},
            "migrate_to_chat_id": -1000950000123,
        },
    }
    told = Told(bot)

    await told.poll([moved])

    assert told.note == "the group g/4000001 is the supergroup c/950000123 now"


@pytest.mark.parametrize(
    ("update", "counted"),
    [
        ({"update_id": 1, "poll_answer": {}}, {"update:poll_answer": 1}),
        ({"update_id": 1, "message": {"text": "?"}}, {"update:message": 1}),
        ({"update_id": 1}, {"update:empty": 1}),
        ({"no": "number"}, {"update": 1}),
        ("text", {"update": 1}),
    ],
)
async def test_strange_updates_are_counted(
    bot: Bot, update: object, counted: dict[str, int]
) -> None:
    told = Told(bot)

    posts = await told.poll([update])

    assert (posts, told.unknown) == ([], counted)


@pytest.mark.parametrize(
    "message",
    [
        {"chat": {"id": 700, "type": "private"}, "message_id": 5},
        {"chat": {"id": -100, "type": "group"}, "message_id": 0},
    ],
)
async def test_private_and_planned_messages_are_left_alone(
    bot: Bot, message: dict[str, Any]
) -> None:
    told = Told(bot)
    now = int(bot.telegram.now.timestamp())

    posts = await told.poll(
        [{"update_id": 1, "message": {**message, "text": "Личное", "date": now}}]
    )

    assert (posts, told.unknown) == ([], None)


async def test_impossible_time_is_refused_with_the_reason(bot: Bot) -> None:
    told = Told(bot)
    chat = {"id": -1000900000001, "type": "channel", "username": "Test_District"}
    message = {"chat": chat, "message_id": 5, "text": "Из будущего", "date": 10**18}

    posts = await told.poll([{"update_id": 1, "channel_post": message}])

    assert (posts, told.refused) == ([], ("test_district/5: date: is no time",))


async def test_hour_in_the_future_is_accepted(bot: Bot) -> None:
    told = Told(bot)
    ahead = int(bot.telegram.now.timestamp()) + 3600
    chat = {"id": -1000900000001, "type": "channel"}
    message = {"chat": chat, "message_id": 5, "text": "Рано", "date": ahead}

    (post,) = await told.poll([{"update_id": 1, "channel_post": message}])

    assert post.published_at == datetime.fromtimestamp(ahead, UTC)
    assert post.external_id == "c/900000001/5"


async def test_comment_in_a_group_without_a_channel_is_still_taken(bot: Bot) -> None:
    told = Told(bot)
    message = {
        "chat": {"id": -77, "type": "group"},
        "message_id": 5,
        "text": "Яма",
        "date": int(bot.telegram.now.timestamp()),
        "is_topic_message": True,
        "message_thread_id": 3,
    }

    (post,) = await told.poll([{"update_id": 1, "message": message}])

    assert (post.external_id, post.url, post.kind) == ("g/77/5", None, PostKind.POST)


async def test_renamed_channel_keeps_its_keys(bot: Bot) -> None:
    told = Told(bot)
    now = int(bot.telegram.now.timestamp())
    chat = {"id": -1000900000001, "type": "channel", "username": "old_name"}
    first = {"chat": chat, "message_id": 5, "text": "Раз", "date": now}
    second = {**first, "chat": {**chat, "username": "new_name"}, "edit_date": now + 1}

    posts = await told.poll(
        [
            {"update_id": 1, "channel_post": first},
            {"update_id": 2, "edited_channel_post": second},
        ]
    )

    assert [post.external_id for post in posts] == ["old_name/5", "old_name/5"]


async def test_full_answer_asks_for_more_and_waits_for_nothing(
    telegram: Telegram, bot: Bot
) -> None:
    telegram.post("Альбом", album=1)
    for number in range(100):
        telegram.post(f"Яма {number}")

    first = await bot.poll()
    second = await bot.poll()

    assert (first.more, second.more) == (True, True)
    assert not (await bot.poll()).more


async def test_clock_that_is_far_off_is_noticed(telegram: Telegram, bot: Bot) -> None:
    telegram.fault(FaultMode.SKEW, route="getUpdates", seconds=3600)

    fetched = await bot.poll()

    assert fetched.note == "Telegram's clock is 3600 s ahead of ours"


@pytest.mark.parametrize(
    ("fault", "kind", "wait"),
    [
        ({"mode": "limit", "retry_after": 37}, ErrorKind.WAIT, 37),
        ({"mode": "limit", "code": 409}, ErrorKind.HUMAN, None),
        ({"mode": "status", "status": 502}, ErrorKind.RETRY, None),
        ({"mode": "cut"}, ErrorKind.RETRY, None),
        ({"mode": "reset"}, ErrorKind.RETRY, None),
        ({"mode": "charset", "value": "cp1251"}, ErrorKind.RETRY, None),
    ],
)
async def test_failure_is_classed_and_loses_nothing(
    telegram: Telegram, bot: Bot, fault: dict[str, Any], kind: ErrorKind, wait: int
) -> None:
    telegram.post("Яма")
    telegram.fault(FaultMode(fault.pop("mode")), route="getUpdates", **fault)

    with pytest.raises(SourceError) as caught:
        await bot.poll()

    told = timedelta(seconds=wait) if wait else None
    assert (caught.value.kind, caught.value.retry_after) == (kind, told)
    assert await bot.texts(minutes=1) == ["Яма"]


async def test_wait_holds_every_call_with_the_token(
    telegram: Telegram, bot: Bot
) -> None:
    telegram.fault(FaultMode.LIMIT, route="getUpdates", retry_after=37)
    with pytest.raises(SourceError):
        await bot.poll()
    calls = telegram.report()["requests"]

    with pytest.raises(SourceError) as caught:
        await bot.poll(seconds=5)

    assert caught.value.kind is ErrorKind.WAIT
    assert telegram.report()["requests"] == calls


async def test_token_is_in_no_error(telegram: Telegram, bot: Bot) -> None:
    telegram.fault(FaultMode.RESET, route="getUpdates")
    telegram.fault(FaultMode.STATUS, route="getUpdates", status=503)
    told = []
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            await bot.poll(minutes=1)
        told.append(str(caught.value) + repr(caught.value.__cause__))

    assert [text for text in told if BOT_TOKEN in text] == []


async def test_long_poll_ends_as_soon_as_something_happens(
    telegram: Telegram,
) -> None:
    telegram.post("Яма")
    source = BotSource(telegram.access(wait_s=30))

    fetched = await source.fetch({}, now=telegram.now)

    assert [each.post.text for each in fetched.posts] == ["Яма"]


async def test_answer_that_is_no_list_is_tried_again(bot: Bot) -> None:
    told = Told(bot)

    with pytest.raises(SourceError, match="no list") as caught:
        await told.poll({"not": "a list"})  # type: ignore[arg-type]

    assert caught.value.kind is ErrorKind.RETRY


async def _told(telegram: Telegram) -> list[dict[str, Any]]:
    """Ask the fake for its updates as they are."""
    url = f"http://telegram.invalid/telegram/bot{BOT_TOKEN}/getUpdates"
    answer = await telegram.http.post(url, json={})
    found: list[dict[str, Any]] = answer.json()["result"]
    return found
