"""A channel by MTProto: past, changes, deletions, and every way it can be refused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

pytest.importorskip("telethon", reason="the extra `mtproto` is not installed")

from telethon import errors
from telethon.tl import types

from infra.sandbox.networks.telegram.shapes import copy_id
from infra.sandbox.stage import AuthorKind, Writer
from services.ingest.sources.base import (
    ErrorKind,
    Evidence,
    Fetched,
    FetchedPost,
    SourceError,
)
from services.ingest.sources.telegram.bot import BotSource
from services.ingest.sources.telegram.gathering import Gathering
from services.ingest.sources.telegram.mtproto import MtprotoSource
from shared.networks.telegram.mtproto_errors import classed, meaning_of
from shared.networks.telegram.telethon_shapes import message_of
from tests.factories import NOW
from tests.services.ingest.sources.telegram.fake_history import FakeHistory
from tests.services.ingest.sources.telegram.sandbox import RESIDENT, Telegram
from tests.services.ingest.sources.telegram.test_mtproto_contract import SESSION


class Account:
    """A source by MTProto, and the cursor that is kept between its polls."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- JSON
        self.telegram = Telegram()
        self.history = FakeHistory(self.telegram)
        access = self.telegram.access(SESSION, **options)
        self.source = MtprotoSource(access, self.telegram.handle, self.history.open)
        self.cursor: Mapping[str, Any] = {}

    async def poll(self, **later: float) -> Fetched:
        self.telegram.forward(**(later or {"minutes": 1}))
        fetched = await self.source.fetch(self.cursor, now=self.telegram.now)
        self.cursor = fetched.cursor
        return fetched

    async def texts(self) -> list[str]:
        return [each.post.text for each in (await self.poll()).posts]


@pytest.fixture
def account() -> Account:
    return Account()


async def test_past_has_posts_and_the_comments_under_them(account: Account) -> None:
    telegram = account.telegram
    item = telegram.post("Отключение света")
    comment = telegram.comment(telegram.comment(item, "А у нас?"), "И у нас")

    posts = [each.post for each in (await account.poll()).posts]

    assert {post.external_id: post.parent_id for post in posts} == {
        telegram.key(item): None,
        telegram.key(comment): telegram.key(item),
        telegram.key(telegram.stage.item(item.page, item.id + 1)): telegram.key(item),
    }


async def test_past_is_seen_as_it_stands_and_a_change_is_told(
    account: Account,
) -> None:
    telegram = account.telegram
    telegram.comment(telegram.post("Отключение света"), "А у нас?")

    past = (await account.poll()).posts
    telegram.post("Свет дали")
    told = (await account.poll()).posts

    assert [each.seen for each in (*past, *told)] == [True, True, False]


async def test_keys_and_parents_are_those_a_bot_gives(account: Account) -> None:
    telegram = account.telegram
    item = telegram.post("Отключение света")
    telegram.comment(item, "А у нас?")
    bot = BotSource(telegram.access())

    by_bot = (await bot.fetch({}, now=telegram.now)).posts
    by_account = (await account.poll()).posts

    assert _stands(by_account) == _stands(by_bot)


def _stands(found: tuple[FetchedPost, ...]) -> set[object]:
    return {
        (each.post.external_id, each.post.parent_id, each.post.url, each.post.text)
        for each in found
    }


async def test_counters_are_told_where_there_are_any(account: Account) -> None:
    telegram = account.telegram
    item = telegram.post("Пост")
    telegram.comment(item, "Яма")

    post, comment = (each.post for each in (await account.poll()).posts)

    assert (post.metrics, comment.metrics) == ({"shares": 0, "comments": 1}, {})


async def test_later_comment_is_joined_by_asking_for_the_copy(
    account: Account,
) -> None:
    telegram = account.telegram
    item = telegram.post("Пост")
    await account.poll()
    account.cursor = {**account.cursor, "roots": {}}
    telegram.comment(item, "Яма")

    (found,) = (await account.poll()).posts

    assert found.post.parent_id == telegram.key(item)
    assert account.cursor["roots"] == {str(copy_id(item.id)): item.id}


async def test_deleted_post_and_comment_are_told_as_events(account: Account) -> None:
    telegram = account.telegram
    item = telegram.post("Пост")
    comment = telegram.comment(item, "Яма")
    await account.poll()
    telegram.delete(comment)
    telegram.delete(item)

    gone = (await account.poll()).posts

    assert {
        (each.post.external_id, each.post.deleted, each.evidence) for each in gone
    } == {
        (telegram.key(item), True, Evidence.EVENT),
        (telegram.key(comment), True, Evidence.EVENT),
    }


