"""What a VK wall asks for, and what it makes of the answers."""

from datetime import timedelta

import httpx
import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.vk.wall import WallSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.bodies import post as body
from tests.services.ingest.sources.vk.server import OWNER, VkServer
from tests.services.ingest.sources.vk.walls import poller_of, settle


@pytest.fixture
def vk() -> VkServer:
    return VkServer()


def methods(vk: VkServer) -> list[str]:
    return [method for method, _, _ in vk.calls]


async def test_a_quiet_wall_costs_one_call_a_poll(vk: VkServer) -> None:
    vk.comment(vk.publish("Пишите здесь"), "Яма")
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.calls.clear()

    for _ in range(5):
        vk.forward(minutes=1)
        await settle(poller, vk)

    assert methods(vk) == ["wall.get"] * 5


async def test_a_new_comment_costs_one_more(vk: VkServer) -> None:
    post = vk.publish("Пишите здесь")
    vk.comment(post, "Яма")
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.forward(minutes=1)
    vk.calls.clear()
    late = vk.comment(post, "И ещё одна")

    await settle(poller, vk)

    assert methods(vk) == ["wall.get", "wall.getComments"]
    assert vk.params[-1]["start_comment_id"] == str(late - 1)
    assert poller.archive.standing == vk.standing()


async def test_a_reply_in_an_old_thread_is_found(vk: VkServer) -> None:
    post = vk.publish("Пишите здесь")
    first = vk.comment(post, "Яма")
    vk.comment(post, "Люк")
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.forward(minutes=1)
    vk.comment(post, "У нас тоже", above=first)

    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()


async def test_long_threads_and_long_levels_are_read_whole(vk: VkServer) -> None:
    post = vk.publish("Пишите здесь")
    for number in range(230):
        vk.comment(post, f"Яма {number}")
    above = vk.comment(post, "Спор")
    for number in range(130):
        above = vk.comment(post, f"Ответ {number}", above=above)
    poller = poller_of(vk)

    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()
    assert len(vk.standing()) == 362


async def test_the_pinned_post_does_not_end_the_reading(vk: VkServer) -> None:
    for number in range(150):
        vk.publish(f"Яма {number}", at=vk.now - timedelta(hours=number + 1))
    old = vk.publish("Закреплено", at=vk.now - timedelta(days=400), is_pinned=1)
    poller = poller_of(vk)
    await settle(poller, vk)
    vk.forward(minutes=1)
    new = vk.publish("Новое")

    await settle(poller, vk)

    kept = poller.archive.standing
    assert (kept[f"wall:{OWNER}_{old}"], kept[f"wall:{OWNER}_{new}"]) == (
        "Закреплено",
        "Новое",
    )
    assert kept == vk.standing()


async def test_history_is_read_as_far_as_it_was_wished(vk: VkServer) -> None:
    for day in range(30):
        for number in range(20):
            at = vk.now - timedelta(days=day, minutes=number + 1)
            vk.publish(f"День {day}", at=at)
    week = poller_of(vk)
    month = poller_of(vk, access=vk.access(history_days=40))

    await settle(week, vk)
    await settle(month, vk)

    assert (200 > len(week.archive.posts) >= 140) is True
    assert month.archive.standing == vk.standing()


async def test_a_poll_makes_no_more_calls_than_allowed(vk: VkServer) -> None:
    for number in range(40):
        vk.comment(vk.publish(f"Яма {number}"), "И у нас")
    poller = poller_of(vk, access=vk.access(calls_per_poll=4))

    has_more = await poller.poll(vk.now)

    assert (has_more, len(vk.calls)) == (True, 4)


async def test_comments_of_the_newest_post_are_read_first(vk: VkServer) -> None:
    posts = [vk.publish(f"Яма {n}", at=vk.now - timedelta(hours=n)) for n in range(9)]
    for post in posts:
        vk.comment(post, "И у нас")
    poller = poller_of(vk, access=vk.access(calls_per_poll=4))

    await poller.poll(vk.now)

    asked = [int(each["post_id"]) for each in vk.params if "post_id" in each]
    assert asked == posts[:3]


async def test_closed_comments_do_not_stop_the_wall(vk: VkServer) -> None:
    post = vk.publish("Закрыто", comments={"count": 5})
    vk.comment(vk.publish("Открыто"), "Яма")
    vk.faults = [("wall.getComments", 212)]
    poller = poller_of(vk)

    await settle(poller, vk)
    await settle(poller, vk)

    assert f"wall:{OWNER}_{post}" in poller.archive.standing
    assert methods(vk).count("wall.getComments") == 2


