"""The fake VK: the Bots Long Poll."""

import asyncio
from typing import Any

import pytest

from tests.infra.sandbox.fakes.vk import GROUP, NUMBER, PAGE, Vk, running_vk
from tests.infra.sandbox.fakes.vk_pushes import EVENTS
from tests.infra.sandbox.worlds import START


async def polled(vk: Vk, **events: int) -> dict[str, str]:
    """Turn the Long Poll on and take a key."""
    mine: dict[str, Any] = {"token": GROUP, "group_id": NUMBER}
    wanted: dict[str, Any] = {**(events or dict.fromkeys(EVENTS, 1))}
    await vk.ask("groups.setLongPollSettings", **mine, enabled=1, **wanted)
    server: dict[str, str] = await vk.ask("groups.getLongPollServer", **mine)
    return server


async def check(vk: Vk, server: dict[str, str], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    asked: dict[str, Any] = {"act": "a_check", "wait": 0}
    asked |= {"key": server["key"], "ts": server["ts"]}
    answer = await vk.http.get(server["server"], params=asked | more)
    body: dict[str, Any] = answer.json()
    return body


async def test_long_poll_gives_the_same_events_once() -> None:
    async with running_vk() as vk:
        server = await polled(vk)
        post = vk.post()
        vk.post("Да", parent=post.id)
        vk.stage.publish("vk-novokedrovsk", "Шум", at=START)

        first = await check(vk, server)
        second = await check(vk, server, ts=first["ts"])

    assert [one["type"] for one in first["updates"]] == [
        "wall_post_new",
        "wall_reply_new",
    ]
    assert isinstance(first["ts"], str)
    assert second == {"ts": first["ts"], "updates": []}


async def test_long_poll_waits_for_news() -> None:
    async with running_vk() as vk:
        server = await polled(vk)

        async def publish_later() -> None:
            await asyncio.sleep(0.02)
            vk.post()

        waited, _ = await asyncio.gather(check(vk, server, wait=5), publish_later())

    assert [one["type"] for one in waited["updates"]] == ["wall_post_new"]


async def test_forgotten_ts_is_failure_one_and_the_new_one_is_a_number() -> None:
    async with running_vk() as vk:
        server = await polled(vk)
        await vk.order("vk/bulk", page=PAGE, number=250)

        old = await check(vk, server)
        future = await check(vk, server, ts="999999")
        odd = await check(vk, server, ts="x")

    newest = vk.stage.last_seq
    assert old == future == odd == {"failed": 1, "ts": newest}


async def test_dead_key_is_failure_two() -> None:
    async with running_vk() as vk:
        server = await polled(vk)
        wrong = await check(vk, server, key="guess")
        await vk.order("time", seconds=3600)

        dead = await check(vk, server)
        other = await vk.http.get("/vk/lp/1", params={"act": "a_check"})

    assert wrong == dead == other.json() == {"failed": 2}


@pytest.mark.parametrize(("plan_more", "code"), [({}, 3), ({"code": 2}, 2)])
async def test_lost_information_is_failure_three_on_demand(
    plan_more: dict[str, int], code: int
) -> None:
    async with running_vk() as vk:
        server = await polled(vk)
        await vk.order("vk/faults", mode="limit", route="a_check", **plan_more)

        assert await check(vk, server) == {"failed": code}


async def test_long_poll_must_be_on() -> None:
    mine: dict[str, Any] = {"token": GROUP, "group_id": NUMBER}
    async with running_vk() as vk:
        off = await vk.code("groups.getLongPollServer", **mine)
        await polled(vk, wall_reply_new=1)
        settings = await vk.ask("groups.getLongPollSettings", **mine)

    assert off == 100
    assert settings["is_enabled"] is True
    assert [name for name, is_on in settings["events"].items() if is_on] == [
        "wall_reply_new"
    ]
