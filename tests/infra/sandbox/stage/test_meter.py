"""What a polite client never does is counted."""

from datetime import timedelta

from infra.sandbox.stage.meter import Meter
from tests.infra.sandbox.worlds import START


def test_requests_above_the_limit_of_a_second_are_refused_and_counted() -> None:
    meter = Meter()
    next_second = START + timedelta(seconds=1)

    admitted = [meter.admit("a", START, limit=3) for _ in range(4)]
    admitted.append(meter.admit("a", next_second, limit=3))
    admitted.append(meter.admit("b", START, limit=3))

    assert admitted == [True, True, True, False, True, True]
    assert meter.report() == {
        "requests": 6,
        "over_limit": 1,
        "after_fatal": 0,
        "unapproved_writes": 0,
        "tokens": {
            "a": {
                "requests": 5,
                "peak_per_second": 4,
                "over_limit": 1,
                "after_fatal": 0,
            },
            "b": {
                "requests": 1,
                "peak_per_second": 1,
                "over_limit": 0,
                "after_fatal": 0,
            },
        },
    }


def test_calls_with_a_dead_token_are_counted_until_it_is_revived() -> None:
    meter = Meter()
    meter.admit("a", START)
    meter.died("a")
    meter.admit("a", START)
    meter.revived("a")
    meter.admit("a", START)

    assert meter.report()["after_fatal"] == 1
