"""Comments under videos of TikTok, and what is remembered of them."""

import httpx

from infra.sandbox.networks.tiktok.api import COMMENTS
from services.ingest.sources.base import Evidence
from tests.services.ingest.sources.polls import read_all
from tests.services.ingest.sources.tiktok.polls import poller
from tests.services.ingest.sources.tiktok.world import (
    TikTokServer,
)

# Comments


async def test_comments_are_read_again_when_their_count_changes() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Спрашивайте")
    tiktok.comment(video, "Раз")
    one = poller(tiktok)
    await read_all(tiktok, one)
    tiktok.comment(video, "Два")

    await read_all(tiktok, one, minutes=20)
    await read_all(tiktok, one, minutes=20)

    assert len(one.archive.standing) == 3
    assert len(tiktok.called(COMMENTS)) == 2


async def test_a_count_of_nought_may_be_old_so_that_comments_are_looked_for() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Спрашивайте", comment_count=0)
    tiktok.comment(video, "Есть кто?")
    one = poller(tiktok)
    await read_all(tiktok, one)
    before = len(one.archive.standing)

    await read_all(tiktok, one, hours=7)

    assert (before, len(one.archive.standing)) == (1, 2)


async def test_a_count_that_is_not_told_changes_nothing() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Спрашивайте", comment_count=None)
    tiktok.comment(video, "Есть кто?")
    one = poller(tiktok)

    await read_all(tiktok, one, hours=7)

    assert "comments" not in one.archive.posts[tiktok.key(video)].metrics
    assert len(one.archive.standing) == 2


async def test_comments_that_are_refused_leave_the_others_alone() -> None:
    tiktok = TikTokServer()
    for number in range(3):
        tiktok.comment(tiktok.publish(f"Ролик {number}"), "Почему?")
    one = poller(tiktok)
    tiktok.fail(400, route=COMMENTS)

    await read_all(tiktok, one)

    assert len(one.archive.standing) == 5
    assert one.unknown == {"comments refused": 1}


async def test_a_lost_video_takes_its_comments_with_it_and_brings_them_back() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Ролик")
    comment = tiktok.comment(video, "Почему?")
    one = poller(tiktok)
    await read_all(tiktok, one)
    tiktok.delete(video)
    for _ in range(3):
        await read_all(tiktok, one, hours=1)
    gone = dict(one.archive.standing)
    evidence = one.archive.evidence[tiktok.key(comment)]
    tiktok.restore(video)

    await read_all(tiktok, one, hours=1)

    assert (gone, evidence) == ({}, Evidence.ABSENT)
    assert one.archive.standing == tiktok.standing()


async def test_endless_comments_end() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Ролик")
    tiktok.comment(video, "Почему?")
    one = poller(tiktok, calls_per_poll=1)
    await one.poll(tiktok.now)
    for page in range(10):
        data = {"comments": [], "cursor": 100 * (page + 1), "has_more": True}
        tiktok.says.append(httpx.Response(200, json={"data": data}))

    await read_all(tiktok, one)

    assert one.cursor["branches"] == []


async def test_what_is_old_is_forgotten() -> None:
    tiktok = TikTokServer()
    tiktok.comment(tiktok.publish("Ролик"), "Почему?")
    one = poller(tiktok)
    await read_all(tiktok, one)

    await read_all(tiktok, one, days=9)

    assert (one.cursor["videos"], one.cursor["threads"]) == ({}, {})
    assert len(one.archive.standing) == 2
