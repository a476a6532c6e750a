"""Signatures of OK's calls."""

import json
import os
from pathlib import Path

import pytest

from shared.networks.ok.signature import secret_of, signature

ROOT = Path(__file__).parents[4]
SAMPLES = Path(os.environ.get("OTKLIK_SAMPLES") or ROOT.parent / "shared" / "samples")
SAMPLE = SAMPLES / "ok" / "signature.vector.json"
PARAMS = {
    "application_key": "CTESTAAAAAAAAAAAA",
    "comment": "Свет дали, спасибо = ура",
    "format": "json",
    "method": "discussions.addDiscussionComment",
}
KEYS = {"application_key": "CTESTAAAAAAAAAAAA", "application_secret_key": "тайна"}


def test_our_vector() -> None:
    secret = secret_of({**KEYS, "access_token": "tkn-7"})

    assert secret == "26779016aa4248962e49078b4e8106e8"
    assert signature(PARAMS, secret) == "a0b5a4c89420f3e49fa433cece1d08ed"


def test_vector_of_the_samples() -> None:
    if not SAMPLE.exists():
        pytest.skip(f"NOT CHECKED: {SAMPLE} is not there")
    vector = json.loads(SAMPLE.read_text())

    secret = secret_of(vector)

    assert secret == vector["session_secret"]
    assert signature(vector["params"], secret) == vector["sig"]


@pytest.mark.parametrize(
    ("more", "secret"),
    [
        ({}, "тайна"),
        ({"session_secret_key": "s"}, "s"),
        ({"session_secret_key": "s", "access_token": "t"}, "s"),
    ],
)
def test_secret_ends_the_signed_string(more: dict[str, str], secret: str) -> None:
    assert secret_of({**KEYS, **more}) == secret


@pytest.mark.parametrize("name", ["access_token", "resig", "session_key", "sig"])
def test_what_names_the_session_is_not_signed(name: str) -> None:
    assert signature({**PARAMS, name: "x"}, "s") == signature(PARAMS, "s")


def test_order_of_parameters_does_not_matter() -> None:
    turned = dict(reversed(PARAMS.items()))

    assert signature(turned, "s") == signature(PARAMS, "s")


def test_russian_letters_are_signed_as_they_are() -> None:
    encoded = {**PARAMS, "comment": "%D0%A1%D0%B2%D0%B5%D1%82"}

    assert signature(encoded, "s") != signature({**PARAMS, "comment": "Свет"}, "s")
