"""A source notices what changed, went and came back by what it remembers."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.sources.memory import Memory, Remembered, Seen, edited_at

NOW = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)


def test_what_is_seen_is_new_once_and_changed_when_it_is_other() -> None:
    memory = Memory()

    seen = [memory.see(5, digest, date=1) for digest in ("a", "a", "b", "b")]

    assert seen == [Seen.NEW, Seen.SAME, Seen.CHANGED, Seen.SAME]


def test_what_was_buried_comes_back() -> None:
    memory = Memory()
    memory.see(5, "a", date=1)

    buried = [memory.bury(5), memory.bury(5)]

    assert buried == [True, False]
    assert (memory.standing(), memory.see(5, "a", date=1)) == ([], Seen.BACK)


def test_the_third_absence_in_a_row_is_a_loss() -> None:
    memory = Memory()
    memory.see(5, "a", date=1)
    memory.miss(5)
    memory.miss(5)
    memory.see(5, "a", date=1)

    missed = [memory.miss(5) for _ in range(4)]

    assert missed == [False, False, True, False]


def test_an_absence_waits_to_be_confirmed() -> None:
    memory = Memory()
    memory.see(5, "a", date=1)
    waits = [memory.is_missing_some()]
    memory.miss(5)
    waits.append(memory.is_missing_some())
    memory.bury(5)
    waits.append(memory.is_missing_some())

    assert waits == [False, True, False]


def test_what_is_doubted_counts_as_changed() -> None:
    memory = Memory()
    memory.see(5, "a", date=1)
    memory.doubt(5)
    memory.doubt(6)

    assert [memory.see(n, "a", date=1) for n in (5, 6)] == [Seen.CHANGED] * 2


def test_a_memory_is_the_same_after_a_round_trip() -> None:
    memory = Memory()
    memory.see(5, "a", date=7, above=3)
    memory.see(6, "b", date=8)
    memory.miss(6)
    memory.see(8, "c", date=0)
    memory.bury(9)
    stored = json.loads(json.dumps(memory.as_json()))

    again = Memory(stored)

    assert stored == {
        "5": ["a", 7, 3],
        "6": ["b", 8, 0, 1],
        "8": ["c"],
        "9": ["", 0, 0, -1],
    }
    assert [again.get(n) for n in again] == [memory.get(n) for n in memory]
    assert again.get(6) == Remembered("b", 8, 0, 1)


def test_what_is_forgotten_is_new_again() -> None:
    memory = Memory({"5": ["a", 1]})
    memory.forget(5)
    memory.forget(6)

    assert (len(memory), memory.see(5, "a", date=1)) == (0, Seen.NEW)


@pytest.mark.parametrize(
    ("seen", "told", "expected"),
    [
        (Seen.NEW, None, None),
        (Seen.NEW, NOW - timedelta(hours=1), NOW - timedelta(hours=1)),
        (Seen.SAME, None, None),
        (Seen.CHANGED, None, NOW),
        (Seen.CHANGED, NOW - timedelta(hours=1), NOW - timedelta(hours=1)),
        (Seen.BACK, None, NOW),
        (Seen.BACK, NOW - timedelta(hours=1), NOW),
        (Seen.BACK, NOW + timedelta(hours=1), NOW + timedelta(hours=1)),
    ],
)
def test_a_version_has_the_time_that_makes_it_win(
    seen: Seen, told: datetime | None, expected: datetime | None
) -> None:
    assert edited_at(seen, told, now=NOW) == expected
