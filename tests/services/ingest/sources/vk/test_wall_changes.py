"""What a VK wall makes of edits, deletions and times that differ."""

from datetime import timedelta

import pytest

from services.ingest.sources.base import Evidence
from tests.services.ingest.sources.vk.server import OWNER, VkServer
from tests.services.ingest.sources.vk.walls import poller_of, settle


@pytest.fixture
def vk() -> VkServer:
    return VkServer()


async def test_a_deleted_post_takes_its_comments_with_it(vk: VkServer) -> None:
    post = vk.publish("Пишите здесь")
    comment = vk.comment(post, "Яма")
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.forward(minutes=31)
    vk.vanish(post, flagged=True)

    await settle(poller, vk)

    keys = (f"wall:{OWNER}_{post}", f"wallreply:{OWNER}_{comment}")
    assert poller.archive.standing == {}
    assert [poller.archive.evidence[key] for key in keys] == [Evidence.FLAG] * 2


async def test_a_restored_post_brings_its_comments_back(vk: VkServer) -> None:
    post = vk.publish("Пишите здесь")
    vk.comment(post, "Яма")
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.forward(minutes=31)
    vk.vanish(post, flagged=True)
    await settle(poller, vk)
    vk.forward(minutes=1)
    vk.restore(post)

    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()
    assert len(poller.archive.standing) == 2


async def test_an_edit_of_a_post_has_the_time_vk_tells(vk: VkServer) -> None:
    post = vk.publish("Яма")
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.forward(minutes=5)
    edited_at = vk.now.replace(microsecond=0)
    vk.edit(post, "Яма на Садовой")
    vk.forward(minutes=5)

    await settle(poller, vk)

    kept = poller.archive.posts[f"wall:{OWNER}_{post}"]
    assert (kept.text, kept.edited_at) == ("Яма на Садовой", edited_at)


async def test_a_comment_that_an_event_told_of_is_read_again(vk: VkServer) -> None:
    post = vk.publish("Пишите здесь")
    comment = vk.comment(post, "Яма")
    poller = poller_of(vk)
    await settle(poller, vk)
    key = f"wallreply:{OWNER}_{comment}"
    before = len(poller.archive.effects)
    vk.forward(minutes=1)
    poller.cursor = {**poller.cursor, "touched": [f"{post}_{comment}", "nonsense"]}
    asked_at = vk.now

    await poller.poll(asked_at)

    assert poller.archive.posts[key].edited_at == asked_at
    assert len(poller.archive.effects) == before
    assert "touched" not in poller.cursor


async def test_counters_are_handed_on_once_an_hour(vk: VkServer) -> None:
    post = vk.publish("Яма", views={"count": 10})
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.items[post].extra["views"] = {"count": 500}
    seen = []
    for _ in range(3):
        vk.forward(minutes=30)
        fetched = await poller.source.fetch(poller.cursor, now=vk.now)
        poller.cursor = fetched.cursor
        seen.append([each.post.metrics["views"] for each in fetched.posts])

    assert seen == [[], [500], []]


async def test_clocks_that_differ_are_told(vk: VkServer) -> None:
    vk.publish("Яма")
    vk.skew = timedelta(minutes=10)
    poller = poller_of(vk)

    await poller.poll(vk.now)

    assert poller.notes == ["the network's clock and ours differ by 600 s"]


async def test_a_post_from_the_near_future_is_taken(vk: VkServer) -> None:
    near = vk.publish("Скоро", at=vk.now + timedelta(minutes=10))
    far = vk.publish("Не скоро", at=vk.now + timedelta(days=3))
    poller = poller_of(vk)

    await settle(poller, vk)
    vk.forward(minutes=1)
    new = vk.publish("Сейчас")
    await settle(poller, vk)

    assert sorted(poller.archive.standing) == [
        f"wall:{OWNER}_{near}",
        f"wall:{OWNER}_{new}",
    ]
    assert [each.partition(":")[0] for each in poller.refused] == ["wall"]
    assert f"_{far}: date: must not be" in poller.refused[0]
