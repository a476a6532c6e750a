"""Every row of VK's table of errors (docs/networks/vk.md) is a row here."""

from datetime import timedelta

import pytest

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.vk.errors import (
    Meaning,
    Parks,
    code_of,
    concerns_one_post,
    meaning_of,
    refusal,
)


def minutes(*waits: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=each) for each in waits)


ROWS = [
    *((code, ErrorKind.RETRY, (), Parks.NOTHING) for code in (1, 10, 32, 36, 43)),
    (6, ErrorKind.WAIT, (timedelta(seconds=1),), Parks.TOKEN),
    (9, ErrorKind.WAIT, minutes(1, 5, 15, 60), Parks.METHOD),
    (29, ErrorKind.WAIT, minutes(4 * 60, 12 * 60, 24 * 60), Parks.METHOD),
    (1105, ErrorKind.WAIT, minutes(10), Parks.TOKEN),
    *((code, ErrorKind.HUMAN, minutes(60), Parks.METHOD) for code in (14, 17, 24)),
    *(
        (code, ErrorKind.REAUTH, (), Parks.NOTHING)
        for code in (5, 25, 27, 28, 1114, 1116, 1117, 1118, 3609)
    ),
    *((code, ErrorKind.DISABLE, (), Parks.NOTHING) for code in (7, 15, 20, 21, 23)),
    *((code, ErrorKind.DISABLE, (), Parks.NOTHING) for code in (18, 19, 30, 37, 203)),
    *(
        (code, ErrorKind.SKIP_ITEM, (), Parks.NOTHING)
        for code in (104, 210, 211, 212, 213, 214)
    ),
    (222, ErrorKind.HUMAN, (), Parks.NOTHING),
    (223, ErrorKind.WAIT, minutes(60), Parks.METHOD),
    *(
        (code, ErrorKind.BUG, (), Parks.NOTHING)
        for code in (3, 8, 12, 13, 100, 113, 125)
    ),
]


@pytest.mark.parametrize(("code", "kind", "waits", "parks"), ROWS)
def test_a_code_means_what_the_table_says(
    code: int, kind: ErrorKind, waits: tuple[timedelta, ...], parks: Parks
) -> None:
    assert meaning_of(code) == Meaning(kind, waits, parks)


def test_a_code_nobody_knows_is_tried_again() -> None:
    assert meaning_of(99_999) == Meaning(ErrorKind.RETRY)


def test_a_refusal_tells_the_method_and_the_code_and_no_parameters() -> None:
    error = refusal(
        "wall.get",
        {
            "error_code": 29,
            "error_msg": "Rate limit reached",
            "request_params": [{"key": "access_token", "value": "very secret"}],
        },
    )

    assert str(error) == "VK refused wall.get: Rate limit reached (29)"
    assert (error.kind, error.retry_after, error.code) == (
        ErrorKind.WAIT,
        timedelta(hours=4),
        "vk:29",
    )


@pytest.mark.parametrize("error", [{}, {"error_code": "6"}, {"error_code": None}])
def test_a_refusal_without_a_number_is_tried_again(error: dict[str, object]) -> None:
    assert refusal("wall.get", error).kind is ErrorKind.RETRY


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NetworkError("lost"), None),
        (NetworkError("other", code="ok:6"), None),
        (NetworkError("ours", code="vk:212"), 212),
    ],
)
def test_the_number_is_read_from_our_own_errors(
    error: NetworkError, code: int | None
) -> None:
    assert code_of(error) == code


def test_a_closed_thread_does_not_concern_the_next_post() -> None:
    closed = NetworkError("closed", ErrorKind.SKIP_ITEM, code="vk:212")
    unauthorised = NetworkError("who?", ErrorKind.REAUTH, code="vk:5")

    assert (concerns_one_post(closed), concerns_one_post(unauthorised)) == (True, False)
