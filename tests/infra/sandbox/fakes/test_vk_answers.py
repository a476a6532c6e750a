"""The fake VK: the official answer, execute, names and figures."""

from typing import Any

import httpx
import pytest

from infra.sandbox.world import Kind
from tests.infra.sandbox.fakes.vk import (
    GROUP,
    NUMBER,
    OTHER_GROUP,
    OWNER,
    PAGE,
    SERVICE,
    USER,
    Vk,
    running_vk,
)
from tests.infra.sandbox.worlds import START

TEXT = "Яму засыпали вчера, проверьте."


async def answer(
    vk: Vk,
    post_id: int,
    *,
    token: str = GROUP,
    **more: Any,  # noqa: ANN401 -- JSON
) -> dict[str, Any]:
    sent = {"from_group": NUMBER, "message": TEXT, "guid": "a1"} | more
    return await vk.body(
        "wall.createComment", token=token, owner_id=OWNER, post_id=post_id, **sent
    )


async def ledger(vk: Vk) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = (await vk.http.get("/control/ledger")).json()
    return lines


async def test_answer_appears_under_the_post_in_the_name_of_the_page() -> None:
    async with running_vk() as vk:
        post = vk.post()
        await vk.order("approvals", text=TEXT)

        made = await answer(vk, post.id)
        shown = await vk.ask(
            "wall.getComments", owner_id=OWNER, post_id=post.id, preview_length=0
        )
        lines = await ledger(vk)

    number = made["response"]["comment_id"]
    assert made == {"response": {"comment_id": number, "parents_stack": []}}
    assert [(one["id"], one["from_id"], one["text"]) for one in shown["items"]] == [
        (number, OWNER, TEXT)
    ]
    assert [(one["outcome"], one["approved"], one["author"]) for one in lines] == [
        ("success", True, f"group:{NUMBER}")
    ]
    assert vk.network.meter.unapproved_writes == 0


async def test_answer_to_a_comment_stands_in_its_thread() -> None:
    async with running_vk() as vk:
        post = vk.post()
        top = vk.post("Где?", parent=post.id)
        reply = vk.post("У дома 5", parent=top.id)

        made = await answer(vk, post.id, reply_to_comment=reply.id)

    assert made["response"]["parents_stack"] == [top.id]


async def test_community_speaks_on_the_wall_of_others_as_itself() -> None:
    async with running_vk() as vk:
        post = vk.post()

        made = await answer(vk, post.id, token=OTHER_GROUP, from_group=NUMBER + 1)
        unnamed = await vk.code(
            "wall.createComment",
            token=OTHER_GROUP,
            owner_id=-NUMBER,
            post_id=post.id,
            from_group=1,
            message=TEXT,
        )
        read = await vk.ask(
            "wall.getComments", owner_id=-NUMBER, post_id=post.id, extended=1
        )

    assert [one["id"] for one in read["items"]] == [made["response"]["comment_id"]]
    assert [one["from_id"] for one in read["items"]] == [-(NUMBER + 1)]
    assert {one["id"] for one in read["groups"]} == {NUMBER, NUMBER + 1}
    assert unnamed == 15


async def test_same_guid_makes_one_comment_even_when_the_response_was_lost() -> None:
    async with running_vk() as vk:
        post = vk.post()
        await vk.order("vk/writes", mode="lost")

        with pytest.raises(httpx.RemoteProtocolError):
            await answer(vk, post.id)
        again, once_more = await answer(vk, post.id), await answer(vk, post.id)
        other = await answer(vk, post.id, guid="a2")
        lines = await ledger(vk)

    assert again == once_more
    assert other["response"]["comment_id"] > again["response"]["comment_id"]
    assert [one["outcome"] for one in lines] == [
        "lost",
        "repeated",
        "repeated",
        "success",
    ]
    assert len(vk.stage.comments(PAGE, post.id)) == 2


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"mode": "limited"}, 9),
        ({"mode": "rejected"}, 213),
        ({"mode": "rejected", "code": 222}, 222),
        ({"mode": "limited", "code": 223}, 223),
        ({"mode": "deleted-target"}, 213),
    ],
)
async def test_refused_answer_is_told_in_a_code(
    plan: dict[str, Any], code: int
) -> None:
    async with running_vk() as vk:
        post = vk.post()
        await vk.order("vk/writes", **plan)

        refused = await answer(vk, post.id)

    assert refused["error"]["error_code"] == code
    assert vk.stage.comments(PAGE, post.id) == []


