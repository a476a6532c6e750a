"""A search of VK finds everything although VK shows a thousand posts of it at most."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import OF_PEOPLE, ErrorKind, Evidence, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.vk.search import SearchSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.bodies import post as body
from tests.services.ingest.sources.vk.server import OWNER, VkServer

YARD = -900000007
WORDS = Place(Network.VK, "search", "ямы", "https://vk.com/search?c[q]=ямы", "ямы")


@pytest.fixture
def vk() -> VkServer:
    return VkServer()


def _poller(vk: VkServer, **options: Any) -> Poller:  # noqa: ANN401 -- JSON
    return Poller(SearchSource(WORDS, vk.access(**options)))


def _find(vk: VkServer, number: int, at: datetime, **fields: Any) -> None:  # noqa: ANN401 -- JSON
    date = int(at.timestamp())
    found = {"owner_id": YARD, "text": f"Яма {number}", "date": date, **fields}
    vk.found.append(body(number, **found))


async def _settle(poller: Poller, vk: VkServer) -> None:
    while await poller.poll(vk.now):
        pass


def _searches(vk: VkServer) -> list[dict[str, str]]:
    return [each for each in vk.params if "q" in each]


async def test_pages_are_read_to_the_end(vk: VkServer) -> None:
    for number in range(1, 451):
        _find(vk, number, vk.now - timedelta(minutes=number))
    poller = _poller(vk)

    await _settle(poller, vk)

    assert len(poller.archive.standing) == 450
    assert [each.get("start_from") for each in _searches(vk)] == [None, "200", "400"]
    assert {each["q"] for each in _searches(vk)} == {"ямы"}


async def test_more_than_a_thousand_are_found_by_halving_the_time(
    vk: VkServer,
) -> None:
    for number in range(1, 5_001):
        _find(vk, number, vk.now - timedelta(seconds=15 * number))
    poller = _poller(vk)

    await _settle(poller, vk)

    assert len(poller.archive.standing) == 5_000
    assert vk.most_in_a_second() <= 3


async def test_a_burst_within_one_second_is_told(vk: VkServer) -> None:
    for number in range(1, 1_202):
        _find(vk, number, vk.now - timedelta(minutes=5))
    poller = _poller(vk, calls_per_poll=60)

    await _settle(poller, vk)

    assert len(poller.archive.standing) == 1_000
    assert poller.notes == ["more was found in one second than VK shows"]


async def test_the_next_search_begins_an_hour_before_the_last(vk: VkServer) -> None:
    poller = _poller(vk)
    await _settle(poller, vk)
    first = int(_searches(vk)[0]["end_time"])
    vk.forward(minutes=10)

    await _settle(poller, vk)

    second = _searches(vk)[1]
    assert int(second["start_time"]) == first - 3600
    assert int(second["end_time"]) - first in range(600, 603)


async def test_the_first_search_looks_back_as_far_as_wished(vk: VkServer) -> None:
    await _settle(_poller(vk, first_hours=3), vk)

    asked = _searches(vk)[0]
    assert int(asked["end_time"]) - int(asked["start_time"]) == 3 * 3600


async def test_news_are_read_before_what_is_left_of_the_past(vk: VkServer) -> None:
    for number in range(1, 3_001):
        _find(vk, number, vk.now - timedelta(seconds=25 * number))
    poller = _poller(vk, calls_per_poll=4)
    await poller.poll(vk.now)
    while any(each[2] for each in poller.cursor[OF_PEOPLE].get("slices", ())):
        await poller.poll(vk.now)
    left = len(poller.cursor[OF_PEOPLE].get("slices", ()))
    vk.forward(minutes=1)
    _find(vk, 9_999, vk.now)

    await poller.poll(vk.now + timedelta(seconds=1))

    assert left > 0
    assert f"wall:{YARD}_9999" in poller.archive.standing


@pytest.mark.parametrize("end", ["same next_from", "no posts"])
async def test_a_search_that_never_ends_is_ended(vk: VkServer, end: str) -> None:
    _find(vk, 1, vk.now - timedelta(minutes=1))
    shown = [] if end == "no posts" else [vk.found[0]]
    answer = {"items": shown, "count": 1, "total_count": 1, "next_from": "again"}
    vk._newsfeed_search = lambda _form: answer  # type: ignore[method-assign]
    poller = _poller(vk)

    await _settle(poller, vk)

    assert len(vk.calls) <= 3


async def test_comments_are_found_as_comments(vk: VkServer) -> None:
    _find(vk, 91, vk.now - timedelta(minutes=5), post_type="reply", post_id=88)
    poller = _poller(vk)

    await _settle(poller, vk)

    kept = poller.archive.posts[f"wallreply:{YARD}_91"]
    assert (kept.kind, kept.parent_id) == ("comment", f"wall:{YARD}_88")


async def test_posts_found_before_are_read_again(vk: VkServer) -> None:
    for _ in range(2):
        number = vk.publish("Яма", at=vk.now - timedelta(minutes=30))
        vk.found.append(vk._shown(vk.items[number]))
    edited, gone = vk.items
    poller = _poller(vk)
    await _settle(poller, vk)
    vk.found.clear()
    vk.forward(hours=2)
    vk.edit(edited, "Яма на Садовой")
    vk.vanish(gone)

    for _ in range(4):
        vk.forward(minutes=31)
        await _settle(poller, vk)

    assert poller.archive.standing == {f"wall:{OWNER}_{edited}": "Яма на Садовой"}
    assert poller.archive.evidence[f"wall:{OWNER}_{gone}"] is Evidence.ABSENT


async def test_a_post_that_vk_shows_as_deleted_is_gone_at_once(vk: VkServer) -> None:
    number = vk.publish("Яма", at=vk.now - timedelta(minutes=30))
    vk.found.append(vk._shown(vk.items[number]))
    poller = _poller(vk)
    await _settle(poller, vk)
    vk.found.clear()
    vk.vanish(number, flagged=True)
    vk.forward(minutes=31)

    await _settle(poller, vk)

    assert poller.archive.standing == {}


async def test_walls_are_remembered_where_they_will_be_sealed(vk: VkServer) -> None:
    person = 700_000_012
    for number in range(1, 301):
        _find(vk, number, vk.now - timedelta(minutes=number), owner_id=person)
    poller = _poller(vk, calls_per_poll=1)

    await poller.poll(vk.now)

    people = poller.cursor.pop(OF_PEOPLE)
    assert people.keys() == {"slices", "walls"}
    assert str(person) in str(people)
    assert str(person) not in str(poller.cursor)


async def test_old_finds_are_forgotten(vk: VkServer) -> None:
    number = vk.publish("Яма", at=vk.now - timedelta(minutes=30))
    vk.found.append(vk._shown(vk.items[number]))
    poller = _poller(vk)
    await _settle(poller, vk)
    vk.forward(days=4)

    await _settle(poller, vk)

    assert poller.cursor[OF_PEOPLE] == {}


async def test_what_was_read_is_kept_when_a_later_page_fails(vk: VkServer) -> None:
    for number in range(1, 301):
        _find(vk, number, vk.now - timedelta(minutes=number))
    poller = _poller(vk)
    vk.faults = [("newsfeed.search", 10)]
    with pytest.raises(SourceError) as caught:
        await poller.poll(vk.now)
    original = vk._newsfeed_search

    def failing(form: dict[str, str]) -> Any:  # noqa: ANN401 -- JSON
        vk.faults = [("newsfeed.search", 10)]
        return original(form)

    vk._newsfeed_search = failing  # type: ignore[method-assign]
    await poller.poll(vk.now)
    kept = len(poller.archive.standing)
    vk.faults = []
    vk._newsfeed_search = original  # type: ignore[method-assign]
    await _settle(poller, vk)

    assert (caught.value.kind, kept) == (ErrorKind.RETRY, 200)
    assert len(poller.archive.standing) == 300
