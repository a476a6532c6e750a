"""Answers and faults of the fake MAX."""

import httpx
import pytest

from infra.sandbox.networks.max import FAKE, TOKEN
from infra.sandbox.networks.max.shapes import BOT_ID
from infra.sandbox.stage.plans import FaultMode, Write, WriteMode
from tests.infra.sandbox.fakes.max import ask, code, kinds, polled
from tests.services.ingest.sources.max.sandbox import CHAT, MaxServer

ANSWER = "Исправим до пятницы."


@pytest.fixture
def server() -> MaxServer:
    return MaxServer()


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