async def test_target_edited_at_the_last_moment_is_answered_all_the_same() -> None:
    async with running_vk() as vk:
        post = vk.post()
        await vk.order("vk/writes", mode="edited-target")

        made = await answer(vk, post.id)

    assert "response" in made
    assert vk.stage.item(PAGE, post.id).edited_at is not None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"message": ""}, 100),
        ({"reply_to_comment": 1}, 213),
        ({"from_group": NUMBER + 1}, 15),
        ({"token": OTHER_GROUP}, 15),
        ({"token": SERVICE}, 28),
    ],
)
async def test_answers_that_cannot_be_given(more: dict[str, Any], code: int) -> None:
    async with running_vk() as vk:
        post = vk.post()

        refused = await answer(vk, post.id, **more)

    assert refused["error"]["error_code"] == code
    assert await_nothing(vk, post.id)


def await_nothing(vk: Vk, post_id: int) -> bool:
    return vk.stage.comments(PAGE, post_id) == []


async def test_closed_deleted_and_unknown_posts_take_no_answers() -> None:
    async with running_vk() as vk:
        closed, gone = vk.post(), vk.post()
        vk.stage.close_comments(PAGE, closed.id, at=START)
        vk.stage.delete(PAGE, gone.id, at=START)

        codes = [
            (await answer(vk, number))["error"]["error_code"]
            for number in (closed.id, gone.id, 1)
        ]
        shown = await vk.ask("wall.getComments", owner_id=OWNER, post_id=closed.id)

    assert codes == [213, 213, 213]
    assert shown["can_post"] is False


async def test_administrator_without_the_page_speaks_as_a_person() -> None:
    async with running_vk() as vk:
        post = vk.post()

        await answer(vk, post.id, token=USER, from_group=0)
        as_page = await answer(vk, post.id, token=USER, guid="a2")
        lines = await ledger(vk)

    assert [one["author"] for one in lines] == ["user:700000000", f"group:{NUMBER}"]
    assert "response" in as_page
    assert vk.network.meter.unapproved_writes == 2


async def test_execute_runs_calls_and_leaves_false_where_one_failed() -> None:
    async with running_vk() as vk:
        post = vk.post()
        vk.wall.pass_by(seconds=1)
        code = (
            f'return [API.wall.get({{"owner_id": {OWNER}, "count": 1}}),'
            f'API.wall.getComments({{"owner_id": {OWNER}, "post_id": 1}}),'
            "API.utils.getServerTime()];"
        )

        body = await vk.body("execute", token=USER, code=code)
        single = await vk.ask(
            "execute", token=GROUP, code="return API.utils.getServerTime();"
        )

    wall, failed, time = body["response"]
    assert [one["id"] for one in wall["items"]] == [post.id]
    assert failed is False
    assert body["execute_errors"] == [
        {
            "method": "wall.getComments",
            "error_code": 212,
            "error_msg": "Access to post comments denied",
        }
    ]
    assert single - time == 1


async def test_execute_counts_as_one_call_and_checks_kinds_within() -> None:
    calls = ",".join(['API.wall.get({"domain": "vk_vetlogorsk"})'] * 25)
    async with running_vk() as vk:
        body = await vk.body("execute", token=GROUP, code=f"return [{calls}];")
        counted = vk.network.meter.report()["tokens"][GROUP]

    assert [one["error_code"] for one in body["execute_errors"]] == [27] * 25
    assert counted["requests"] == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("", 12),
        ("var a = 1; return a;", 12),
        ("return [API.wall.get({)];", 12),
        ("return [API.wall.get([1])];", 12),
        ("return [API.wall.get({}) API.wall.get({})];", 12),
        ("return [API.wall.get({}", 12),
        ("return [API.wall.get({};]", 12),
        ("return API.wall.get({}), API.wall.get({});", 12),
        (f"return [{','.join(['API.utils.getServerTime()'] * 26)}];", 13),
    ],
)
async def test_code_that_execute_does_not_take(code: str, error: int) -> None:
    async with running_vk() as vk:
        assert await vk.code("execute", token=USER, code=code) == error


