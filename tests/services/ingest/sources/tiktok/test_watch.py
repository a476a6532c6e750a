"""Which videos of TikTok are read, and how far back."""

from datetime import timedelta

from infra.sandbox.networks.tiktok.api import COMMENTS, VIDEOS
from services.ingest.domain.posts import Network, PostKind
from services.ingest.sources.connector import Place
from tests.services.ingest.sources.polls import read_all
from tests.services.ingest.sources.tiktok.polls import poller
from tests.services.ingest.sources.tiktok.world import (
    OTHER,
    TAG,
    TikTokServer,
)

# What is read


async def test_an_account_has_its_videos_and_their_comments() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Ремонт дороги")
    first = tiktok.comment(video, "А у нас?")
    below = tiktok.comment(first, "И у нас")
    last = tiktok.comment(below, "Тоже")
    tiktok.publish("Чужое", page=OTHER)
    one = poller(tiktok)

    await read_all(tiktok, one)

    parents = {key: post.parent_id for key, post in one.archive.posts.items()}
    assert parents == {
        tiktok.key(video): None,
        tiktok.key(first): tiktok.key(video),
        tiktok.key(below): tiktok.key(first),
        tiktok.key(last): tiktok.key(first),
    }
    kinds = {post.kind for post in one.archive.posts.values()}
    assert kinds == {PostKind.POST, PostKind.COMMENT}
    (asked,) = tiktok.called(VIDEOS)
    assert asked["query"]["and"] == [
        {
            "operation": "EQ",
            "field_name": "username",
            "field_values": ["test.oblast"],
        }
    ]


async def test_hashtags_and_words_find_videos_of_anybody_and_no_comments() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Яма #Ямы", page=OTHER)
    tiktok.comment(video, "И у нас")
    tiktok.publish("Без метки, но яма")
    words = Place(Network.TIKTOK, "search", "яма", "")
    by_tag, by_words = poller(tiktok, TAG, regions="ru, kz"), poller(tiktok, words)

    await read_all(tiktok, by_tag)
    await read_all(tiktok, by_words)

    assert list(by_tag.archive.standing.values()) == ["Яма #Ямы"]
    assert len(by_words.archive.standing) == 2
    regions = tiktok.called(VIDEOS)[0]["query"]["and"][1]
    assert (regions["operation"], regions["field_values"]) == ("IN", ["RU", "KZ"])
    assert tiktok.called(COMMENTS) == []


async def test_a_video_is_read_with_its_comments_however_old() -> None:
    tiktok = TikTokServer()
    video = tiktok.publish("Старое", at=tiktok.now - timedelta(days=90))
    comment = tiktok.comment(video, "А сейчас?")
    number = str(tiktok.server.id_of(video))
    place = Place(Network.TIKTOK, "video", number, "")
    one = poller(tiktok, place)

    await read_all(tiktok, one)
    await read_all(tiktok, one, days=1)

    assert one.archive.standing == {
        tiktok.key(video): "Старое",
        tiktok.key(comment): "А сейчас?",
    }


async def test_no_more_than_thirty_days_are_asked_for_at_once() -> None:
    tiktok = TikTokServer()
    for days in (1, 40, 69):
        tiktok.publish(f"{days} дней назад", at=tiktok.now - timedelta(days=days))
    one = poller(tiktok, first_days=70, watched_days=90)

    await read_all(tiktok, one)

    assert len(one.archive.standing) == 3
    spans = [(each["start_date"], each["end_date"]) for each in tiktok.called(VIDEOS)]
    assert len(spans) == 3
    assert spans[0][1] == f"{tiktok.now:%Y%m%d}"


async def test_days_that_nobody_read_are_read_after_a_pause() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok)
    await read_all(tiktok, one)
    tiktok.forward(days=4)
    tiktok.publish("Во время простоя")

    await read_all(tiktok, one, days=2)

    assert list(one.archive.standing.values()) == ["Во время простоя"]


async def test_later_polls_look_a_day_back_and_now_and_then_at_everything() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok)
    expected = []
    for hours, back in ((0, 7), (1, 1), (1, 1), (5, 7)):
        # The day before the last poll, or all that is watched.
        read_at = tiktok.now
        tiktok.forward(hours=hours)
        since = read_at if back == 1 else tiktok.now
        expected.append(f"{since - timedelta(days=back):%Y%m%d}")
        await read_all(tiktok, one)

    assert [each["start_date"] for each in tiktok.called(VIDEOS)] == expected
