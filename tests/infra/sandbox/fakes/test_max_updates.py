"""Updates of the fake MAX, asked for and delivered."""

import httpx
import pytest

from infra.sandbox.stage.plans import DeliveryMode
from tests.infra.sandbox.fakes.max import ask, code, kinds, polled, told
from tests.services.ingest.sources.max.sandbox import MaxServer


@pytest.fixture
def server() -> MaxServer:
    return MaxServer()


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
