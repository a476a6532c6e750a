"""The fake OK: topics of groups, their figures, the search by hashtag."""

import json
from datetime import timedelta

import pytest

from infra.sandbox.stage import Counters
from tests.infra.sandbox.fakes.ok import (
    ADMIN,
    GROUP,
    PAGE,
    READER,
    RESIDENT,
    OkCaller,
    running_ok,
)

WAYS = [
    ("group.getStatTopics", "topics"),
    ("mediatopic.getTopics", "media_topics"),
    ("stream.get", "feeds"),
]


def number_in(told: dict[str, str]) -> str:
    if "id" in told:
        return told["id"]
    return told["message"].partition(":")[2].partition("}")[0]


@pytest.mark.parametrize(("method", "listed"), WAYS)
async def test_topics_come_in_pages_the_newest_first(method: str, listed: str) -> None:
    async with running_ok() as ok:
        posts = [ok.post(f"Яма {number}") for number in range(5)]
        wanted = [ok.number(post) for post in reversed(posts)]
        first = await ok.ask(method, token=ADMIN, gid=GROUP, count=2)
        ok.post("Тем временем")
        second = await ok.ask(
            method, token=ADMIN, gid=GROUP, count=3, anchor=first["anchor"]
        )

    shown = [number_in(each) for each in first[listed] + second[listed]]
    assert (shown, first["has_more"]) == (wanted, True)


@pytest.mark.parametrize(("method", "listed"), WAYS)
async def test_page_whose_topics_are_deleted_is_empty_and_has_more(
    method: str, listed: str
) -> None:
    async with running_ok() as ok:
        stays = ok.post("Стоит")
        for _ in range(2):
            await ok.order("ok/delete", page=PAGE, item=ok.post("Снята").id)

        empty = await ok.ask(method, token=ADMIN, gid=GROUP, count=2)
        full = await ok.ask(
            method, token=ADMIN, gid=GROUP, count=1, anchor=empty["anchor"]
        )

    assert (empty[listed], empty["has_more"]) == ([], True)
    assert [number_in(each) for each in full[listed]] == [ok.number(stays)]


async def test_anchor_that_is_none_is_refused() -> None:
    async with running_ok() as ok:
        assert await ok.code("stream.get", gid=GROUP, anchor="QQ==") == 100
        assert await ok.code("stream.get", gid=GROUP, anchor="яма") == 100


async def test_statistics_leave_out_what_nobody_saw_and_what_is_too_old() -> None:
    async with running_ok() as ok:
        ok.post("Старая", counters=Counters(views=5))
        ok.wall.pass_by(hours=2)
        since = int(ok.network.clock().timestamp() * 1000)
        seen = ok.post("Видели", counters=Counters(likes=3, reposts=1, views=100))
        ok.post("Никто не видел", counters=Counters(views=0))
        told = await ok.ask(
            "group.getStatTopics", token=ADMIN, gid=GROUP, start_time=since
        )

    assert told["topics"] == [
        {
            "id": ok.number(seen),
            "created_ms": int(seen.created_at.timestamp() * 1000),
            "comments": 0,
            "likes": 3,
            "reshares": 1,
            "renderings": 100,
            "reach": 70,
        }
    ]


async def test_topics_are_read_by_number() -> None:
    async with running_ok() as ok:
        post = ok.post("Яма", counters=Counters(likes=3, reposts=1))
        gone = ok.post("Снята")
        await ok.order("ok/delete", page=PAGE, item=gone.id)
        numbers = ",".join([ok.number(post), ok.number(gone), "155", "x"])

        told = await ok.ask("mediatopic.getByIds", topic_ids=numbers, media_limit=3)

    assert told["media_topics"] == [
        {
            "id": ok.number(post),
            "created_ms": int(post.created_at.timestamp() * 1000),
            "author_ref": f"user:{570_000_000_000 + RESIDENT.id}",
            "owner_ref": f"group:{GROUP}",
            "media": [
                {
                    "type": "text",
                    "text": "Яма",
                    "text_tokens": [{"type": "TEXT", "text": "Яма"}],
                }
            ],
            "discussion_summary": {
                "comments_count": 0,
                "discussion_type": "GROUP_TOPIC",
                "discussion_id": ok.number(post),
            },
            "like_summary": {"count": 3, "self": False},
            "reshare_summary": {"count": 1},
        }
    ]
    assert [each["uid"] for each in told["entities"]["groups"]] == [GROUP]


@pytest.mark.parametrize(
    "params",
    [
        {"topic_ids": "1,2"},
        {"topic_ids": "1,2", "media_limit": 4},
        {"topic_ids": ""},
        {"topic_ids": "1,2", "media_limit": "x"},
    ],
)
async def test_several_topics_need_a_limit_of_blocks(params: dict[str, object]) -> None:
    async with running_ok() as ok:
        assert await ok.code("mediatopic.getByIds", **params) == 100


