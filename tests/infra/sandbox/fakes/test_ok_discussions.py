"""The fake OK: comments from both ends, removed ones, answers."""

import httpx
import pytest

from infra.sandbox.networks.ok.discussions import STOP_WORD
from infra.sandbox.stage import Item
from tests.infra.sandbox.fakes.ok import (
    GROUP,
    PAGE,
    READER,
    RESIDENT,
    OkCaller,
    running_ok,
)


def talk(ok: OkCaller, count: int) -> tuple[Item, list[Item]]:
    """Make a topic with so many comments, a minute apart."""
    topic = ok.post("Пишите")
    comments = []
    for number in range(count):
        ok.wall.pass_by(minutes=1)
        comments.append(comment(ok, topic, f"Ответ {number}"))
    return topic, comments


def comment(ok: OkCaller, above: Item, text: str, *, by_page: bool = False) -> Item:
    return ok.stage.publish(
        PAGE,
        text,
        at=ok.network.clock(),
        writer=None if by_page else RESIDENT,
        parent=above.id,
    )


def texts(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["text"] for each in page["comments"]]


async def test_comments_are_read_from_the_first_on() -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 5)
        pages = [await ok.comments(topic, count=2)]
        while pages[-1]["has_more"]:
            pages.append(await ok.comments(topic, count=2, anchor=pages[-1]["anchor"]))

    assert [texts(page) for page in pages] == [
        ["Ответ 0", "Ответ 1"],
        ["Ответ 2", "Ответ 3"],
        ["Ответ 4"],
    ]


async def test_comments_are_read_from_the_last_back() -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 5)
        back = {"count": 2, "direction": "BACKWARD"}
        pages = [await ok.comments(topic, anchor="LAST", **back)]
        comment(ok, topic, "Тем временем")
        while pages[-1]["has_more"]:
            anchor = pages[-1]["anchor"]
            pages.append(await ok.comments(topic, anchor=anchor, **back))

    assert [texts(page) for page in pages] == [
        ["Ответ 3", "Ответ 4"],
        ["Ответ 1", "Ответ 2"],
        ["Ответ 0"],
    ]


async def test_page_of_removed_comments_is_empty_and_has_more() -> None:
    async with running_ok() as ok:
        topic, comments = talk(ok, 3)
        for each in comments[:2]:
            await ok.order("ok/delete", page=PAGE, item=each.id)

        empty = await ok.comments(topic, count=2)
        rest = await ok.comments(topic, count=2, anchor=empty["anchor"])

    assert (empty["comments"], empty["has_more"]) == ([], True)
    assert (texts(rest), rest["has_more"]) == (["Ответ 2"], False)


async def test_removed_comment_is_shown_as_such_to_who_asks() -> None:
    async with running_ok() as ok:
        topic, comments = talk(ok, 2)
        await ok.order("ok/delete", page=PAGE, item=comments[0].id)

        without = await ok.comments(topic)
        asked = await ok.comments(topic, includeRemoved="true")

    assert texts(without) == ["Ответ 1"]
    flags = [(each["text"], each.get("removed")) for each in asked["comments"]]
    assert flags == [("", True), ("Ответ 1", None)]


async def test_dates_are_moscows_and_half_of_them_have_no_milliseconds() -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 8)
        told = (await ok.comments(topic))["comments"]

    assert [each["date"] for each in told[:2]] == [
        "2025-11-20 12:01:01",
        "2025-11-20 12:02:01",
    ]
    assert {"date_ms" in each for each in told} == {False, True}


async def test_group_may_be_the_author_and_answers_are_told() -> None:
    async with running_ok() as ok:
        topic, (asked,) = talk(ok, 1)
        answered = comment(ok, asked, "Передали", by_page=True)
        first, second = (await ok.comments(topic))["comments"]

    assert (first["author_ref"], first["author_name"]) == (
        f"user:{570_000_000_000 + RESIDENT.id}",
        RESIDENT.name,
    )
    assert second["author_ref"] == f"group:{GROUP}"
    assert "author_name" not in second
    assert second["reply_to_comment_id"] == ok.name(asked) == first["id"]
    assert second["reply_to_name"] == RESIDENT.name
    assert second["id"] == ok.name(answered)


async def test_ids_of_comments_end_in_padding_and_are_found_again() -> None:
    async with running_ok() as ok:
        topic, comments = talk(ok, 6)
        names = [each["id"] for each in (await ok.comments(topic))["comments"]]

    assert names == [ok.name(each) for each in comments]
    assert any(name.endswith("=") for name in names)


async def test_older_method_calls_its_list_commentss() -> None:
    async with running_ok() as ok:
        topic, comments = talk(ok, 3)
        told = await ok.ask(
            "discussions.getDiscussionComments",
            entityId=ok.number(topic),
            entityType="GROUP_TOPIC",
            offset=1,
            count=1,
        )

    assert told == {
        "commentss": [
            {
                "id": ok.name(comments[1]),
                "author_id": str(570_000_000_000 + RESIDENT.id),
                "text": "Ответ 1",
                "date": "2025-11-20 12:02:01",
            }
        ]
    }


