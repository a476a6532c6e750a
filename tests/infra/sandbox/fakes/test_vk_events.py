"""The fake VK: the Callback API and the Bots Long Poll."""

import asyncio
from typing import Any

import httpx
import pytest

from tests import vk_schema
from tests.infra.sandbox.fakes.vk import (
    GROUP,
    NUMBER,
    OTHER_GROUP,
    OWNER,
    PAGE,
    Desk,
    Vk,
    running_vk,
)
from tests.infra.sandbox.worlds import START

EVENTS = (
    "wall_post_new",
    "wall_reply_new",
    "wall_reply_edit",
    "wall_reply_delete",
    "wall_reply_restore",
)
OBJECTS = {
    "wall_post_new": "callback_wall_post_new",
    "wall_reply_new": "callback_wall_reply_new",
    "wall_reply_edit": "callback_wall_reply_edit",
    "wall_reply_delete": "callback_wall_comment_delete",
    "wall_reply_restore": "callback_wall_reply_restore",
}
URL = "https://desk.example/vk"
SECRET = "cb-secret"


async def subscribed(vk: Vk, desk: Desk, **events: int) -> int:
    """Register a server that confirms itself and wants all events."""
    mine: dict[str, Any] = {"token": GROUP, "group_id": NUMBER}
    code = await vk.ask("groups.getCallbackConfirmationCode", **mine)
    desk.code = desk.code or code["code"]
    made = await vk.ask(
        "groups.addCallbackServer", **mine, url=URL, title="desk", secret_key=SECRET
    )
    wanted: dict[str, Any] = {**(events or dict.fromkeys(EVENTS, 1))}
    await vk.ask(
        "groups.setCallbackSettings", **mine, server_id=made["server_id"], **wanted
    )
    await deliver(vk)
    return int(made["server_id"])


async def deliver(vk: Vk, *, seconds: int = 0) -> None:
    """Send what is due now, and second by second for so long."""
    await vk.order("vk/deliver")
    for _ in range(seconds):
        vk.wall.pass_by(seconds=1)
        await vk.order("vk/deliver")


async def status(vk: Vk) -> list[str]:
    found = await vk.ask("groups.getCallbackServers", token=GROUP, group_id=NUMBER)
    return [one["status"] for one in found["items"]]


async def plan(vk: Vk, mode: str, **more: Any) -> None:  # noqa: ANN401 -- JSON
    await vk.order("vk/deliveries", mode=mode, **more)


async def test_server_that_answers_the_code_is_confirmed() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)

        assert await status(vk) == ["ok"]


async def test_server_that_answers_otherwise_gets_nothing_until_it_is_changed() -> None:
    desk = Desk(code="wrong")
    async with running_vk(desk) as vk:
        mine: dict[str, Any] = {"token": GROUP, "group_id": NUMBER}
        number = await subscribed(vk, desk)
        before = await status(vk)
        vk.post()
        await deliver(vk)
        unheard = list(desk.events)
        code = await vk.ask("groups.getCallbackConfirmationCode", **mine)
        desk.code = code["code"]
        await vk.ask("groups.editCallbackServer", **mine, server_id=number, url=URL)
        await deliver(vk)

        assert (before, unheard, await status(vk)) == (["failed"], [], ["ok"])


async def test_confirmation_code_changes_from_day_to_day() -> None:
    async with running_vk() as vk:
        mine: dict[str, Any] = {"token": GROUP, "group_id": NUMBER}
        today = await vk.ask("groups.getCallbackConfirmationCode", **mine)
        same = await vk.ask("groups.getCallbackConfirmationCode", **mine)
        await vk.order("time", seconds=86_400)
        tomorrow = await vk.ask("groups.getCallbackConfirmationCode", **mine)

    assert today == same != tomorrow


async def test_events_of_comments_and_new_posts_are_pushed_and_fit_the_schema() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)
        post = vk.post()
        comment = vk.post("Да", parent=post.id)
        for edited in (post.id, comment.id):
            vk.stage.edit(PAGE, edited, "Другое", at=START)
        for gone in (post.id, comment.id):
            vk.stage.delete(PAGE, gone, at=START)
        for back in (post.id, comment.id):
            vk.stage.restore(PAGE, back, at=START)
        await deliver(vk)

    assert desk.kinds == list(EVENTS)
    assert {event["secret"] for event in desk.events} == {SECRET}
    assert {event["group_id"] for event in desk.events} == {NUMBER}
    assert len({event["event_id"] for event in desk.events}) == len(EVENTS)
    assert desk.retries == [None] * len(EVENTS)
    for event in desk.events:
        base = "callback/objects.json#/definitions/"
        assert vk_schema.problems(event, f"{base}callback_base") == []
        shape = OBJECTS[event["type"]]
        assert vk_schema.problems(event["object"], f"{base}{shape}") == []
    assert desk.events[1]["object"]["post_owner_id"] == OWNER
    assert desk.events[3]["object"] == {
        "owner_id": OWNER,
        "id": comment.id,
        "user_id": 700_000_011,
        "deleter_id": 700_000_011,
        "post_id": post.id,
    }


async def test_only_wanted_events_of_the_own_community_are_pushed() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk, wall_reply_new=1)
        post = vk.post()
        vk.post("Да", parent=post.id)
        vk.stage.publish("vk-novokedrovsk", "Шум", at=START)
        await deliver(vk)

    assert desk.kinds == ["wall_reply_new"]


