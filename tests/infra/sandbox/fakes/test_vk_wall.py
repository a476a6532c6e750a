"""The fake VK: walls, comments, the search."""

from datetime import timedelta
from typing import Any

import pytest

from infra.sandbox.stage import Counters
from tests.infra.sandbox.fakes.vk import NUMBER, OWNER, PAGE, USER, Vk, running_vk
from tests.infra.sandbox.worlds import START


async def ids_of_wall(vk: Vk, **params: Any) -> list[int]:  # noqa: ANN401 -- JSON
    wall = await vk.ask("wall.get", owner_id=OWNER, **params)
    return [post["id"] for post in wall["items"]]


async def test_wall_is_newest_first_with_the_pinned_post_before_all() -> None:
    async with running_vk() as vk:
        first, second, third = (vk.post(f"Пост {number}") for number in range(3))
        vk.stage.pin(PAGE, first.id, at=START)

        wall = await vk.ask("wall.get", owner_id=OWNER, count=3, extended=1)

    assert [one["id"] for one in wall["items"]] == [first.id, third.id, second.id]
    assert [one.get("is_pinned") for one in wall["items"]] == [1, None, None]
    assert [one["id"] for one in wall["groups"]] == [NUMBER]


async def test_wall_can_be_named_by_its_domain() -> None:
    async with running_vk() as vk:
        post = vk.post()

        wall = await vk.ask("wall.get", domain="vk_vetlogorsk", count=1)

    assert [one["id"] for one in wall["items"]] == [post.id]


async def test_offsets_shift_when_a_post_arrives_between_two_pages() -> None:
    async with running_vk() as vk:
        posts = [vk.post(f"Пост {number}").id for number in range(4)]
        first_page = await ids_of_wall(vk, count=2)
        vk.post("Новый")
        second_page = await ids_of_wall(vk, count=2, offset=2)

    assert first_page == [posts[3], posts[2]]
    assert second_page == [posts[2], posts[1]]


async def test_page_of_a_wall_has_a_hundred_posts_at_most() -> None:
    async with running_vk() as vk:
        await vk.order("vk/bulk", page=PAGE, number=130)

        shown = await ids_of_wall(vk, count=500)

    assert len(shown) == 100


async def test_post_is_written_with_its_figures_and_edit() -> None:
    async with running_vk() as vk:
        # One in four posts is signed; that one is another test's.
        odd = next(one for one in (vk.post(), vk.post()) if one.id % 2)
        vk.stage.count(PAGE, odd.id, Counters(likes=12, reposts=2, views=1530))
        vk.stage.edit(PAGE, odd.id, "Яма засыпана", at=START + timedelta(minutes=15))

        wall = await vk.ask("wall.getById", posts=f"{OWNER}_{odd.id}")

    assert wall["items"] == [
        {
            "inner_type": "wall_wallpost",
            "id": odd.id,
            "owner_id": OWNER,
            "from_id": 700_000_011,
            "date": int(START.timestamp()),
            "edited": int(START.timestamp()) + 900,
            "post_type": "post",
            "text": "Яма засыпана",
            "attachments": [],
            "comments": {
                "can_post": 1,
                "can_view": 1,
                "count": 0,
                "groups_can_post": True,
            },
            "likes": {"can_like": 1, "can_publish": 1, "count": 12, "user_likes": 0},
            "reposts": {"count": 2, "user_reposted": 0},
            "views": {"count": 1530},
            "is_favorite": False,
            "hash": f"h{odd.id}",
        }
    ]


async def test_views_may_be_missing_and_a_resident_may_have_signed() -> None:
    async with running_vk() as vk:
        posts = [vk.post() for _ in range(4)]

        shown = (await vk.ask("wall.get", owner_id=OWNER, count=4))["items"]

    signed = [one for one in shown if "signer_id" in one]
    assert [one["views"] for one in shown if "views" in one] == []
    assert [(one["from_id"], one["signer_id"]) for one in signed] == [
        (OWNER, 700_000_011)
    ]
    assert len(posts) == 4


async def test_repost_keeps_the_inner_text() -> None:
    inner = {
        "inner_type": "wall_wallpost",
        "id": 55,
        "owner_id": -900_000_099,
        "from_id": -900_000_099,
        "date": 1_762_844_400,
        "post_type": "post",
        "text": "Отключат воду до вечера",
    }
    async with running_vk() as vk:
        await vk.order(
            "vk/publish",
            page=PAGE,
            text="",
            author=700_000_012,
            extra={"copy_history": [inner]},
        )

        wall = await vk.ask("wall.get", owner_id=OWNER, count=1)

    assert wall["items"][0]["text"] == ""
    assert wall["items"][0]["copy_history"] == [inner]