async def test_topic_of_the_group_is_written_by_it() -> None:
    async with running_ok() as ok:
        post = ok.post("Объявление", writer=None)
        told = await ok.ask("mediatopic.getByIds", topic_ids=ok.number(post))

    assert told["media_topics"][0]["author_ref"] == f"group:{GROUP}"


async def search(ok: OkCaller, **wanted: object) -> list[str]:
    told = await ok.ask("search.tagContents", query="ямы", filter=json.dumps(wanted))
    return [each["media"][0]["text"] for each in told["entities"]["media_topics"]]


async def test_hashtag_is_found_by_moscows_time() -> None:
    async with running_ok() as ok:
        ok.post("Без метки: ямы")
        ok.post("Рано #ямы")
        ok.wall.pass_by(hours=1)
        # The world begins at 9:00 UTC, noon in Moscow.
        ok.post("Потом #Ямы #люки")

        late = await search(ok, since="2025-11-20 12:30:00", types=["GROUP_TOPIC"])
        early = await search(ok, until="2025-11-20 12:30:00")
        other = await search(ok, types=["USER_PHOTO"])

    assert (late, early, other) == (["Потом #Ямы #люки"], ["Рано #ямы"], [])


@pytest.mark.parametrize(
    "params",
    [
        {"query": "#ямы"},
        {"query": ""},
        {"query": "ямы", "filter": "{"},
        {"query": "ямы", "filter": '{"since": "вчера"}'},
    ],
)
async def test_search_that_makes_no_sense_is_refused(params: dict[str, object]) -> None:
    async with running_ok() as ok:
        assert await ok.code("search.tagContents", **params) == 100


async def test_address_leads_to_its_object() -> None:
    async with running_ok() as ok:
        told = [
            await ok.ask("url.getInfo", url=f"https://ok.ru/{path}")
            for path in ("ok_luginino", f"group/{GROUP}", "profile/570000000077", "x")
        ]

    group = {"type": "GROUP", "objectId": int(GROUP), "objectIdStr": GROUP}
    person = {
        "type": "PROFILE",
        "objectId": 570_000_000_077,
        "objectIdStr": "570000000077",
    }
    assert told == [group, group, person, {"type": "UNKNOWN"}]


async def test_counters_are_those_that_were_asked_for() -> None:
    async with running_ok() as ok:
        posts = len(ok.stage.posts(PAGE))
        told = await ok.ask(
            "group.getCounters", group_id=GROUP, counterTypes="MEMBERS,THEMES"
        )

    members = ok.stage.page(PAGE).members
    assert told == {"counters": {"members": members, "themes": posts}}


async def test_trends_are_by_moscows_day() -> None:
    async with running_ok() as ok:
        post = ok.post("Яма", counters=Counters(likes=3, reposts=1, views=100))
        ok.stage.publish(PAGE, "И у нас", at=post.created_at, parent=post.id)
        ok.wall.pass_by(days=1)
        midnight = post.created_at.replace(hour=21, minute=0, second=0, microsecond=0)
        start = int((midnight - timedelta(days=1)).timestamp() * 1000)
        told = await ok.ask(
            "group.getStatTrends",
            token=ADMIN,
            gid=GROUP,
            start_time=start,
            end_time=start + 86_399_999,
            fields="renderings,reach,reshares,comments,members_count,complaints,x",
        )

    assert {name: [each["time"] for each in days] for name, days in told.items()} == {
        name: [start]
        for name in (
            "renderings",
            "reach",
            "reshares",
            "comments",
            "members_count",
            "complaints",
        )
    }
    assert told["renderings"][0]["value"] >= 100
    assert told["members_count"][0]["value"] == ok.stage.page(PAGE).members


async def test_clock_fault_shows_in_milliseconds_and_in_moscows_time() -> None:
    async with running_ok() as ok:
        post = ok.post("Яма")
        comment = ok.stage.publish(
            PAGE, "И у нас", at=post.created_at, writer=RESIDENT, parent=post.id
        )
        await ok.order("ok/faults", mode="skew", seconds=3600, times=2)
        topic = await ok.ask("mediatopic.getByIds", topic_ids=ok.number(post))
        told = await ok.comments(post)

    ahead = topic["media_topics"][0]["created_ms"] / 1000 - post.created_at.timestamp()
    assert ahead == 3600
    assert told["comments"][0]["date"] == "2025-11-20 13:00:01"
    assert told["comments"][0]["id"] == ok.name(comment)
    assert READER in {token.value for token in ok.network.tokens.all}
