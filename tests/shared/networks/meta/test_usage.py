"""How much of its allowance a token has used."""

import json
from datetime import timedelta

import pytest

from shared.networks.meta.usage import Usage, usage_of


def business(**told: object) -> dict[str, str]:
    usual = {"type": "pages", "call_count": 1, "total_cputime": 2, "total_time": 3}
    value = json.dumps({"1000001": [{**usual, **told}]})
    return {"X-Business-Use-Case-Usage": value}


def test_fullest_of_all_allowances_counts() -> None:
    headers = {
        **business(total_time=61),
        "X-App-Usage": json.dumps({"call_count": 70, "total_cputime": 1}),
        "X-Page-Usage": json.dumps({"call_count": 40}),
    }

    assert usage_of(headers) == Usage(70)


def test_time_to_regain_access_is_in_minutes() -> None:
    headers = business(call_count=100, estimated_time_to_regain_access=12)

    assert usage_of(headers) == Usage(100, timedelta(minutes=12))
    assert usage_of(headers).rest == timedelta(minutes=12)


@pytest.mark.parametrize(
    ("percent", "minutes"),
    [(0, None), (79, None), (80, 3), (90, 33), (99, 60), (100, 60), (140, 60)],
)
def test_calls_slow_down_before_the_allowance_is_spent(
    percent: int, minutes: int | None
) -> None:
    rest = usage_of(business(call_count=percent)).rest

    assert rest == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "value", ["", "{", "[]", "null", '{"1": 7}', '{"1": [7]}', '{"1": [{}]}', "7"]
)
def test_header_that_can_not_be_read_says_nothing(value: str) -> None:
    assert usage_of({"X-Business-Use-Case-Usage": value}) == Usage()


@pytest.mark.parametrize("count", ["97", None, True, -5])
def test_figure_that_is_none_says_nothing(count: object) -> None:
    told = business(call_count=count, total_cputime=0, total_time=0)

    assert usage_of(told) == Usage()


def test_absurd_wait_is_a_day() -> None:
    headers = business(estimated_time_to_regain_access=10**9)

    assert usage_of(headers).regain == timedelta(days=1)
