"""The table of Meta's errors."""

from datetime import timedelta

import pytest

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.meta.errors import code_of, is_gone, refusal

RETRY, WAIT, REAUTH = ErrorKind.RETRY, ErrorKind.WAIT, ErrorKind.REAUTH
SKIP, DISABLE, HUMAN = ErrorKind.SKIP_ITEM, ErrorKind.DISABLE, ErrorKind.HUMAN
BUG = ErrorKind.BUG

TABLE = {
    **dict.fromkeys((-1, 1, 2), RETRY),
    **dict.fromkeys((4, 17, 18, 32, 341, 613, 80_000, 80_001, 80_002, 80_014), WAIT),
    **dict.fromkeys((102, 190), REAUTH),
    **dict.fromkeys((3, 10, 200, 210, 299), DISABLE),
    **dict.fromkeys((24, 506, 803), SKIP),
    **dict.fromkeys((100, 2500), BUG),
    368: HUMAN,
    123_456: RETRY,
}


@pytest.mark.parametrize(("code", "kind"), TABLE.items())
def test_every_code_has_its_meaning(code: int, kind: ErrorKind) -> None:
    error = refusal("facebook", "1/feed", {"code": code, "message": "No"}, None)

    assert (error.kind, error.code) == (kind, f"facebook:{code}")
    assert (code_of(error), f"({code})" in str(error)) == (code, True)


def test_gone_object_is_one_post_alone() -> None:
    error = refusal("instagram", "5", {"code": 100, "error_subcode": 33}, None)

    assert (error.kind, error.code) == (SKIP, "instagram:100/33")
    assert (code_of(error), is_gone(error)) == (100, True)


def test_other_wrong_parameters_are_our_mistake() -> None:
    error = refusal("facebook", "5", {"code": 100, "error_subcode": 2018}, None)

    assert (error.kind, error.code, is_gone(error)) == (BUG, "facebook:100", False)


@pytest.mark.parametrize(
    ("code", "told", "wait"),
    [
        (80_001, timedelta(minutes=12), timedelta(minutes=12)),
        (80_001, None, timedelta(hours=1)),
        (4, None, timedelta(hours=1)),
        (613, None, timedelta(minutes=5)),
        (18, None, None),
        (190, timedelta(minutes=12), None),
        (2, timedelta(minutes=12), None),
    ],
)
def test_waits_are_as_long_as_meta_says(
    code: int, told: timedelta | None, wait: timedelta | None
) -> None:
    assert refusal("facebook", "1/feed", {"code": code}, told).retry_after == wait


@pytest.mark.parametrize(
    ("subcode", "hint"), [(463, "expired"), (460, "password"), (459, "sign in")]
)
def test_dead_token_says_why(subcode: int, hint: str) -> None:
    body = {"code": 190, "error_subcode": subcode, "message": "Error validating"}

    error = refusal("facebook", "me", body, None)

    assert (error.kind, hint in str(error)) == (REAUTH, True)


@pytest.mark.parametrize("code", [None, "190", True])
def test_error_without_a_number_is_tried_again(code: object) -> None:
    assert refusal("facebook", "me", {"code": code}, None).kind is RETRY


def test_errors_of_others_have_no_code_of_meta() -> None:
    assert code_of(NetworkError("no", code="vk:6")) is None
    assert code_of(NetworkError("no")) is None
