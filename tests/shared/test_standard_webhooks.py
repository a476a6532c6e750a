"""Signatures of webhooks: ours fit the standard's, and nothing else fits."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.standard_webhooks import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    Verdict,
    key_of,
    secret_of,
    sign,
    verify,
)

SAMPLES = Path(__file__).parents[1] / "services/ingest/samples/webhook"
OLD, NEW = secret_of(b"o" * 32), secret_of(b"n" * 32)
NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
BODY = '{"text": "Яма"}'.encode()


def test_a_call_signed_by_another_implementation_is_good() -> None:
    vector = json.loads((SAMPLES / "headers.single.json").read_text("utf-8"))
    body = (SAMPLES / "single.json").read_bytes()
    sent_at = datetime.fromtimestamp(int(vector[TIMESTAMP]), UTC)

    verdict = verify([vector["secret"]], vector, body, now=sent_at)
    ours = sign([vector["secret"]], vector[ID], sent_at, body)

    assert verdict is Verdict.GOOD
    assert ours == {name: vector[name] for name in (ID, TIMESTAMP, SIGNATURE)}


@pytest.mark.parametrize(
    ("signed_with", "known", "expected"),
    [
        ([NEW], [NEW], Verdict.GOOD),
        ([OLD, NEW], [NEW], Verdict.GOOD),
        ([OLD], [NEW, OLD], Verdict.GOOD),
        ([OLD], [NEW], Verdict.FORGED),
        ([NEW], [], Verdict.FORGED),
    ],
    ids=["the same", "sender rotates", "we rotate", "another", "none known"],
)
def test_a_secret_is_replaced_without_losing_a_call(
    signed_with: list[str], known: list[str], expected: Verdict
) -> None:
    headers = sign(signed_with, "msg-1", NOW, BODY)

    assert verify(known, headers, BODY, now=NOW) is expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(seconds=300), Verdict.GOOD),
        (timedelta(seconds=301), Verdict.TOO_OLD),
        (timedelta(seconds=-300), Verdict.GOOD),
        (timedelta(minutes=-10), Verdict.TOO_NEW),
    ],
)
def test_a_call_is_good_for_five_minutes_either_way(
    age: timedelta, expected: Verdict
) -> None:
    headers = sign([NEW], "msg-1", NOW, BODY)

    assert verify([NEW], headers, BODY, now=NOW + age) is expected


def test_a_byte_of_difference_is_noticed() -> None:
    headers = sign([NEW], "msg-1", NOW, BODY)

    verdicts = [
        verify([NEW], headers, BODY + b" ", now=NOW),
        verify([NEW], headers | {ID: "msg-2"}, BODY, now=NOW),
        verify([NEW], headers | {TIMESTAMP: "1773219601"}, BODY, now=NOW),
    ]

    assert verdicts == [Verdict.FORGED] * 3


@pytest.mark.parametrize(
    "broken",
    [
        {ID: ""},
        {ID: "х" * 10},
        {ID: "m" * 256},
        {TIMESTAMP: ""},
        {TIMESTAMP: "-5"},
        {TIMESTAMP: "٣٣٣"},
        {TIMESTAMP: "9" * 20},
        {SIGNATURE: ""},
    ],
)
def test_headers_that_make_no_sense_are_refused(broken: dict[str, str]) -> None:
    headers = sign([NEW], "msg-1", NOW, BODY) | broken

    assert verify([NEW], headers, BODY, now=NOW) is Verdict.INCOMPLETE


@pytest.mark.parametrize("secret", ["whsec_короткий", "whsec_", "whsec_AAAA", "!"])
def test_a_secret_must_be_one(secret: str) -> None:
    with pytest.raises(ValueError, match="a secret"):
        key_of(secret)
