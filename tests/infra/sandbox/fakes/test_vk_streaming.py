"""The fake VK: the Streaming API with its rules, its events and its refusals."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn

from infra.sandbox.networks.faulty import Hangable
from infra.sandbox.networks.vk.stream_rules import (
    MOST_RULES,
    StreamRefusal,
    StreamRules,
)
from shared.networks.failures import NetworkError
from shared.networks.sockets import Socket, SocketRefused, opener
from tests.infra.sandbox.fakes.vk import (
    GROUP,
    OWNER,
    PAGE,
    SERVICE,
    USER,
    Vk,
    running_vk,
)
from tests.infra.sandbox.sockets import AppSockets
from tests.infra.sandbox.worlds import START

HOST = "sandbox.invalid/vk/streaming"
MOMENT = timedelta(seconds=1)


@pytest.fixture
async def vk() -> AsyncIterator[Vk]:
    async with running_vk() as vk:
        yield vk


@pytest.fixture
async def key(vk: Vk) -> str:
    found = await vk.ask("streaming.getServerUrl")
    assert found["endpoint"] == HOST
    return str(found["key"])


@pytest.fixture
def sockets(vk: Vk) -> AppSockets:
    transport = vk.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    return AppSockets(transport.app, vk.wall.pass_by)


async def _rules(vk: Vk, key: str | None, method: str = "GET", **body: Any) -> Any:  # noqa: ANN401 -- JSON
    params = {} if key is None else {"key": key}
    sent = {"json": body} if body else {}
    answer = await vk.http.request(
        method, "/vk/streaming/rules/", params=params, **sent
    )
    return answer.json()


async def _add(vk: Vk, key: str, value: str, tag: str = "t") -> Any:  # noqa: ANN401 -- JSON
    return await _rules(vk, key, "POST", rule={"value": value, "tag": tag})


def _address(key: str, **more: str) -> str:
    return str(httpx.URL(f"ws://{HOST}/stream", params={"key": key, **more}))


async def _heard(socket: Socket, number: int) -> list[dict[str, Any]]:
    told = [await socket.receive(MOMENT) for _ in range(number)]
    assert None not in told
    return [json.loads(each or "") for each in told]


def _code(refused: SocketRefused) -> int:
    return int(json.loads(refused.body)["error"]["error_code"])


async def test_service_keys_alone_lead_to_the_stream(vk: Vk) -> None:
    codes = [await vk.code("streaming.getServerUrl", token=t) for t in (GROUP, USER)]

    assert codes == [27, 15]


async def test_rules_stand_until_they_are_removed(vk: Vk, key: str) -> None:
    none = await _rules(vk, key)
    added = await _add(vk, key, "яма")
    listed = await _rules(vk, key)
    removed = await _rules(vk, key, "DELETE", tag="t")

    assert none == {"code": 200, "rules": None}
    assert (added, removed) == ({"code": 200}, {"code": 200})
    assert listed == {"code": 200, "rules": [{"tag": "t", "value": "яма"}]}
    assert await _rules(vk, key) == none


async def test_rules_are_refused_with_codes(vk: Vk, key: str) -> None:
    await _add(vk, key, "яма", "stands")
    refused = {
        ("яма", "stands"): 2001,
        ("яма", ""): 2003,
        (" ", "t"): 2003,
        ("я" * 2_049, "t"): 2003,
        ("яма", "я" * 129): 2003,
        ("я " * 101, "t"): 2004,
        ('"яма', "t"): 2005,
        ("-яма", "t"): 2008,
    }

    told = {rule: await _add(vk, key, *rule) for rule in refused}

    assert {each["code"] for each in told.values()} == {400}
    codes = {rule: each["error"]["error_code"] for rule, each in told.items()}
    assert codes == refused


async def test_a_key_has_three_hundred_rules_at_most(vk: Vk, key: str) -> None:
    rules = StreamRules(vk.network)
    for number in range(MOST_RULES):
        rules.add(key, {"value": "яма", "tag": f"t{number}"})

    with pytest.raises(StreamRefusal) as caught:
        rules.add(key, {"value": "яма", "tag": "one more"})

    assert (MOST_RULES, caught.value.code) == (300, 2006)


async def test_requests_without_sense_are_refused(vk: Vk, key: str) -> None:
    url, params = "/vk/streaming/rules", {"key": key}
    typed = {"Content-Type": "application/json"}
    answers = [
        await vk.http.get(url),
        await vk.http.get(url, params={"key": "wrong"}),
        await vk.http.put(url, params=params),
        await vk.http.post(url, params=params, content=b"{}"),
        await vk.http.post(url, params=params, content=b"{", headers=typed),
        await vk.http.post(url, params=params, content=b"[]", headers=typed),
        await vk.http.request("DELETE", url, params=params, json={"tag": "no"}),
    ]

    codes = [each.json()["error"]["error_code"] for each in answers]
    assert codes == [1003, 1004, 1001, 1002, 2000, 2003, 2002]
    assert answers[1].status_code == 403


async def test_a_key_dies_with_its_token(vk: Vk, key: str) -> None:
    vk.network.tokens.revoke(SERVICE)

    refused = [await _rules(vk, key) for _ in range(2)]

    assert [each["error"]["error_code"] for each in refused] == [1004, 1004]
    assert vk.network.meter.report()["tokens"][key]["after_fatal"] == 1


async def test_what_happens_while_somebody_listens_is_told(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    await _add(vk, key, "яма -люк", "roads")
    vk.post("Яма, которой никто не услышал")
    async with sockets.open(_address(key)) as socket:
        post = vk.post("Яма <3\nи «вода»")
        comment = vk.post("И у нас яма", parent=post.id)
        vk.post("Яма и люк")
        vk.post("Тишина")
        new, reply = await _heard(socket, 2)
        vk.stage.edit(PAGE, post.id, "Яма и вода", at=START)
        vk.stage.delete(PAGE, post.id, at=START)
        vk.stage.restore(PAGE, post.id, at=START)
        later = await _heard(socket, 3)
        silence = await socket.receive(MOMENT)

    author = vk.stage.item(PAGE, post.id).writer.id
    assert new["code"] == 100
    assert (
        new["event"].items()
        >= {
            "event_type": "post",
            "event_id": {"post_owner_id": OWNER, "post_id": post.id},
            "event_url": f"https://vk.com/wall{OWNER}_{post.id}",
            "action": "new",
            "text": "Яма &lt;3<br>и «вода»",
            "tags": ["roads"],
        }.items()
    )
    assert abs(new["event"]["author"]["id"]) in {author, -OWNER}
    assert reply["event"]["event_type"] == "comment"
    assert reply["event"]["event_id"]["comment_id"] == comment.id
    assert [each["event"]["action"] for each in later] == [
        "update",
        "delete",
        "restore",
    ]
    assert [each["event"]["text"] for each in later] == ["Яма и вода", "", "Яма и вода"]
    assert silence is None


async def test_a_repost_is_a_share_with_the_text_of_both(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    await _add(vk, key, "яма")
    async with sockets.open(_address(key)) as socket:
        vk.post("Смотрите", extra={"copy_history": [{"text": "Яма"}]})
        (told,) = await _heard(socket, 1)

    event = told["event"]
    assert (event["event_type"], event["text"], event["shared_post_text"]) == (
        "share",
        "Смотрите",
        "Яма",
    )


async def test_who_may_not_listen_is_told_why(sockets: AppSockets, key: str) -> None:
    codes = []
    for given in ({"key": ""}, {"key": "x"}, {"stream_id": "a"}):
        with pytest.raises(SocketRefused) as caught:
            await sockets.open(_address(**{"key": key, **given})).__aenter__()
        codes.append(_code(caught.value))

    assert codes == [1003, 1004, 1005]


async def test_a_second_connection_with_a_key_is_refused(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(sockets.open(_address(key)))
        await stack.enter_async_context(sockets.open(_address(key, stream_id="1")))
        with pytest.raises(SocketRefused) as caught:
            await stack.enter_async_context(sockets.open(_address(key)))
    async with sockets.open(_address(key)) as socket:
        again = await socket.receive(MOMENT)

    assert (_code(caught.value), again) == (1006, None)
    assert vk.network.meter.report()["over_limit"] == 1


async def test_planned_refusals_come_instead_of_a_stream(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    statuses = []
    for fault in ({"mode": "limit", "code": 1006}, {"mode": "status", "status": 502}):
        await vk.order("vk/faults", route="streaming.stream", **fault)
        with pytest.raises(SocketRefused) as caught:
            await sockets.open(_address(key)).__aenter__()
        statuses.append(caught.value.status)

    assert statuses == [400, 502]


async def test_rules_are_refused_on_demand(vk: Vk, key: str) -> None:
    await vk.order("vk/faults", mode="limit", route="streaming.rules", code=2006)

    refused = await _add(vk, key, "яма")

    assert refused["error"]["error_code"] == 2006


async def test_planned_service_messages_end_the_line(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    await vk.order("vk/faults", mode="limit", route="streaming.stream", code=3000)

    async with sockets.open(_address(key)) as socket:
        (told,) = await _heard(socket, 1)
        with pytest.raises(NetworkError, match="1000"):
            await socket.receive(MOMENT)

    assert (told["code"], told["service_message"]["service_code"]) == (300, 3000)


async def test_planned_breaks_end_the_line(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    await _add(vk, key, "яма")
    halves = []
    for mode in ("reset", "break"):
        await vk.order("vk/faults", mode=mode, route="streaming.stream")
        async with sockets.open(_address(key)) as socket:
            vk.post("Яма")
            halves += [await socket.receive(MOMENT)] if mode == "break" else []
            with pytest.raises(NetworkError, match="1011"):
                await socket.receive(MOMENT)

    assert [(half or "")[:11] for half in halves] == ['{"code": 100'[:11]]
    assert not str(halves[0]).endswith("}")


async def test_events_go_astray_as_planned(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    await _add(vk, key, "яма")
    told = {}
    async with sockets.open(_address(key)) as socket:
        for mode, number in (("duplicate", 3), ("reorder", 2), ("drop", 1)):
            await vk.order("vk/deliveries", mode=mode, event="stream.post.new")
            for each in (1, 2):
                vk.post(f"Яма {each}")
            heard = await _heard(socket, number)
            told[mode] = [each["event"]["text"] for each in heard]

    assert told == {
        "duplicate": ["Яма 1", "Яма 1", "Яма 2"],
        "reorder": ["Яма 2", "Яма 1"],
        "drop": ["Яма 2"],
    }


async def test_a_line_may_end_before_an_event(
    vk: Vk, key: str, sockets: AppSockets
) -> None:
    await vk.order("vk/deliveries", mode="stop", event="stream.*")
    await _add(vk, key, "яма")

    async with sockets.open(_address(key)) as socket:
        vk.post("Яма")
        with pytest.raises(NetworkError, match="1011"):
            await socket.receive(MOMENT)


async def test_the_stream_is_served_over_a_real_socket(vk: Vk, key: str) -> None:
    await _add(vk, key, "яма")
    transport = vk.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    opened = opener(ssl.create_default_context(), user_agent="Otklik/1")

    async with _served(transport.app) as host:
        with pytest.raises(SocketRefused) as caught:
            await opened(f"ws://{host}/stream?key=wrong").__aenter__()
        async with opened(f"ws://{host}/stream?key={key}") as line:
            vk.post("Яма")
            told = json.loads(await line.receive(timedelta(seconds=10)) or "{}")

    assert (caught.value.status, _code(caught.value)) == (403, 1004)
    assert told["event"]["text"] == "Яма"


@asynccontextmanager
async def _served(app: Any) -> AsyncIterator[str]:  # noqa: ANN401 -- an ASGI application
    """Serve on a free port, as the sandbox's own process does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(Hangable(app), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}/vk/streaming"
        finally:
            server.should_exit = True
            await running