async def test_deleted_post_is_absent_everywhere() -> None:
    async with running_vk() as vk:
        kept, gone = vk.post("Стоит"), vk.post("Удалено")
        vk.stage.delete(PAGE, gone.id, at=START)
        names = f"{OWNER}_{gone.id},{OWNER}_{kept.id},-1_1,nonsense"

        by_id = await vk.ask("wall.getById", posts=names, extended=1)
        wall = await ids_of_wall(vk, count=1)
        comments = await vk.code("wall.getComments", owner_id=OWNER, post_id=gone.id)

    assert [one["id"] for one in by_id["items"]] == [kept.id]
    assert wall == [kept.id]
    assert comments == 212


async def test_own_posts_of_the_community_can_be_asked_for() -> None:
    async with running_vk() as vk:
        own = vk.post("Объявление", writer=None)
        vk.post("Жалоба")

        by_filter = await ids_of_wall(vk, filter="owner")
        found = await vk.ask(
            "wall.search", owner_id=OWNER, query="объявление", owners_only=1
        )

    assert own.id in by_filter
    assert [one["id"] for one in found["items"]] == [own.id]


async def test_wall_search_finds_words_in_any_form_but_not_excluded_ones() -> None:
    async with running_vk() as vk:
        hole = vk.post("Ямы на Садовой улице")
        vk.post("Фонари на Садовой горят")
        vk.post("Ямы на Садовой засыпали")

        found = await vk.ask(
            "wall.search", owner_id=OWNER, query='яма "на Садовой" -засыпали'
        )

    assert [one["id"] for one in found["items"]] == [hole.id]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, 100),
        ({"owner_id": "abc"}, 100),
        ({"owner_id": -1}, 15),
        ({"owner_id": 700_000_001}, 18),
        ({"domain": "nobody"}, 15),
    ],
)
async def test_walls_that_cannot_be_read(params: dict[str, Any], code: int) -> None:
    async with running_vk() as vk:
        assert await vk.code("wall.get", **params) == code


async def test_banned_page_is_blocked() -> None:
    async with running_vk() as vk:
        post = vk.post("Яма")
        vk.stage.ban(PAGE, at=START)

        blocked = await vk.code("wall.get", owner_id=OWNER)
        by_id = await vk.ask("wall.getById", posts=f"{OWNER}_{post.id}")
        found = await vk.ask("newsfeed.search", q="яма")

    assert (blocked, by_id["items"], found["items"]) == (19, [], [])


async def test_thread_of_more_than_ten_is_read_by_its_root() -> None:
    async with running_vk() as vk:
        post = vk.post()
        top = vk.post("Первый", parent=post.id)
        below = top.id
        replies = []
        for number in range(14):
            reply = vk.post(f"Ответ {number}", parent=below)
            replies.append(reply.id)
            below = reply.id
        asked: dict[str, Any] = {"owner_id": OWNER, "post_id": post.id}

        level = await vk.ask("wall.getComments", **asked, thread_items_count=50)
        thread = await vk.ask("wall.getComments", **asked, comment_id=top.id, count=100)

    shown = level["items"][0]["thread"]
    assert (level["count"], level["current_level_count"]) == (15, 1)
    assert (shown["count"], [one["id"] for one in shown["items"]]) == (14, replies[:10])
    assert [one["id"] for one in thread["items"]] == replies
    assert thread["current_level_count"] == 14
    assert thread["items"][2]["parents_stack"] == [top.id]
    assert thread["items"][2]["reply_to_comment"] == replies[1]
    assert thread["items"][2]["reply_to_user"] == 700_000_011


async def test_comments_are_read_on_from_a_comment() -> None:
    async with running_vk() as vk:
        post = vk.post()
        tops = [
            vk.post(f"Комментарий {number}", parent=post.id).id for number in range(5)
        ]
        asked: dict[str, Any] = {"owner_id": OWNER, "post_id": post.id, "count": 2}

        first = await vk.ask("wall.getComments", **asked)
        on = await vk.ask("wall.getComments", **asked, start_comment_id=tops[2])
        back = await vk.ask(
            "wall.getComments", **asked, start_comment_id=tops[2], offset=-1
        )
        last = await vk.ask("wall.getComments", **asked, sort="desc")

    assert [one["id"] for one in first["items"]] == tops[:2]
    assert [one["id"] for one in on["items"]] == tops[2:4]
    assert (on["real_offset"], back["real_offset"]) == (2, 1)
    assert [one["id"] for one in back["items"]] == tops[1:3]
    assert [one["id"] for one in last["items"]] == [tops[4], tops[3]]


async def test_deleted_comment_is_a_stub_where_it_was_answered_and_else_gone() -> None:
    async with running_vk() as vk:
        post = vk.post()
        answered = vk.post("С ответом", parent=post.id)
        lonely = vk.post("Без ответа", parent=post.id)
        reply = vk.post("Ответ", parent=answered.id)
        for one in (answered, lonely):
            vk.stage.delete(PAGE, one.id, at=START)

        level = await vk.ask(
            "wall.getComments", owner_id=OWNER, post_id=post.id, thread_items_count=10
        )

    (stub,) = level["items"]
    assert (stub["id"], stub["from_id"], stub["text"], stub["deleted"]) == (
        answered.id,
        0,
        "",
        True,
    )
    assert [one["id"] for one in stub["thread"]["items"]] == [reply.id]
    assert level["count"] == 1