async def test_communities_are_found_by_number_or_name() -> None:
    async with running_vk() as vk:
        named = f"vk_novokedrovsk,club{NUMBER},nobody"
        found = await vk.ask(
            "groups.getById", group_ids=named, fields="members_count,verified,city"
        )
        own = await vk.ask("groups.getById", token=GROUP)
        nobody = await vk.code("groups.getById")
        vk.stage.ban(PAGE, at=START)
        banned = await vk.ask("groups.getById", group_id=NUMBER)

    assert [one["id"] for one in found["groups"]] == [NUMBER + 1, NUMBER]
    assert found["groups"][0]["members_count"] > 0
    assert found["groups"][0]["verified"] == 0
    assert own["groups"] == [
        {
            "id": NUMBER,
            "name": "Подслушано | Ветлогорск",
            "screen_name": "vk_vetlogorsk",
            "is_closed": 0,
            "type": "page",
        }
    ]
    assert nobody == 100
    assert banned["groups"][0]["deactivated"] == "banned"


async def test_screen_name_is_resolved_or_is_an_empty_list() -> None:
    async with running_vk() as vk:
        found = await vk.ask("utils.resolveScreenName", screen_name="vk_vetlogorsk")
        nobody = await vk.ask("utils.resolveScreenName", screen_name="nobody")

    assert found == {"type": "group", "object_id": NUMBER, "group_id": NUMBER}
    assert nobody == []


async def test_figures_of_a_community_are_for_its_administrator() -> None:
    async with running_vk() as vk:
        post = vk.post()
        vk.post("Да", parent=post.id)
        now = int(START.timestamp()) + 60
        asked: dict[str, Any] = {
            "group_id": NUMBER,
            "timestamp_from": now - 2 * 86_400,
            "timestamp_to": now,
        }

        days = await vk.ask("stats.get", token=USER, **asked)
        weeks = await vk.ask(
            "stats.get", token=USER, **asked, interval="week", intervals_count=3
        )
        other = await vk.code("stats.get", token=USER, group_id=NUMBER + 1)
        odd = await vk.code("stats.get", token=USER, group_id=NUMBER, interval="age")
        unknown = await vk.code("stats.get", token=USER, group_id=1)

    assert [one["period_to"] - one["period_from"] for one in days] == [86_400] * 2
    assert days[0]["activity"]["comments"] == sum(
        item.kind is Kind.COMMENT for item in vk.stage.items(PAGE)
    )
    assert 0 < days[0]["reach"]["reach_subscribers"] < days[0]["reach"]["reach"]
    assert len(weeks) == 3
    assert (other, odd, unknown) == (15, 100, 125)


async def test_reach_of_posts_is_told_for_thirty_at_most() -> None:
    async with running_vk() as vk:
        await vk.order(
            "vk/publish", page=PAGE, text="Яма", author=700_000_012, views=1000
        )
        post = vk.stage.posts(PAGE)[0]

        reach = await vk.ask(
            "stats.getPostReach", token=USER, owner_id=OWNER, post_ids=f"{post.id},1"
        )
        many = ",".join(map(str, range(31)))
        refused = await vk.code(
            "stats.getPostReach", token=USER, owner_id=OWNER, post_ids=many
        )

    assert [(one["post_id"], one["reach_total"]) for one in reach] == [(post.id, 1000)]
    assert reach[0]["reach_subscribers"] + reach[0]["reach_viral"] == 1000
    assert refused == 100
