"""Every row of X's table of errors (docs/networks/x.md) is a row here."""

import pytest

from shared.networks.failures import ErrorKind
from shared.networks.x.errors import problem_of, refusal

RETRY, WAIT, REAUTH = ErrorKind.RETRY, ErrorKind.WAIT, ErrorKind.REAUTH
SKIP, DISABLE, HUMAN = ErrorKind.SKIP_ITEM, ErrorKind.DISABLE, ErrorKind.HUMAN
BUG = ErrorKind.BUG
TYPES = "https://api.x.com/2/problems/"

TABLE = [
    (429, "about:blank", WAIT, "x:429"),
    (429, f"{TYPES}usage-capped", WAIT, "x:usage-capped"),
    (401, "about:blank", REAUTH, "x:401"),
    (401, f"{TYPES}not-authorized-for-resource", REAUTH, None),
    (402, f"{TYPES}credits", HUMAN, "x:credits"),
    (402, "about:blank", HUMAN, "x:402"),
    (403, f"{TYPES}client-forbidden", DISABLE, "x:client-forbidden"),
    (403, f"{TYPES}unsupported-authentication", DISABLE, None),
    (403, f"{TYPES}disallowed-resource", DISABLE, None),
    (403, f"{TYPES}not-authorized-for-resource", DISABLE, None),
    (403, f"{TYPES}new-and-unknown", DISABLE, "x:new-and-unknown"),
    (404, "about:blank", SKIP, "x:404"),
    (404, f"{TYPES}resource-not-found", SKIP, "x:resource-not-found"),
    (403, f"{TYPES}resource-unavailable", SKIP, None),
    (400, f"{TYPES}invalid-request", BUG, "x:invalid-request"),
    (400, f"{TYPES}field-unauthorized", BUG, None),
    (400, f"{TYPES}not-authorized-for-field", BUG, None),
    (400, f"{TYPES}internal-error", RETRY, None),
    (400, f"{TYPES}field-hydration-failure", RETRY, None),
    (400, f"{TYPES}operational-disconnect", RETRY, None),
    (418, "about:blank", RETRY, "x:418"),
]


@pytest.mark.parametrize(("status", "kind", "meaning", "code"), TABLE)
def test_every_problem_has_its_meaning(
    status: int, kind: str, meaning: ErrorKind, code: str | None
) -> None:
    error = refusal("/2/tweets", status, {"type": kind, "detail": "no"})

    assert (error.kind, f"({status})" in str(error)) == (meaning, True)
    assert code is None or error.code == code


@pytest.mark.parametrize("body", [None, [], "no", {}, {"type": None}, {"type": "x"}])
def test_what_is_no_problem_has_no_type(body: object) -> None:
    error = refusal("/2/tweets", 503, body)

    assert (problem_of(body), error.kind, error.code) == ("", RETRY, "x:503")
