"""A bot's queue: comments find their posts, albums become one."""

from infra.sandbox.networks.telegram.shapes import comment_id
from infra.sandbox.stage.plans import DeliveryMode
from services.ingest.domain.posts import PostKind
from tests.services.ingest.sources.telegram.polled_bot import Bot, Told, updates_of
from tests.services.ingest.sources.telegram.sandbox import RESIDENT, Telegram


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
    updates = await updates_of(telegram)
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
    orphan = (await updates_of(telegram))[2]
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