async def test_answers_of_the_page_are_marked(account: Account) -> None:
    telegram = account.telegram
    item = telegram.post("Пост")
    telegram.comment(item, "Передали", writer=Writer(AuthorKind.GROUP, 1, "Группа"))

    posts = (await account.poll()).posts

    assert [each.from_page for each in posts] == [False, True]


async def test_album_is_one_post(account: Account) -> None:
    first = account.telegram.post("", album=8)
    account.telegram.post("Фото с Лесной", album=8)

    (found,) = (await account.poll()).posts

    assert (found.post.external_id, found.post.text) == (
        account.telegram.key(first),
        "Фото с Лесной",
    )


async def test_message_written_and_edited_since_the_last_poll_is_one(
    account: Account,
) -> None:
    await account.poll()
    item = account.telegram.post("До 20 ноября")
    account.telegram.edit(item, "До 25 ноября")

    assert await account.texts() == ["До 25 ноября"]


async def test_past_is_read_a_part_at_a_time() -> None:
    account = Account(first_posts=1_500)
    for number in range(1_600):
        account.telegram.post(f"Яма {number}")

    first = await account.poll()
    second = await account.poll()

    assert (len(first.posts), first.more) == (1_100, True)
    assert (len(second.posts), second.more) == (400, False)


async def test_long_thread_is_read_to_its_end(account: Account) -> None:
    item = account.telegram.post("Пост")
    for number in range(250):
        account.telegram.comment(item, f"Ответ {number}")

    fetched = await account.poll()

    assert len(fetched.posts) == 251


async def test_too_long_a_difference_reads_the_history_again(
    account: Account,
) -> None:
    account.telegram.post("Раньше")
    await account.poll()
    account.telegram.post("Тем временем")
    account.history.too_long = True

    fetched = await account.poll()

    assert "Тем временем" in [each.post.text for each in fetched.posts]
    assert fetched.note is not None
    assert "deletions meanwhile are not known" in fetched.note


async def test_closed_group_is_noted_and_the_channel_read(account: Account) -> None:
    item = account.telegram.post("Пост")
    account.telegram.comment(item, "Яма")
    account.history.is_group_open = False

    fetched = await account.poll()

    assert [each.post.text for each in fetched.posts] == ["Пост", "Яма"]
    assert fetched.note is not None
    assert "closed to this account" in fetched.note


async def test_group_that_closes_later_is_noted(account: Account) -> None:
    account.telegram.post("Пост")
    await account.poll()
    account.telegram.post("Ещё пост")
    account.history.is_group_open = False

    fetched = await account.poll()
    later = await account.poll()

    assert [each.post.text for each in fetched.posts] == ["Ещё пост"]
    assert fetched.note == "the discussion group is closed to this account now"
    assert later.note is None


async def test_closed_channel_is_disabled(account: Account) -> None:
    account.telegram.post("Пост")
    await account.poll()
    account.history.faults = [("difference", errors.ChannelPrivateError(request=None))]

    with pytest.raises(SourceError) as caught:
        await account.poll()

    assert caught.value.kind is ErrorKind.DISABLE


async def test_post_that_is_gone_when_its_thread_is_read_stops_nothing(
    account: Account,
) -> None:
    item = account.telegram.post("Пост")
    account.telegram.comment(item, "Яма")
    account.history.faults = [("get_replies", errors.MsgIdInvalidError(request=None))]

    assert await account.texts() == ["Пост"]


async def test_flood_wait_holds_every_call_with_the_session(account: Account) -> None:
    account.telegram.post("Пост")
    account.history.faults = [("chat", errors.FloodWaitError(request=None, capture=42))]
    with pytest.raises(SourceError) as flooded:
        await account.poll()
    calls = account.telegram.report()["requests"]

    with pytest.raises(SourceError) as held:
        await account.poll(seconds=10)
    meanwhile = account.telegram.report()["requests"]

    assert (flooded.value.kind, flooded.value.retry_after) == (
        ErrorKind.WAIT,
        timedelta(seconds=42),
    )
    assert (held.value.kind, meanwhile) == (ErrorKind.WAIT, calls)
    assert await account.texts() == ["Пост"]