async def test_text_is_cut_at_ninety_unless_asked_not_to() -> None:
    async with running_vk() as vk:
        post = vk.post()
        vk.post("я" * 200, parent=post.id)
        asked: dict[str, Any] = {"owner_id": OWNER, "post_id": post.id}

        cut = await vk.ask("wall.getComments", **asked)
        whole = await vk.ask("wall.getComments", **asked, preview_length=0)

    assert cut["items"][0]["text"] == "я" * 90 + "..."
    assert whole["items"][0]["text"] == "я" * 200


async def test_likes_of_comments_come_when_needed_and_edits_leave_no_mark() -> None:
    async with running_vk() as vk:
        post = vk.post()
        comment = vk.post("Да", parent=post.id, counters=Counters(likes=3))
        vk.stage.edit(PAGE, comment.id, "Нет", at=START)
        asked: dict[str, Any] = {"owner_id": OWNER, "post_id": post.id, "extended": 1}

        without = await vk.ask("wall.getComments", **asked)
        having = await vk.ask("wall.getComments", **asked, need_likes=1)

    assert "likes" not in without["items"][0]
    assert having["items"][0]["likes"]["count"] == 3
    assert having["items"][0]["text"] == "Нет"
    assert "edited" not in having["items"][0]
    assert [one["id"] for one in having["profiles"]] == [700_000_011]
    assert having["post_author_id"] == 700_000_011


async def test_unknown_thread_is_a_wrong_parameter() -> None:
    async with running_vk() as vk:
        post = vk.post()

        code = await vk.code(
            "wall.getComments", owner_id=OWNER, post_id=post.id, comment_id=1
        )

    assert code == 100


async def test_one_comment_is_for_people_only() -> None:
    async with running_vk() as vk:
        post = vk.post()
        comment = vk.post("Да", parent=post.id)
        asked: dict[str, Any] = {
            "owner_id": OWNER,
            "comment_id": comment.id,
            "extended": 1,
        }

        shown = await vk.ask("wall.getComment", token=USER, **asked)
        by_service = await vk.code("wall.getComment", **asked)
        of_a_post = await vk.code(
            "wall.getComment", token=USER, owner_id=OWNER, comment_id=post.id
        )

    assert [one["id"] for one in shown["items"]] == [comment.id]
    assert (by_service, of_a_post) == (28, 212)


async def test_news_are_posts_and_comments_newest_first_of_the_last_day() -> None:
    async with running_vk() as vk:
        old = vk.stage.publish(PAGE, "Яма старая", at=START - timedelta(days=2))
        post = vk.post("Яма")
        vk.wall.pass_by(seconds=5)
        reply = vk.post("Да, яма", parent=post.id)
        vk.post("Шум")

        found = await vk.ask("newsfeed.search", q="яма", extended=1)
        since = int((START - timedelta(days=3)).timestamp())
        before = await vk.ask(
            "newsfeed.search", q="яма", start_time=since, end_time=since + 2 * 86_400
        )

    kinds = [(one["id"], one["post_type"]) for one in found["items"]]
    assert kinds == [(reply.id, "reply"), (post.id, "post")]
    assert found["items"][0]["post_id"] == post.id
    assert "next_from" not in found
    assert [one["id"] for one in before["items"]] == [old.id]


async def test_news_end_at_a_thousand_and_tell_how_many_there_are() -> None:
    async with running_vk() as vk:
        await vk.order("vk/bulk", page=PAGE, number=1200)
        start = int(START.timestamp())
        seen: list[int] = []
        asked: dict[str, Any] = {"count": 200, "start_time": start}
        page = await vk.ask("newsfeed.search", **asked)
        pages = 1
        while page.get("next_from"):
            seen += [one["id"] for one in page["items"]]
            page = await vk.ask(
                "newsfeed.search", **asked, start_from=page["next_from"]
            )
            pages += 1

    assert (len(seen), len(set(seen)), pages) == (1000, 1000, 6)
    assert page == {"items": [], "count": 1000, "total_count": 1200}


async def test_cursor_of_the_news_does_not_shift_and_ends_with_the_last_page() -> None:
    async with running_vk() as vk:
        made = [vk.post(f"Яма {number}").id for number in range(5)]
        first = await vk.ask("newsfeed.search", q="яма", count=3)
        vk.post("Яма новая")
        second = await vk.ask(
            "newsfeed.search", q="яма", count=3, start_from=first["next_from"]
        )
        wrong = await vk.code("newsfeed.search", q="яма", start_from="x")

    assert [one["id"] for one in first["items"]] == made[:1:-1]
    assert [one["id"] for one in second["items"]] == made[1::-1]
    assert "next_from" not in second
    assert wrong == 100
