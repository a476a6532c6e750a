"""Telethon's own objects are read as the port says."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

pytest.importorskip("telethon", reason="the extra `mtproto` is not installed")

from telethon import errors
from telethon.tl import types
from telethon.tl.types import updates

from shared.networks.access import Token
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.telegram import mtproto_errors
from shared.networks.telegram.history import Difference, Peer
from shared.networks.telegram.telethon_history import (
    TelethonHistory,
    _client,
    difference_of,
    open_telethon,
)
from shared.networks.telegram.telethon_shapes import message_of
from tests.services.ingest.sources.telegram.sandbox import Telegram

AT = datetime(2025, 11, 11, 9, tzinfo=UTC)
LATER = datetime(2025, 11, 11, 9, 10, tzinfo=UTC)
CHANNEL, GROUP = 900000001, 950000001


def message(number: int = 501, chat: int = CHANNEL, **more: Any) -> types.Message:  # noqa: ANN401 -- fields
    usual = {"peer_id": types.PeerChannel(chat), "date": AT, "message": "Яма"}
    return types.Message(number, **{**usual, **more})


def test_post_has_its_counters_and_no_author() -> None:
    read = message_of(
        message(
            post=True,
            post_author="Олеся П.",
            views=1480,
            forwards=6,
            edit_date=LATER,
            grouped_id=135,
            replies=types.MessageReplies(
                3, 77, comments=True, recent_repliers=[types.PeerUser(700000021)]
            ),
            reactions=types.MessageReactions(
                [
                    types.ReactionCount(types.ReactionEmoji("👎"), 17),
                    types.ReactionCount(types.ReactionEmoji("👍"), 2),
                ]
            ),
        )
    )

    assert read is not None
    assert (read.id, read.chat, read.text, read.written_at) == (501, CHANNEL, "Яма", AT)
    assert (read.edited_at, read.album, read.by_page) == (LATER, 135, True)
    assert (read.views, read.forwards, read.replies, read.reactions) == (1480, 6, 3, 19)
    assert [each for each in ("700000021", "Олеся") if each in repr(read)] == []
    assert read.raw["message"] == "Яма"


def test_invisible_edit_is_none() -> None:
    read = message_of(message(edit_date=LATER, edit_hide=True))

    assert read is not None
    assert read.edited_at is None


def test_comment_names_its_thread() -> None:
    direct = types.MessageReplyHeader(reply_to_msg_id=9001)
    deeper = types.MessageReplyHeader(reply_to_msg_id=9002, reply_to_top_id=9001)
    topic = types.MessageReplyHeader(reply_to_msg_id=5, forum_topic=True)
    author = types.PeerUser(700000021)

    found = [
        message_of(message(9003, GROUP, from_id=author, reply_to=reply))
        for reply in (direct, deeper, topic)
    ]

    assert [each and (each.thread, each.by_page) for each in found] == [
        (9001, False),
        (9001, False),
        (None, False),
    ]


def test_copy_of_a_post_names_the_post() -> None:
    forward = types.MessageFwdHeader(
        AT,
        from_id=types.PeerChannel(CHANNEL),
        channel_post=501,
        saved_from_peer=types.PeerChannel(CHANNEL),
        saved_from_msg_id=501,
    )
    by_a_person = types.MessageFwdHeader(AT, from_id=types.PeerUser(700000021))

    copy = message_of(message(9001, GROUP, fwd_from=forward))
    other = message_of(message(9002, GROUP, fwd_from=by_a_person))

    assert copy is not None
    assert other is not None
    assert (copy.copy_of, other.copy_of) == ((CHANNEL, 501), None)


@pytest.mark.parametrize(
    ("more", "by_page"),
    [
        ({"from_id": types.PeerUser(700000021)}, False),
        ({"from_id": types.PeerUser(5)}, True),
        ({"from_id": types.PeerUser(700000021), "out": True}, True),
        ({"from_id": None}, True),
        ({"from_id": types.PeerChannel(GROUP)}, True),
        ({"from_id": types.PeerChannel(77)}, False),
    ],
)
def test_words_of_the_page_are_told_from_others(
    more: dict[str, Any], *, by_page: bool
) -> None:
    read = message_of(message(9003, GROUP, **more), ours=frozenset({5}))

    assert read is not None
    assert read.by_page is by_page


def test_people_named_without_a_username_are_cut_out() -> None:
    entities = [types.MessageEntityMentionName(3, 5, 700000021)]

    read = message_of(message(message="😀 Олеся, где?", entities=entities))

    assert read is not None
    assert read.text == "😀 @…, где?"


def test_rich_message_is_read_block_by_block() -> None:
    rich = types.RichMessage(
        blocks=[
            types.PageBlockParagraph(
                types.TextConcat(
                    [
                        types.TextPlain("Света нет "),
                        types.TextBold(types.TextPlain("12 ноября")),
                        types.TextPlain(", "),
                        types.TextMentionName(types.TextPlain("Олеся"), 700000021),
                    ]
                )
            ),
            types.PageBlockDivider(),
            types.PageBlockParagraph(types.TextPlain("Лесная")),
        ],
        photos=[],
        documents=[],
    )

    read = message_of(message(message="", rich_message=rich))

    assert read is not None
    assert read.text == "Света нет 12 ноября, @…\nЛесная"


def test_shape_of_a_newer_telegram_is_named() -> None:
    read = message_of(message(message="", media=types.MessageMediaUnsupported()))

    assert read is not None
    assert read.unknown == "media: MessageMediaUnsupported"


def test_service_messages_are_left_out() -> None:
    service = types.MessageService(
        5, types.PeerChannel(CHANNEL), AT, types.MessageActionPinMessage()
    )

    assert message_of(service) is None
    assert message_of(types.MessageEmpty(6, types.PeerChannel(CHANNEL))) is None
    assert message_of(None) is None


def test_difference_has_new_and_edited_messages_and_deletions() -> None:
    found = updates.ChannelDifference(
        pts=1204,
        new_messages=[message(502)],
        other_updates=[
            types.UpdateEditChannelMessage(message(501, edit_date=LATER), 1203, 1),
            types.UpdateDeleteChannelMessages(CHANNEL, [499, 500], 1204, 2),
            types.UpdateDeleteChannelMessages(77, [1], 1204, 1),
        ],
        chats=[],
        users=[],
        final=False,
    )

    read = difference_of(found, CHANNEL, 1000)

    assert (read.pts, read.deleted, read.is_final) == (1204, (499, 500), False)
    assert [each.id for each in read.messages] == [502, 501]


def test_difference_may_be_empty_or_too_long() -> None:
    empty = updates.ChannelDifferenceEmpty(pts=1000, final=True)
    dialog = types.Dialog(
        peer=types.PeerChannel(CHANNEL),
        top_message=1,
        read_inbox_max_id=1,
        read_outbox_max_id=1,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(),
        pts=1300,
    )
    long = updates.ChannelDifferenceTooLong(dialog, [], [], [], final=True)

    assert difference_of(empty, CHANNEL, 1000) == Difference(1000)
    assert difference_of(long, CHANNEL, 1000) == Difference(1300, is_too_long=True)


class Client:
    """Answers requests as a test wants, in the way a Telethon client does."""

    def __init__(self, **answers: Callable[[Any], Any]) -> None:
        self._answers = answers
        self.asked: list[Any] = []
        self.dialogs = 0

    async def get_dialogs(self) -> None:
        self.dialogs += 1

    async def get_input_entity(self, peer: types.PeerChannel) -> Any:  # noqa: ANN401 -- Telethon's
        if peer.channel_id != CHANNEL or not self.dialogs:
            raise ValueError("Could not find the input entity")
        return types.InputPeerChannel(CHANNEL, 11)

    async def __call__(self, request: Any) -> Any:  # noqa: ANN401 -- Telethon's
        self.asked.append(request)
        return self._answers[type(request).__name__](request)

    async def get_messages(self, peer: Any, ids: list[int]) -> list[Any]:  # noqa: ANN401 -- Telethon's
        assert peer.channel_id == GROUP
        return [message(number, GROUP) if number != 7 else None for number in ids]

    async def iter_messages(self, peer: Any, **wanted: Any) -> Any:  # noqa: ANN401 -- Telethon's
        self.asked.append((peer, wanted))
        yield message(502)
        yield types.MessageEmpty(501, types.PeerChannel(CHANNEL))

    async def get_stats(self, peer: Any) -> Any:  # noqa: ANN401 -- Telethon's
        assert peer.channel_id == CHANNEL

        class Stats:
            followers = types.StatsAbsValueAndPrev(15342.0, 15000.0)
            views_per_post = types.StatsAbsValueAndPrev(1480.4, 1400.0)

        return Stats()


def full_channel(_: object) -> Any:  # noqa: ANN401 -- Telethon's
    class Full:
        class full_chat:  # noqa: N801 -- Telethon's name
            id = CHANNEL
            pts = 1200
            linked_chat_id = GROUP
            participants_count = 15342
            can_view_stats = True

        chats = (
            types.Channel(
                CHANNEL,
                "Дороги",
                types.ChatPhotoEmpty(),
                AT,
                access_hash=11,
                username="test_roads",
            ),
            types.Channel(GROUP, "Чат", types.ChatPhotoEmpty(), AT, access_hash=12),
        )

    return Full


async def test_chat_is_looked_up_by_name_once() -> None:
    resolved = types.contacts.ResolvedPeer(
        types.PeerChannel(CHANNEL),
        [types.Channel(CHANNEL, "Д", types.ChatPhotoEmpty(), AT, access_hash=11)],
        [],
    )
    client = Client(
        ResolveUsernameRequest=lambda _: resolved, GetFullChannelRequest=full_channel
    )
    history = TelethonHistory(client)

    chat = await history.chat("test_roads")
    again = await history.chat("test_roads", chat.peer)

    assert again == chat
    assert (chat.peer, chat.linked) == (Peer(CHANNEL, 11), Peer(GROUP, 12))
    assert (chat.username, chat.title, chat.members) == ("test_roads", "Дороги", 15342)
    assert (chat.pts, chat.can_view_stats) == (1200, True)
    assert [type(each).__name__ for each in client.asked] == [
        "ResolveUsernameRequest",
        "GetFullChannelRequest",
        "GetFullChannelRequest",
    ]


async def test_name_of_a_person_is_no_channel() -> None:
    person = types.contacts.ResolvedPeer(types.PeerUser(5), [], [])
    history = TelethonHistory(Client(ResolveUsernameRequest=lambda _: person))

    with pytest.raises(NetworkError, match="no channel") as caught:
        await history.chat("ivan_test")

    assert caught.value.kind is ErrorKind.DISABLE


async def test_chat_without_a_name_is_found_among_the_accounts_own() -> None:
    client = Client(GetFullChannelRequest=full_channel)
    history = TelethonHistory(client)

    chat = await history.chat(f"c/{CHANNEL}")
    with pytest.raises(NetworkError, match="no member") as caught:
        await history.chat("c/77")

    assert chat.peer == Peer(CHANNEL, 11)
    assert caught.value.kind is ErrorKind.DISABLE
    assert client.dialogs == 2


async def test_messages_are_asked_for_between_two_numbers() -> None:
    client = Client()
    history = TelethonHistory(client)
    peer = Peer(CHANNEL, 11)

    past = [each.id async for each in history.iter_messages(peer, above=3, limit=100)]
    replies = [
        each.id async for each in history.get_replies(peer, 9, below=8, limit=50)
    ]
    single = await history.get_messages(Peer(GROUP, 12), [7, 9])

    assert (past, replies, [each.id for each in single]) == ([502], [502], [9])
    assert [wanted for _, wanted in client.asked] == [
        {"limit": 100, "min_id": 3, "offset_id": 0},
        {"reply_to": 9, "limit": 50, "offset_id": 8},
    ]


async def test_statistics_are_whole_numbers_by_name() -> None:
    assert await TelethonHistory(Client()).stats(Peer(CHANNEL, 11)) == {
        "followers": 15342,
        "views_per_post": 1480,
    }


async def test_difference_is_asked_for_from_the_pts() -> None:
    empty = updates.ChannelDifferenceEmpty(pts=1000, final=True)
    client = Client(GetChannelDifferenceRequest=lambda _: empty)

    found = await TelethonHistory(client).difference(Peer(CHANNEL, 11), 990)

    assert found == Difference(1000)
    assert (client.asked[0].pts, client.asked[0].channel.channel_id) == (990, CHANNEL)


async def test_answer_carries_its_own_number() -> None:
    sent = types.Updates(
        [types.UpdateMessageID(9010, 12345), types.UpdateConfig()], [], [], AT, 1
    )
    client = Client(SendMessageRequest=lambda _: sent)
    history = TelethonHistory(client)

    number = await history.send(
        Peer(GROUP, 12), "Ответ", reply_to=9002, random_id=12345
    )

    request = client.asked[0]
    assert number == 9010
    assert (request.message, request.random_id) == ("Ответ", 12345)
    assert request.reply_to.reply_to_msg_id == 9002


def test_client_never_waits_by_itself() -> None:
    client = _client({"session": "", "api_id": "1", "api_hash": "x"})

    assert client.flood_sleep_threshold == 0
    assert client.session.dc_id == 0


@pytest.mark.parametrize("secrets", [{"session": "broken", "api_id": "1"}])
async def test_session_that_can_not_be_read_is_refused(secrets: dict[str, str]) -> None:
    token = Token("s1", "session", {**secrets, "api_hash": "x"})
    with pytest.raises(NetworkError) as caught:
        async with open_telethon(Telegram().access(), token):
            pass

    assert caught.value.kind is ErrorKind.REAUTH


def test_library_has_the_errors_we_name() -> None:
    named = {*mtproto_errors._KINDS, *mtproto_errors._EXPLAINED}
    python = {"ConnectionError", "OSError", "TimeoutError"}

    assert [name for name in named - python if not hasattr(errors, name)] == []