async def test_what_was_read_before_a_flood_wait_is_kept(account: Account) -> None:
    for number in range(150):
        account.telegram.post(f"Яма {number}")
    account.history.faults = [
        ("iter_messages", errors.FloodWaitError(request=None, capture=42))
    ]

    first = await account.poll()
    second = await account.poll()

    assert (first.poll_after, first.more) == (timedelta(seconds=42), False)
    assert first.note is not None
    assert "42 seconds" in first.note
    assert len(second.posts) == 150


async def test_session_used_twice_is_given_up(account: Account) -> None:
    account.history.faults = [("chat", errors.AuthKeyDuplicatedError(request=None))]
    with pytest.raises(SourceError, match="two places at once") as ended:
        await account.poll()
    calls = account.telegram.report()["requests"]

    with pytest.raises(SourceError) as stopped:
        await account.poll(hours=1)

    assert (ended.value.kind, stopped.value.kind) == (ErrorKind.REAUTH,) * 2
    assert account.telegram.report()["requests"] == calls


@pytest.mark.parametrize(
    ("error", "kind", "wait"),
    [
        (errors.FloodWaitError(None, 42), ErrorKind.WAIT, 42),
        (errors.FloodPremiumWaitError(None, 7), ErrorKind.WAIT, 7),
        (errors.SlowModeWaitError(None, 30), ErrorKind.WAIT, 30),
        (errors.ChannelPrivateError(None), ErrorKind.DISABLE, None),
        (errors.UsernameNotOccupiedError(None), ErrorKind.DISABLE, None),
        (errors.UsernameInvalidError(None), ErrorKind.DISABLE, None),
        (errors.ChatGuestSendForbiddenError(None), ErrorKind.HUMAN, None),
        (errors.ChatWriteForbiddenError(None), ErrorKind.HUMAN, None),
        (errors.UserBannedInChannelError(None), ErrorKind.HUMAN, None),
        (errors.AuthKeyDuplicatedError(None), ErrorKind.REAUTH, None),
        (errors.SessionRevokedError(None), ErrorKind.REAUTH, None),
        (errors.UserDeactivatedBanError(None), ErrorKind.REAUTH, None),
        (errors.StatsMigrateError(None, 4), ErrorKind.RETRY, None),
        (errors.TimedOutError(None, "TIMEOUT"), ErrorKind.RETRY, None),
        (errors.RpcCallFailError(None), ErrorKind.RETRY, None),
        (errors.MsgIdInvalidError(None), ErrorKind.SKIP_ITEM, None),
        (errors.BadRequestError(None, "PEER_FLOODED"), ErrorKind.BUG, None),
        (ConnectionError("reset"), ErrorKind.RETRY, None),
        (TimeoutError(), ErrorKind.RETRY, None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_error_is_classed(error: Exception, kind: ErrorKind, wait: int | None) -> None:
    meant = meaning_of(error)

    assert meant is not None
    told = timedelta(seconds=wait) if wait else None
    assert (meant.kind, meant.retry_after) == (kind, told)
    assert (meant.code or "").startswith("telegram:")


def test_mistake_of_ours_is_not_taken_for_a_refusal() -> None:
    with pytest.raises(KeyError), classed():
        raise KeyError("ours")


def test_source_error_passes_as_it_is() -> None:
    ours = SourceError("signed out", ErrorKind.REAUTH)

    with pytest.raises(SourceError) as caught, classed():
        raise ours

    assert caught.value is ours


async def test_nobody_is_named_in_the_cursor(account: Account) -> None:
    account.telegram.comment(account.telegram.post("Пост"), "Яма на Лесной")

    await account.poll()

    told = repr(account.cursor)
    assert [each for each in (RESIDENT.name, "Яма") if each in told] == []


def test_author_is_taken_out_of_what_is_kept() -> None:
    read = message_of(
        types.Message(
            501,
            types.PeerChannel(900000001),
            NOW,
            "Яма",
            post_author="Олеся П.",
            from_id=types.PeerUser(700000021),
            fwd_from=types.MessageFwdHeader(NOW, from_name="Пётр П."),
            media=types.MessageMediaContact(
                "+79000000001", "Анна", "П.", "", 700000022
            ),
        )
    )
    assert read is not None
    gathering = Gathering("test_roads", {}, now=NOW)

    gathering.take([read], in_group=False, seen=True)

    (kept,) = gathering.posts()
    told = repr(kept)
    hidden = ("700000021", "Олеся", "Пётр", "Анна", "700000022", "+79000000001")
    assert [each for each in hidden if each in told] == []