@pytest.mark.parametrize(("marked", "count"), [(None, 0), ("true", 0), ("false", 1)])
async def test_reading_marks_as_read_unless_told_not_to(
    marked: str | None, count: int
) -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 1)
        params = {} if marked is None else {"mark_as_read": marked}
        await ok.comments(topic, **params)
        (told,) = (await ok.ask("discussions.getList", count=1))["discussions"]

    assert told["new_comments_count"] == count


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"direction": "SIDEWAYS"}, 100),
        ({"anchor": "QQ=="}, 100),
        ({"discussionType": "USER_STATUS"}, 100),
        ({"discussionId": "155000010000001"}, 106),
        ({"discussionId": "x"}, 106),
        ({"count": "many"}, 100),
    ],
)
async def test_what_makes_no_sense_is_refused(
    params: dict[str, object], code: int
) -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 1)
        usual = {"discussionId": ok.number(topic), "discussionType": "GROUP_TOPIC"}

        assert await ok.code("discussions.getComments", **{**usual, **params}) == code


async def test_discussion_of_a_deleted_topic_is_not_found() -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 1)
        await ok.order("ok/delete", page=PAGE, item=topic.id)

        assert (await ok.comments(topic))["error_code"] == 300


async def test_discussions_are_listed_by_their_last_word() -> None:
    async with running_ok() as ok:
        first, _ = talk(ok, 1)
        second, _ = talk(ok, 2)
        ok.wall.pass_by(minutes=1)
        last = comment(ok, first, "Ещё")
        told = await ok.ask("discussions.getList", category="GROUP", count=2)

    assert told["discussions"][0] == {
        "object_id": ok.number(first),
        "object_type": "GROUP_TOPIC",
        "new_comments_count": 2,
        "last_activity_date_ms": int(last.created_at.timestamp() * 1000),
    }
    assert told["discussions"][1]["object_id"] == ok.number(second)


async def test_answer_stands_in_the_name_of_the_group() -> None:
    async with running_ok() as ok:
        topic, (asked,) = talk(ok, 1)
        await ok.order("approvals", text="Засыпали.")
        name = await ok.answer(topic, "Засыпали.", reply_to_comment_id=ok.name(asked))
        told = (await ok.comments(topic))["comments"][-1]
        ledger = (await ok.http.get("/control/ledger")).json()

    assert (told["id"], told["text"]) == (name, "Засыпали.")
    assert (told["author_ref"], told["reply_to_comment_id"]) == (
        f"group:{GROUP}",
        ok.name(asked),
    )
    assert [(each["network"], each["outcome"]) for each in ledger] == [
        ("ok", "success")
    ]
    assert ok.network.meter.unapproved_writes == 0


async def test_same_answer_twice_is_published_twice() -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 0)
        names = {await ok.answer(topic, "Засыпали.") for _ in range(2)}

    assert len(names) == 2


@pytest.mark.parametrize(
    ("text", "params", "code"),
    [
        (f"Приходите в {STOP_WORD.upper()}", {}, 454),
        ("я" * 3001, {}, 601),
        (" ", {}, 100),
        ("Да", {"as_admin": "false"}, 10),
        ("Да", {"token": READER}, 50),
        ("Да", {"reply_to_comment_id": "bXM="}, 141),
    ],
)
async def test_answer_that_may_not_be_is_refused(
    text: str, params: dict[str, object], code: int
) -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 1)
        told = await ok.answer(topic, text, **params)  # type: ignore[arg-type]

    assert told["error_code"] == code
    assert len(ok.stage.comments(PAGE, topic.id)) == 1


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"mode": "limited"}, 8),
        ({"mode": "limited", "code": 11}, 11),
        ({"mode": "rejected"}, 454),
        ({"mode": "rejected", "code": 511}, 511),
        ({"mode": "deleted-target"}, 300),
    ],
)
async def test_write_plan_is_followed(plan: dict[str, object], code: int) -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 0)
        await ok.order("ok/writes", **plan)

        assert (await ok.answer(topic, "Да"))["error_code"] == code


async def test_answer_to_a_removed_comment_is_refused() -> None:
    async with running_ok() as ok:
        topic, (first, second) = talk(ok, 2)
        await ok.order("ok/delete", page=PAGE, item=first.id)
        gone = await ok.answer(topic, "Да", reply_to_comment_id=ok.name(first))
        await ok.order("ok/writes", mode="deleted-target")
        going = await ok.answer(topic, "Да", reply_to_comment_id=ok.name(second))

    assert (gone["error_code"], going["error_code"]) == (700, 700)


async def test_closed_comments_take_no_answer() -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 0)
        await ok.order("ok/close-comments", page=PAGE, item=topic.id)

        assert (await ok.answer(topic, "Да"))["error_code"] == 10


async def test_lost_response_leaves_the_answer_standing() -> None:
    async with running_ok() as ok:
        topic, _ = talk(ok, 0)
        await ok.order("ok/writes", mode="lost")
        with pytest.raises(httpx.RemoteProtocolError):
            await ok.answer(topic, "Да")

        assert texts(await ok.comments(topic)) == ["Да"]
