"""How a source is, in one word, and how long it is left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.health import (
    LONGEST_PAUSE,
    Condition,
    Health,
    health_of,
    lag_at_first_sight,
    pause_after_failures,
)
from tests.factories import NOW

WELL = Condition("active", None, None, 0, NOW, timedelta(seconds=40))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Health.OK),
        ({"last_ok_at": None}, Health.NEW),
        ({"lag": timedelta(minutes=11)}, Health.LATE),
        ({"lag": None}, Health.OK),
        ({"failures": 1, "error": "retry"}, Health.FAILING),
        ({"error": "wait"}, Health.WAITING),
        ({"state": "paused"}, Health.PAUSED),
        ({"state": "disabled"}, Health.OFF),
        ({"state": "paused", "stopped": "reauth"}, Health.TOKEN),
        ({"state": "paused", "stopped": "human"}, Health.PERSON),
        ({"state": "paused", "stopped": "bug"}, Health.BROKEN),
        ({"state": "disabled", "stopped": "disable"}, Health.GONE),
    ],
)
def test_a_source_is_told_by_one_word(
    changes: dict[str, object], expected: Health
) -> None:
    assert health_of(replace(WELL, **changes)) is expected  # type: ignore[arg-type]


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_within_bounds(failures: int, dice: float) -> None:
    pause = pause_after_failures(MINUTE, failures, dice)

    full = min(MINUTE * 2 ** min(failures, 10), LONGEST_PAUSE)
    assert full * 0.7499 <= pause <= full


def test_sources_that_failed_together_come_back_apart() -> None:
    pauses = {pause_after_failures(MINUTE, 3, each / 10) for each in range(10)}

    assert len(pauses) == 10


def test_lag_is_never_negative_and_needs_a_post() -> None:
    lags = [
        lag_at_first_sight(published, NOW)
        for published in (None, NOW - MINUTE, NOW + MINUTE)
    ]

    assert lags == [None, MINUTE, timedelta()]
