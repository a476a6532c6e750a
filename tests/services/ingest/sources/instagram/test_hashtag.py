"""Publications with a hashtag."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access, Checked, Place
from services.ingest.sources.instagram import InstagramConnector
from services.ingest.sources.remarks import Remark
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.instagram.world import OTHER, InstagramServer
from tests.services.ingest.sources.polls import read_all


@pytest.fixture
def ig() -> InstagramServer:
    return InstagramServer()


def tag(name: str = "ямы") -> Place:
    return Place(Network.INSTAGRAM, "tag", name, "", f"#{name}")


def poller(access: Access, name: str = "ямы") -> Poller:
    return Poller(InstagramConnector().open(tag(name), access))


async def test_publications_of_everybody_are_found(ig: InstagramServer) -> None:
    mine = ig.publish("Яма на Лесной #ямы", by_page=True)
    theirs = ig.publish("И у нас #Ямы", page=OTHER)
    ig.publish("ямы без метки")
    one = poller(ig.access())

    await read_all(ig, one)

    assert one.archive.standing == {
        ig.key(mine): mine.text,
        ig.key(theirs): theirs.text,
    }
    assert {post.source for post in one.archive.posts.values()} == {"instagram:#ямы"}


async def test_nothing_is_asked_of_finds_but_what_they_show(
    ig: InstagramServer,
) -> None:
    ig.comment(ig.publish("Яма #ямы", page=OTHER), "И у нас")
    one = poller(ig.access())

    await read_all(ig, one)
    await read_all(ig, one, minutes=31)

    asked = {route.rpartition("/")[2] for route, _ in ig.calls}
    assert asked == {"me", "ig_hashtag_search", "recent_media"}
    assert all("username" not in str(each) for name, each in ig.calls if name != "me")
    assert len(one.archive.standing) == 1


async def test_long_search_is_read_to_the_end(ig: InstagramServer) -> None:
    for number in range(230):
        ig.publish(f"Яма {number} #ямы", at=ig.now - timedelta(minutes=number))
    one = poller(ig.access(calls_per_poll=2))

    await read_all(ig, one)

    assert len(one.archive.posts) == 230


async def test_edits_are_noticed_and_what_is_old_stays(ig: InstagramServer) -> None:
    old = ig.publish("Вчерашняя #ямы")
    ig.forward(hours=5)
    fresh = ig.publish("Яма #ямы")
    one = poller(ig.access())
    await read_all(ig, one)
    ig.forward(hours=20)
    ig.edit(fresh, "Яма и люк #ямы")

    for _ in range(4):
        await read_all(ig, one, minutes=31)

    assert one.archive.standing == {
        ig.key(old): "Вчерашняя #ямы",
        ig.key(fresh): "Яма и люк #ямы",
    }


async def test_thirty_first_hashtag_of_a_week_is_not_asked_for(
    ig: InstagramServer,
) -> None:
    access = ig.access()
    for number in range(30):
        await read_all(ig, poller(access, f"яма{number}"))
    before = len(ig.calls)

    with pytest.raises(SourceError) as caught:
        await poller(access, "люки").poll(ig.now)

    assert caught.value.kind is ErrorKind.WAIT
    assert [route for route, _ in ig.calls[before:]] == ["me"]
    assert ig.report()["over_limit"] == 0


async def test_hashtags_that_others_spent_wait_for_a_day(ig: InstagramServer) -> None:
    for number in range(30):
        await read_all(ig, poller(ig.access(), f"яма{number}"))

    # Another program asks on behalf of the same account.
    other = replace(ig.access(), budget=ig.new_budget())
    with pytest.raises(SourceError) as caught:
        await poller(other, "люки").poll(ig.now)

    assert (caught.value.kind, caught.value.code) == (ErrorKind.WAIT, "instagram:18")
    assert caught.value.retry_after == timedelta(days=1)


async def test_same_hashtag_is_counted_again_after_a_week(ig: InstagramServer) -> None:
    one = poller(ig.access())
    await read_all(ig, one)
    first = one.cursor["claimed"]

    await read_all(ig, one, days=6)
    within_the_week = one.cursor["claimed"]
    await read_all(ig, one, days=1, hours=1)

    assert within_the_week == first < one.cursor["claimed"]
    assert len([route for route, _ in ig.calls if route == "ig_hashtag_search"]) == 1


async def test_hashtag_that_meta_does_not_know_is_disabled(
    ig: InstagramServer,
) -> None:
    ig.fail("ig_hashtag_search", 24)

    with pytest.raises(SourceError, match="knows no hashtag") as caught:
        await poller(ig.access()).poll(ig.now)

    assert caught.value.kind is ErrorKind.DISABLE


async def test_check_counts_the_hashtag_and_warns(ig: InstagramServer) -> None:
    access = ig.access()

    checked = await InstagramConnector().check(tag(), access)

    warning = Remark("instagram:no-answers")
    assert checked == Checked("#ямы", "ямы", can=("read",), warnings=(warning,))
    with pytest.raises(SourceError):
        await access.budget.spend(
            f"instagram-{_ours(ig)}", 30, 30, f"hashtags/{ig.now:%Y-%m-%d}"
        )


def _ours(ig: InstagramServer) -> Any:  # noqa: ANN401 -- a secret
    return ig.token().secrets["account"]
