"""A bot's queue: edits, repeats, gaps, strangers; nothing is lost."""

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.sandbox.stage import AuthorKind, Writer
from infra.sandbox.stage.plans import DeliveryMode
from services.ingest.domain.posts import PostKind
from tests.services.ingest.sources.telegram.polled_bot import Bot, Told, updates_of
from tests.services.ingest.sources.telegram.sandbox import Telegram


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
    (update, _) = await updates_of(telegram)
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
