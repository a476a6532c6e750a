"""MAX's fake keeps what is known of the bot API: one test for each thing."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from infra.sandbox.networks.max import FAKE, TOKEN, shapes
from infra.sandbox.networks.max.shapes import BOT_ID
from infra.sandbox.stage import Counters
from infra.sandbox.stage.plans import DeliveryMode, FaultMode, Write, WriteMode
from tests.services.ingest.sources.max.sandbox import CHAT, MaxServer

ANSWER = "Исправим до пятницы."


@pytest.fixture
def server() -> MaxServer:
    return MaxServer()


async def ask(
    server: MaxServer,
    path: str,
    method: str = "GET",
    *,
    token: str = TOKEN,
    body: object = None,
    **params: str | int,
) -> httpx.Response:
    """Call a method a second later, so that no rate limit is met."""
    server.forward(seconds=1)
    return await server.http.request(
        method,
        f"http://max.invalid/max/{path}",
        params=params,
        json=body,
        headers={"Authorization": token},
    )


async def told(
    server: MaxServer,
    path: str,
    **params: Any,  # noqa: ANN401 -- a query
) -> Any:  # noqa: ANN401 -- JSON
    answer = await ask(server, path, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def polled(server: MaxServer, **params: str | int) -> dict[str, Any]:
    body: dict[str, Any] = await told(server, "updates", timeout=0, **params)
    return body


def kinds(body: Mapping[str, Any]) -> list[str]:
    return [update["update_type"] for update in body["updates"]]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


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


# Updates


async def test_marker_commits_what_is_before_it(server: MaxServer) -> None:
    server.post("Первый")

    first = await polled(server)
    again = await polled(server)
    server.post("Второй")
    after = await polled(server, marker=first["marker"])
    committed = await polled(server)

    texts = [
        [each["message"]["body"]["text"] for each in body["updates"]]
        for body in (first, again, after, committed)
    ]
    assert texts == [["Первый"], ["Первый"], ["Второй"], ["Второй"]]
    assert after["marker"] == first["marker"] + 1


async def test_everything_that_happens_has_an_update(server: MaxServer) -> None:
    post = server.post("Пост")
    comment = server.comment(post, "Яма")
    server.edit(comment, "Яма на Лесной")
    server.delete(comment)
    server.edit(post, "Пост!")
    server.delete(post)
    server.restore(post)
    server.stage.ban(server.code, at=server.now)

    body = await polled(server)
    server.stage.ban(server.code, at=server.now, is_banned=False)
    after = await polled(server, marker=body["marker"])

    assert kinds(after) == ["bot_added"]
    assert kinds(body) == [
        "message_created",
        "comment_created",
        "comment_edited",
        "comment_removed",
        "message_edited",
        "message_removed",
        "bot_removed",
    ]
    removed = body["updates"][3]
    assert (removed["message_id"], removed["post_id"]) == (
        server.mid(comment),
        server.mid(post),
    )
    assert "message" not in removed


async def test_only_wanted_updates_are_told_and_a_hundred_at_most(
    server: MaxServer,
) -> None:
    for number in range(120):
        server.comment(server.post(f"Пост {number}"), "Яма")

    body = await polled(server, types="comment_created,comment_edited", limit=1000)

    assert kinds(body) == ["comment_created"] * 100


async def test_updates_live_a_day(server: MaxServer) -> None:
    await polled(server)
    server.post("Пост")
    server.forward(hours=25)

    assert (await polled(server))["updates"] == []


async def test_long_poll_waits_for_news(server: MaxServer) -> None:
    answer = await ask(server, "updates", timeout="0.1")

    assert answer.json()["updates"] == []


async def test_updates_may_be_lost_swapped_and_doubled(server: MaxServer) -> None:
    for mode in (DeliveryMode.DROP, DeliveryMode.REORDER, DeliveryMode.DUPLICATE):
        server.deliver(mode)
    for text in ("потеряно", "позже", "дважды"):
        server.post(text)

    body = await polled(server)

    texts = [each["message"]["body"]["text"] for each in body["updates"]]
    assert texts == ["дважды", "дважды", "позже"]


async def test_webhook_and_long_poll_exclude_each_other(server: MaxServer) -> None:
    subscribed = {"url": "https://otklik.example/hook", "update_types": []}
    await ask(server, "subscriptions", "POST", body=subscribed)
    refused = await ask(server, "updates", timeout=0)
    listed = await told(server, "subscriptions")
    await ask(server, "subscriptions", "DELETE", url="https://otklik.example/hook")

    assert code(refused) == (405, "method.not.allowed")
    assert [each["url"] for each in listed["subscriptions"]] == [subscribed["url"]]
    assert (await ask(server, "updates", timeout=0)).status_code == 200


async def test_delivery_that_is_not_answered_200_is_repeated() -> None:
    answers = [httpx.Response(500), httpx.Response(204), httpx.Response(200)]
    heard: list[str] = []

    def receive(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers["X-Max-Bot-Api-Secret"])
        return answers[len(heard) - 1]

    push = httpx.AsyncClient(transport=httpx.MockTransport(receive))
    server = MaxServer(push=push)
    hook = {"url": "https://otklik.example/hook", "secret": "hush"}
    await ask(server, "subscriptions", "POST", body=hook)
    server.post("Пост")

    taken = []
    for _ in range(4):
        taken.append(await server.networks.tick("max"))
        server.forward(minutes=1)

    assert (taken, heard) == ([0, 0, 1, 0], ["hush"] * 3)


async def test_nobody_who_listens_is_borne() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    server = MaxServer(push=httpx.AsyncClient(transport=httpx.MockTransport(fail)))
    await ask(server, "subscriptions", "POST", body={"url": "https://otklik.example"})
    server.post("Пост")

    assert await server.networks.tick("max") == 0


# Answers


async def answered(server: MaxServer, **more: object) -> httpx.Response:
    server.networks.ledger.approve(ANSWER)
    post = server.post("Пост")
    path = f"messages/{server.mid(post)}/comments"
    return await ask(server, path, "POST", body={"text": ANSWER, **more})


async def test_channel_answers_as_itself(server: MaxServer) -> None:
    answer = await answered(server)

    message = answer.json()["message"]
    assert (message["sender"], message["body"]["text"]) == (None, ANSWER)
    (entry,) = server.networks.ledger.all
    assert (entry.text, entry.is_approved, entry.outcome) == (ANSWER, True, "success")
    assert server.report()["unapproved_writes"] == 0


async def test_bot_does_not_hear_itself(server: MaxServer) -> None:
    await answered(server)

    assert kinds(await polled(server)) == ["message_created"]


async def test_bot_speaks_in_a_chat_under_its_own_name() -> None:
    server = MaxServer(CHAT)
    above = server.post("Яма")
    link = {"type": "reply", "mid": server.mid(above)}
    body = {"text": ANSWER, "link": link}

    answer = await ask(server, "messages", "POST", body=body, chat_id=server.chat)

    message = answer.json()["message"]
    assert message["sender"]["user_id"] == BOT_ID
    assert message["link"]["message"]["mid"] == server.mid(above)
    assert server.report()["unapproved_writes"] == 1


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        (WriteMode.REJECTED, 403),
        (WriteMode.LIMITED, 429),
        (WriteMode.DELETED_TARGET, 404),
    ],
)
async def test_write_plan_is_followed(
    server: MaxServer, mode: WriteMode, status: int
) -> None:
    server.context.writes.add(Write(mode=mode))

    assert (await answered(server)).status_code == status


async def test_lost_response_has_been_published(server: MaxServer) -> None:
    server.context.writes.add(Write(mode=WriteMode.LOST))

    with pytest.raises(httpx.HTTPError):
        await answered(server)

    assert server.networks.ledger.all[0].outcome == "lost"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 400),
        ({"text": "а" * 4001}, 400),
        ({"link": {"type": "reply", "mid": "mid.nothing"}}, 404),
    ],
)
async def test_answer_of_a_wrong_form_is_refused(
    server: MaxServer, body: dict[str, object], status: int
) -> None:
    assert (await answered(server, **body)).status_code == status


async def test_third_answer_to_a_chat_in_a_second_is_refused(
    server: MaxServer,
) -> None:
    post = server.post("Пост")
    address = f"http://max.invalid/max/messages/{server.mid(post)}/comments"
    headers = {"Authorization": TOKEN}
    answers = [
        await server.http.post(address, json={"text": ANSWER}, headers=headers)
        for _ in range(3)
    ]

    assert [each.status_code for each in answers] == [200, 200, 429]


async def test_channel_takes_no_messages_and_a_chat_no_comments() -> None:
    channel, chat = MaxServer(), MaxServer(CHAT)
    post = chat.post("Яма")

    refused = [
        await ask(
            channel, "messages", "POST", body={"text": "т"}, chat_id=channel.chat
        ),
        await ask(
            chat, f"messages/{chat.mid(post)}/comments", "POST", body={"text": "т"}
        ),
        await ask(chat, f"messages/{chat.mid(post)}/comments"),
    ]

    assert [each.status_code for each in refused] == [403, 404, 404]


# Faults


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({}, (429, "too.many.requests")),
        ({"code": 405}, (405, "method.not.allowed")),
        ({"code": 418}, (418, "internal.error")),
    ],
)
async def test_limits_have_the_form_of_max(
    server: MaxServer, fault: dict[str, int], expected: tuple[int, str]
) -> None:
    server.fault(FaultMode.LIMIT, retry_after=5, **fault)

    answer = await ask(server, "me")

    assert code(answer) == expected


def test_routes_belong_to_the_stage_of_max(server: MaxServer) -> None:
    router = FAKE.routes(server.context)

    assert (FAKE.code, FAKE.prefixes) == ("max", ("/max",))
    assert all(route.path.startswith("/max/") for route in router.routes)  # type: ignore[attr-defined]