async def test_duplicate_has_the_same_event_id() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)
        await plan(vk, "duplicate", event="wall_post_new")
        vk.post()
        await deliver(vk)

    assert desk.kinds == ["wall_post_new"] * 2
    assert desk.events[0] == desk.events[1]
    assert desk.retries == [None, "1"]


async def test_wrong_secret_comes_before_the_right_one() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)
        await plan(vk, "forge")
        vk.post()
        await deliver(vk)

    assert [event["secret"] for event in desk.events] == [f"not-{SECRET}", SECRET]


async def test_edit_may_come_before_the_new_comment() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        post = vk.post()
        await subscribed(vk, desk)
        await plan(vk, "reorder", event="wall_reply_new")
        comment = vk.post("Да", parent=post.id)
        vk.stage.edit(PAGE, comment.id, "Нет", at=START)
        await deliver(vk)

    assert desk.kinds == ["wall_reply_edit", "wall_reply_new"]
    assert [event["object"]["text"] for event in desk.events] == ["Нет", "Да"]


async def test_restore_follows_a_deletion_or_comes_before_it() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        post = vk.post()
        comment = vk.post("Да", parent=post.id)
        await subscribed(vk, desk)
        for _ in range(2):
            vk.stage.delete(PAGE, comment.id, at=START)
            vk.stage.restore(PAGE, comment.id, at=START)
            await deliver(vk)
            await plan(vk, "reorder", event="wall_reply_delete")

    assert desk.kinds == [
        "wall_reply_delete",
        "wall_reply_restore",
        "wall_reply_restore",
        "wall_reply_delete",
    ]


async def test_burst_after_an_outage_is_marked_as_a_retry() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)
        await plan(vk, "outage", seconds=120)
        for _ in range(5):
            vk.post()
            await deliver(vk, seconds=10)
        silence = list(desk.events)
        await deliver(vk, seconds=100)

    assert silence == []
    assert desk.kinds == ["wall_post_new"] * 5
    assert desk.retries == ["1"] * 5


async def test_failed_event_comes_again_with_a_higher_counter() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)
        desk.answers = [httpx.Response(500), httpx.Response(200, text="fine")]
        vk.post()
        await deliver(vk, seconds=3)

    assert desk.retries == [None, "1", "2"]
    assert len({event["event_id"] for event in desk.events}) == 1


@pytest.mark.parametrize("busy", [429, 503])
async def test_busy_server_is_left_alone_as_long_as_it_asks(busy: int) -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)
        desk.answers = [httpx.Response(busy, headers={"Retry-After": "30"})]
        vk.post()
        await deliver(vk, seconds=29)
        waited = len(desk.events)
        await deliver(vk, seconds=1)

    assert (waited, len(desk.events)) == (1, 2)


async def test_server_that_is_gone_gets_nothing_more() -> None:
    desk = Desk()
    async with running_vk(desk) as vk:
        await subscribed(vk, desk)
        desk.answers = [httpx.Response(410)]
        vk.post()
        vk.post()
        await deliver(vk, seconds=5)

        assert (len(desk.events), await status(vk)) == (1, ["failed"])


async def test_sending_stops_after_errors_in_a_row_until_the_server_is_changed() -> (
    None
):
    desk = Desk()
    async with running_vk(desk) as vk:
        number = await subscribed(vk, desk)
        await plan(vk, "stop", failures=3)
        desk.answers = [httpx.Response(500)] * 3
        vk.post()
        await deliver(vk, seconds=20)
        stopped = (len(desk.events), await status(vk))
        await vk.ask(
            "groups.editCallbackServer",
            token=GROUP,
            group_id=NUMBER,
            server_id=number,
            url=URL,
        )
        await deliver(vk, seconds=20)

        assert stopped == (3, ["failed"])
        assert (len(desk.events), await status(vk)) == (4, ["ok"])


async def test_server_that_cannot_be_reached_is_not_confirmed() -> None:
    async with running_vk() as vk:
        await subscribed(vk, Desk())

        assert await status(vk) == ["failed"]


async def test_servers_are_listed_set_removed_and_ten_at_most() -> None:
    mine: dict[str, Any] = {"token": GROUP, "group_id": NUMBER}
    async with running_vk() as vk:
        adding: dict[str, Any] = mine | {"url": URL, "title": "desk"}
        numbers = [
            (await vk.ask("groups.addCallbackServer", **adding))["server_id"]
            for _ in range(10)
        ]
        eleventh = await vk.code("groups.addCallbackServer", **adding)
        one: dict[str, Any] = mine | {"server_id": numbers[0]}
        await vk.ask("groups.setCallbackSettings", **one, wall_reply_new=1)
        await vk.ask(
            "groups.setCallbackSettings", **one, wall_post_new=1, wall_reply_new=0
        )
        settings = await vk.ask("groups.getCallbackSettings", **one)
        await vk.ask("groups.deleteCallbackServer", **one)
        left = await vk.ask("groups.getCallbackServers", **mine)
        chosen = await vk.ask(
            "groups.getCallbackServers", **mine, server_ids=f"{numbers[3]}"
        )
        gone = await vk.code("groups.getCallbackSettings", **one)
        odd = await vk.code("groups.addCallbackServer", **mine, url="ftp://x")
        other = await vk.code(
            "groups.getCallbackServers", token=OTHER_GROUP, group_id=NUMBER
        )

    assert (eleventh, gone, odd, other) == (2000, 100, 100, 15)
    assert [name for name, is_on in settings["events"].items() if is_on] == [
        "wall_post_new"
    ]
    assert (left["count"], [each["id"] for each in chosen["items"]]) == (
        9,
        [numbers[3]],
    )


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
