"""Every row of TikTok's table of errors (docs/networks/tiktok.md) is a row here."""

from datetime import timedelta

import pytest

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.tiktok.errors import code_of, refusal

TABLE = {
    "access_token_invalid": ErrorKind.REAUTH,
    "access_token_expired": ErrorKind.REAUTH,
    "invalid_client": ErrorKind.REAUTH,
    "unauthorized_client": ErrorKind.REAUTH,
    "invalid_grant": ErrorKind.REAUTH,
    "scope_not_authorized": ErrorKind.DISABLE,
    "scope_permission_missed": ErrorKind.DISABLE,
    "daily_quota_limit_exceeded": ErrorKind.WAIT,
    "rate_limit_exceeded": ErrorKind.WAIT,
    "invalid_params": ErrorKind.BUG,
    "invalid_request": ErrorKind.BUG,
    "internal_error": ErrorKind.RETRY,
    "something_new": ErrorKind.RETRY,
}


@pytest.mark.parametrize(("code", "kind"), TABLE.items())
def test_every_code_has_its_meaning(code: str, kind: ErrorKind) -> None:
    error = refusal("/v2/x/", {"data": {}, "error": {"code": code, "message": "no"}})

    assert error is not None
    assert (error.kind, error.code, code_of(error)) == (kind, f"tiktok:{code}", code)
    assert f"no ({code})" in str(error)


def test_too_many_calls_wait_a_minute() -> None:
    error = refusal("/v2/x/", {"error": {"code": "rate_limit_exceeded"}})

    assert error is not None
    assert error.retry_after == timedelta(minutes=1)


@pytest.mark.parametrize("words", ["Invalid search_id", "the Search ID has expired"])
def test_a_lost_result_is_told_by_words_alone(words: str) -> None:
    error = refusal("/v2/x/", {"error": {"code": "invalid_params", "message": words}})

    assert error is not None
    assert (error.kind, code_of(error)) == (ErrorKind.RETRY, "invalid_search_id")


def test_the_address_of_tokens_says_it_in_its_own_form() -> None:
    body = {"error": "invalid_client", "error_description": "wrong secret"}

    error = refusal("/v2/oauth/token/", body)

    assert error is not None
    assert (error.kind, "wrong secret" in str(error)) == (ErrorKind.REAUTH, True)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"error": {"code": "ok"}}, {"error": {}}, {"error": 5}]
)
def test_what_is_no_error_is_none(body: object) -> None:
    assert refusal("/v2/x/", body) is None


@pytest.mark.parametrize("code", [None, "vk:6"])
def test_what_tiktok_did_not_say_has_no_code(code: str | None) -> None:
    assert code_of(NetworkError("lost", code=code)) == ""
