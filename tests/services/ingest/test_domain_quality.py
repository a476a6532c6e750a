"""What decisions say about rules, as tables and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.quality import (
    Judgement,
    Tally,
    Verdict,
    judge,
    verdict_of,
    wilson,
)


@pytest.mark.parametrize(
    ("status", "tone", "has_incident", "verdict"),
    [
        ("new", None, True, Verdict.ACCEPTED),
        ("closed", "question", True, Verdict.ACCEPTED),
        ("noise", None, False, Verdict.NOISE),
        ("noise", "advert", False, Verdict.NOISE),
        ("noise", "unconstructive", False, Verdict.OPINION),
        ("not_complaint", "spam", False, Verdict.NOISE),
        ("not_complaint", "unconstructive", False, Verdict.OPINION),
        ("not_complaint", None, False, Verdict.OPINION),
        ("not_complaint", "thanks", False, Verdict.OTHER),
        ("not_complaint", "wish", False, Verdict.OTHER),
        ("not_complaint", "question", False, Verdict.OTHER),
        ("candidate", None, False, None),
        ("taken_in", None, False, None),
    ],
)
def test_a_decision_is_a_verdict_on_the_rules(
    status: str, tone: str | None, *, has_incident: bool, verdict: Verdict | None
) -> None:
    assert verdict_of(status, tone, has_incident=has_incident) is verdict


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Figures of the score interval worked out by hand from Wilson's formula.
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (15, 20, 0.5313, 0.8881),
        (20, 20, 0.8389, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_a_share_has_its_score_interval(
    part: int, whole: int, low: float, high: float
) -> None:
    found = wilson(part, whole)

    assert found is not None
    assert found.share == part / whole
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_has_no_share() -> None:
    assert wilson(0, 0) is None


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_interval_holds_the_share_and_stays_between_0_and_1(
    whole: int, share: float
) -> None:
    part = round(whole * share)

    found = wilson(part, whole)

    assert found is not None
    assert 0 <= found.low <= part / whole + 1e-9
    assert part / whole - 1e-9 <= found.high <= 1


@given(st.integers(1, 500), st.integers(1, 500))
def test_more_decisions_make_the_interval_narrower(part: int, rest: int) -> None:
    few, many = wilson(part, part + rest), wilson(2 * part, 2 * (part + rest))

    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low


FINE = Judgement(is_flagged=False, is_mostly_opinions=False)
FLAGGED = Judgement(is_flagged=True, is_mostly_opinions=False)
OPINIONS = Judgement(is_flagged=True, is_mostly_opinions=True)


@pytest.mark.parametrize(
    ("tally", "limit", "judgement"),
    [
        (Tally(), 0.6, FINE),
        (Tally(opinion=19), 0.6, FINE),
        (Tally(opinion=20), 0.6, OPINIONS),
        (Tally(noise=20), 0.6, FLAGGED),
        (Tally(accepted=12, noise=8), 0.6, FINE),
        (Tally(accepted=5, noise=15), 0.6, FINE),
        (Tally(accepted=3, noise=17), 0.6, FLAGGED),
        (Tally(accepted=3, noise=17), 0.7, FINE),
        (Tally(accepted=5, opinion=15), 0.6, OPINIONS),
        (Tally(accepted=6, opinion=14), 0.6, FINE),
        (Tally(accepted=2, opinion=10, noise=8), 0.6, FLAGGED),
        (Tally(other=20), 0.6, FLAGGED),
    ],
)
def test_a_rule_is_judged_by_the_lower_bounds(
    tally: Tally, limit: float, judgement: Judgement
) -> None:
    assert judge(tally, limit=limit) == judgement
