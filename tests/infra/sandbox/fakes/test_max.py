"""MAX's fake keeps what is known of the bot API: bots, chats, messages, comments."""

import pytest

from infra.sandbox.networks.max import TOKEN, shapes
from infra.sandbox.networks.max.shapes import BOT_ID
from infra.sandbox.stage import Counters
from tests.infra.sandbox.fakes.max import ask, code, told
from tests.services.ingest.sources.max.sandbox import CHAT, MaxServer


@pytest.fixture
def server() -> MaxServer:
    return MaxServer()


# Who asks, and how often


async def test_bot_is_told_about_itself(server: MaxServer) -> None:
    me = await told(server, "me")

    assert (me["user_id"], me["is_bot"]) == (BOT_ID, True)


@pytest.mark.parametrize("token", ["", "wrong", f"Bearer {TOKEN}"])
async def test_wrong_token_is_refused_and_counted(
    server: MaxServer, token: str
) -> None:
    answers = [await ask(server, "me", token=token) for _ in range(2)]

    assert [code(each) for each in answers] == [(401, "verify.token")] * 2
    assert server.report()["after_fatal"] == 1


async def test_thirty_first_call_in_a_second_is_refused(server: MaxServer) -> None:
    headers = {"Authorization": TOKEN}
    answers = [
        await server.http.get("http://max.invalid/max/me", headers=headers)
        for _ in range(31)
    ]

    assert [each.status_code for each in answers] == [200] * 30 + [429]
    assert server.report()["over_limit"] == 1


async def test_third_poll_in_a_second_is_refused(server: MaxServer) -> None:
    address = "http://max.invalid/max/updates?timeout=0"
    headers = {"Authorization": TOKEN}
    answers = [await server.http.get(address, headers=headers) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]


# Chats


async def test_chat_is_told_by_its_number_and_a_channel_by_its_name(
    server: MaxServer,
) -> None:
    by_name = await told(server, f"chats/{server.page.screen_name}")
    by_number = await told(server, f"chats/{server.chat}")

    assert by_name == by_number
    assert (by_name["chat_id"], by_name["type"], by_name["status"]) == (
        server.chat,
        "channel",
        "active",
    )
    assert by_name["participants_count"] == server.page.members


async def test_group_chat_has_no_name_to_find_it_by() -> None:
    server = MaxServer(CHAT)

    answer = await ask(server, f"chats/{server.page.screen_name}")

    assert code(answer) == (404, "chat.not.found")


async def test_chat_the_bot_was_removed_from_says_so(server: MaxServer) -> None:
    server.stage.ban(server.code, at=server.now)

    chat = await told(server, f"chats/{server.chat}")
    messages = await ask(server, "messages", chat_id=server.chat)
    rights = await ask(server, f"chats/{server.chat}/members/me")

    assert chat["status"] == "removed"
    assert [code(each) for each in (messages, rights)] == [(403, "chat.denied")] * 2


async def test_bot_of_another_page_sees_nothing_here(server: MaxServer) -> None:
    other = server.context.tokens.issue("bot", owner=CHAT).value

    answers = [
        await ask(server, f"chats/{server.chat}", token=other),
        await ask(server, "messages", token=other, chat_id=server.chat),
    ]

    assert [each.status_code for each in answers] == [404, 403]


async def test_bot_knows_its_rights(server: MaxServer) -> None:
    member = await told(server, f"chats/{server.chat}/members/me")

    assert (member["is_admin"], "read_all_messages" in member["permissions"]) == (
        True,
        True,
    )


# Messages


async def test_history_is_newest_first_from_one_moment_down_to_another(
    server: MaxServer,
) -> None:
    items = []
    for number in range(5):
        server.forward(seconds=10)
        items.append(server.post(f"Яма {number}"))
    times = [shapes.milliseconds(item.created_at) for item in items]

    body = await told(
        server, "messages", **{"chat_id": server.chat, "from": times[3], "to": times[1]}
    )

    assert [each["body"]["text"] for each in body["messages"]] == [
        "Яма 3",
        "Яма 2",
        "Яма 1",
    ]