async def test_a_thread_that_goes_while_it_is_read_does_not_stop_the_wall(
    vk: VkServer,
) -> None:
    post = vk.publish("Пишите здесь")
    first = vk.comment(post, "Яма")
    for number in range(15):
        vk.comment(post, f"Ответ {number}", above=first)
    poller = poller_of(vk, access=vk.access(calls_per_poll=2))
    await poller.poll(vk.now)
    vk.faults = [("wall.getComments", 100)]

    await settle(poller, vk)
    vk.forward(hours=1)
    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize(
    "fault", [29, 9, 10, httpx.Response(502, html="<h1>Bad gateway</h1>")]
)
async def test_posts_come_although_comments_can_not_be_had(
    vk: VkServer, fault: int | httpx.Response
) -> None:
    post = vk.publish("Пишите здесь")
    vk.comment(post, "Яма")
    vk.faults = [("wall.getComments", fault)]
    poller = poller_of(vk)
    has_more = await poller.poll(vk.now)
    without = dict(poller.archive.standing)
    vk.forward(hours=5)

    await settle(poller, vk)

    assert (has_more, without) == (False, {f"wall:{OWNER}_{post}": "Пишите здесь"})
    assert len(poller.notes) == 1
    assert poller.archive.standing == vk.standing()


async def test_a_parked_method_is_not_tried_by_the_next_polls(vk: VkServer) -> None:
    vk.comment(vk.publish("Пишите здесь"), "Яма")
    vk.faults = [("wall.getComments", 29)]
    poller = poller_of(vk, access=vk.access())

    for _ in range(5):
        await poller.poll(vk.now)
        vk.forward(minutes=1)

    assert methods(vk).count("wall.getComments") == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (15, ErrorKind.DISABLE),
        (18, ErrorKind.DISABLE),
        (203, ErrorKind.DISABLE),
        (14, ErrorKind.HUMAN),
        (5, ErrorKind.REAUTH),
        (29, ErrorKind.WAIT),
        (10, ErrorKind.RETRY),
        (100, ErrorKind.BUG),
    ],
)
async def test_a_wall_that_can_not_be_read_says_why(
    vk: VkServer, code: int, kind: ErrorKind
) -> None:
    vk.faults = [("wall.get", code)]

    with pytest.raises(SourceError) as caught:
        await poller_of(vk).poll(vk.now)

    assert (caught.value.kind, caught.value.code) == (kind, f"vk:{code}")


async def test_a_name_is_asked_for_once(vk: VkServer) -> None:
    named = Place(Network.VK, "wall", "@test_roads", "https://vk.com/test_roads")
    vk.publish("Яма")
    poller = poller_of(vk, named)
    await settle(poller, vk)
    vk.forward(minutes=1)

    await settle(poller, vk)

    assert methods(vk) == ["utils.resolveScreenName", "wall.get", "wall.get"]
    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize(
    ("native", "told"), [("@test_roads", str(OWNER)), (str(OWNER), None)]
)
async def test_the_number_behind_a_name_is_told(
    vk: VkServer, native: str, told: str | None
) -> None:
    place = Place(Network.VK, "wall", native, "https://vk.com/test_roads")

    fetched = await WallSource(place, vk.access()).fetch({}, now=vk.now)

    assert fetched.native == told


@pytest.mark.parametrize("name", ["@ivan_test", "@nobody"])
async def test_people_and_unknown_names_are_not_watched(
    vk: VkServer, name: str
) -> None:
    place = Place(Network.VK, "wall", name, "https://vk.com/x")

    with pytest.raises(SourceError) as caught:
        await poller_of(vk, place).poll(vk.now)

    assert caught.value.kind is ErrorKind.DISABLE
    assert methods(vk) == ["utils.resolveScreenName"]


async def test_a_single_post_is_watched_with_its_comments_alone(vk: VkServer) -> None:
    post = vk.publish("Пишите здесь")
    vk.publish("Другое")
    comment = vk.comment(post, "Яма")
    place = Place(Network.VK, "post", f"{OWNER}_{post}", "")
    poller = Poller(WallSource(place, vk.access(), post=post))
    await settle(poller, vk)
    vk.forward(hours=1)
    vk.edit(comment, "Яма и люк")

    await settle(poller, vk)

    assert poller.archive.standing == {
        f"wall:{OWNER}_{post}": "Пишите здесь",
        f"wallreply:{OWNER}_{comment}": "Яма и люк",
    }
    assert "wall.get" not in methods(vk)


async def test_comments_are_bundled_where_a_token_may(vk: VkServer) -> None:
    for number in range(30):
        vk.comment(vk.publish(f"Яма {number}"), "И у нас")
    closed = vk.publish("Закрыто", comments={"count": 3})
    vk.vanish(closed)
    vk.found = [body(closed)]
    access = vk.access(
        Token("s", "service", {"token": "service-1"}),
        Token("u", "user", {"token": "user-1"}),
        execute=True,
    )
    poller = poller_of(vk, access=access)

    await settle(poller, vk)

    assert methods(vk) == ["wall.get", "execute", "execute"]
    assert poller.archive.standing == vk.standing()
