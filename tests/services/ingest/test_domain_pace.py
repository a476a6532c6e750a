"""Sources are asked evenly in time, each at its own moment."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.ingest.domain.pace import next_turn
from tests.factories import NOW

PAUSE = timedelta(seconds=30)
SOURCES = [UUID(int=number * 0x9E3779B97F4A7C15) for number in range(600)]


def test_sources_asked_together_are_asked_apart_the_next_time() -> None:
    turns = [next_turn(each, PAUSE, now=NOW) for each in SOURCES]

    by_second = Counter(int(turn.timestamp()) for turn in turns)
    waits = [turn - NOW for turn in turns]
    assert len(by_second) in {30, 31}
    assert max(by_second.values()) < 40
    assert min(waits) >= 0.25 * PAUSE
    assert max(waits) < 1.25 * PAUSE


@pytest.mark.parametrize("late", [0, 2, 7, 22])
def test_afterwards_a_source_is_asked_once_in_every_pause(late: int) -> None:
    turn = next_turn(SOURCES[7], PAUSE, now=NOW)

    following = next_turn(SOURCES[7], PAUSE, now=turn + timedelta(seconds=late))

    assert following == turn + PAUSE


def test_comments_asked_for_in_between_do_not_put_off_the_next_turn() -> None:
    turn = next_turn(SOURCES[7], PAUSE, now=NOW)

    following = [
        next_turn(SOURCES[7], PAUSE, now=turn + timedelta(seconds=seconds))
        for seconds in (3, 12, 20)
    ]

    assert following == [turn + PAUSE] * 3


def test_a_poll_that_ends_late_is_followed_by_a_quarter_of_a_pause_at_least() -> None:
    turn = next_turn(SOURCES[7], PAUSE, now=NOW)
    ended = turn + 0.8 * PAUSE

    assert next_turn(SOURCES[7], PAUSE, now=ended) == turn + 2 * PAUSE


def test_the_moment_of_a_source_does_not_depend_on_when_it_was_added() -> None:
    days = [datetime(2026, 11, day, 9, 0, tzinfo=UTC) for day in (1, 9, 17)]

    turns = [next_turn(SOURCES[3], PAUSE, now=day) for day in days]

    assert len({turn.timestamp() % PAUSE.total_seconds() for turn in turns}) == 1