@pytest.mark.parametrize(("count", "shown"), [(None, 50), (7, 7), (1000, 100)])
async def test_page_has_fifty_messages_and_a_hundred_at_most(
    server: MaxServer, count: int | None, shown: int
) -> None:
    for number in range(120):
        server.post(f"Яма {number}")
    asked = {} if count is None else {"count": count}

    body = await told(server, "messages", chat_id=server.chat, **asked)

    assert len(body["messages"]) == shown


async def test_channels_post_has_no_sender_but_views_in_lists(
    server: MaxServer,
) -> None:
    item = server.post("Пост")
    server.stage.count(server.code, item.id, Counters(views=12))

    (listed,) = (await told(server, "messages", chat_id=server.chat))["messages"]
    alone = await told(server, f"messages/{server.mid(item)}")

    assert (listed["sender"], listed["stat"]) == (None, {"views": 12})
    assert "stat" not in alone
    assert listed["recipient"]["chat_type"] == "channel"


async def test_answer_in_a_chat_is_a_message_with_a_link() -> None:
    server = MaxServer(CHAT)
    first = server.post("Яма")
    server.forward(seconds=1)
    server.comment(first, "И у нас")

    newest, _ = (await told(server, "messages", chat_id=server.chat))["messages"]

    assert newest["link"]["type"] == "reply"
    assert newest["link"]["message"]["mid"] == server.mid(first)
    assert newest["sender"]["is_bot"] is False


async def test_messages_may_be_asked_for_by_name(server: MaxServer) -> None:
    stays, goes = server.post("Тут"), server.post("Там")
    server.delete(goes)
    names = f"{server.mid(stays)},{server.mid(goes)},mid.nothing"

    body = await told(server, "messages", message_ids=names)
    gone = await ask(server, f"messages/{server.mid(goes)}")

    assert [each["body"]["mid"] for each in body["messages"]] == [server.mid(stays)]
    assert code(gone) == (404, "message.not.found")


async def test_what_vanished_is_nowhere(server: MaxServer) -> None:
    item = server.post("Пост")
    server.server.vanished.add((item.page, item.id))

    body = await told(server, "messages", chat_id=server.chat)

    assert body == {"messages": []}


# Comments


async def test_comments_are_listed_newest_first_under_their_post(
    server: MaxServer,
) -> None:
    post = server.post("Пост")
    server.comment(server.post("Другой"), "Мимо")
    first = server.comment(post, "Яма")
    server.forward(seconds=1)
    server.comment(first, "И у нас")
    path = f"messages/{server.mid(post)}/comments"

    newest, oldest = (await told(server, path))["messages"]
    alone = await told(server, f"{path}/{server.mid(first)}")

    assert newest["link"]["message"]["mid"] == oldest["body"]["mid"]
    assert oldest == alone
    assert "link" not in oldest
    assert oldest["recipient"]["post_id"] == server.mid(post)
    assert "attachments" not in oldest["body"]


async def test_comments_may_be_cut_by_time(server: MaxServer) -> None:
    post = server.post("Пост")
    items = []
    for number in range(4):
        server.forward(seconds=10)
        items.append(server.comment(post, f"Яма {number}"))
    before, after = (shapes.milliseconds(items[n].created_at) for n in (2, 1))
    path = f"messages/{server.mid(post)}/comments"

    body = await told(server, path, before=before, after=after)

    assert [each["body"]["text"] for each in body["messages"]] == ["Яма 2", "Яма 1"]


async def test_comments_go_with_their_post_and_may_be_switched_off(
    server: MaxServer,
) -> None:
    post = server.post("Пост")
    comment = server.comment(post, "Яма")
    path = f"messages/{server.mid(post)}/comments"
    server.server.comments_off.add(server.code)
    off = await ask(server, path)
    server.server.comments_off.clear()
    server.delete(post)

    gone = [await ask(server, path), await ask(server, f"{path}/{server.mid(comment)}")]

    assert code(off) == (403, "comments.denied")
    assert [each.status_code for each in gone] == [404, 404]
