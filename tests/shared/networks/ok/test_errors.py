"""The table of OK's errors."""

from datetime import timedelta

import pytest

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.ok.errors import Parks, code_of, meaning_of, refusal

RETRY, WAIT, REAUTH = ErrorKind.RETRY, ErrorKind.WAIT, ErrorKind.REAUTH
SKIP, DISABLE, HUMAN = ErrorKind.SKIP_ITEM, ErrorKind.DISABLE, ErrorKind.HUMAN
BUG = ErrorKind.BUG

TABLE = {
    **dict.fromkeys((1, 2, 5000, 9999), RETRY),
    **dict.fromkeys((7, 8, 11), WAIT),
    **dict.fromkeys((9, 10, 50, 200), DISABLE),
    **dict.fromkeys((3, 4, 100, 101, 104, 451, 453), BUG),
    **dict.fromkeys((102, 103), REAUTH),
    **dict.fromkeys((106, 141, 160, 300, 456, 458, 700, 702), SKIP),
    **dict.fromkeys((454, 511, 514, 601, 704), HUMAN),
    123_456: RETRY,
}


@pytest.mark.parametrize(("code", "kind"), TABLE.items())
def test_every_code_has_its_meaning(code: int, kind: ErrorKind) -> None:
    error = refusal("group.getInfo", {"error_code": code, "error_msg": "NO"})

    assert (error.kind, code_of(error), error.code) == (kind, code, f"ok:{code}")
    assert f"({code})" in str(error)


@pytest.mark.parametrize(
    ("code", "first", "parks"),
    [
        (7, timedelta(minutes=5), Parks.METHOD),
        (8, timedelta(minutes=5), Parks.TOKEN),
        (11, timedelta(hours=1), Parks.METHOD),
    ],
)
def test_waits_say_how_long_and_for_what(
    code: int, first: timedelta, parks: Parks
) -> None:
    error = refusal("stream.get", {"error_code": code})

    assert (error.retry_after, meaning_of(code).parks) == (first, parks)


def test_blocked_address_is_an_alarm() -> None:
    error = refusal("stream.get", {"error_code": 9, "error_msg": "IP_BLOCKED"})

    assert "this server's address is blocked" in str(error)


def test_error_without_a_number_is_tried_again() -> None:
    error = refusal("stream.get", {"error_code": None, "error_data": "secret"})

    assert (error.kind, code_of(error)) == (RETRY, 1)
    assert "secret" not in str(error)


@pytest.mark.parametrize("code", [None, "vk:6", "ok:x"])
def test_what_ok_did_not_say_has_no_code(code: str | None) -> None:
    assert code_of(NetworkError("lost", code=code)) is None
