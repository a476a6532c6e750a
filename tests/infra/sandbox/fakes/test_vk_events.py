"""The fake VK: the Callback API."""

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
    running_vk,
)
from tests.infra.sandbox.fakes.vk_pushes import (
    EVENTS,
    SECRET,
    URL,
    deliver,
    plan,
    status,
    subscribed,
)
from tests.infra.sandbox.worlds import START

OBJECTS = {
    "wall_post_new": "callback_wall_post_new",
    "wall_reply_new": "callback_wall_reply_new",
    "wall_reply_edit": "callback_wall_reply_edit",
    "wall_reply_delete": "callback_wall_comment_delete",
    "wall_reply_restore": "callback_wall_reply_restore",
}


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
