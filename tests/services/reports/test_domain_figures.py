"""Shares, rounding, and how a report is put together."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.domain import (
    Answers,
    Complaints,
    Day,
    Figures,
    Incidents,
    Period,
    Row,
    kpi,
)

PERIOD = Period(date(2026, 3, 10), date(2026, 3, 12))
NOTHING = Incidents(Answers(), {}, {}, {})


@given(due=st.integers(0, 10_000), kept=st.integers(0, 10_000))
def test_the_share_is_between_none_and_all_of_those_due(due: int, kept: int) -> None:
    share = Figures(0, Answers(due=due, answered_in_time=min(due, kept))).share_in_time

    if due == 0:
        assert share is None
    else:
        assert share is not None
        assert 0 <= share <= 1
        assert abs(share - min(due, kept) / due) <= 0.00005


@pytest.mark.parametrize(("answers", "expected"), [(0, True), (4, True), (5, False)])
def test_fewer_than_five_answers_are_a_low_volume(
    answers: int,
    expected: bool,  # noqa: FBT001 -- a row of the table
) -> None:
    assert Figures(100, Answers(answered=answers)).low_volume is expected


def test_minutes_are_rounded_to_hundredths() -> None:
    figures = Figures(0, Answers(median_minutes=102.99999999999999, p90_minutes=None))

    assert (figures.median_minutes, figures.p90_minutes) == (103.0, None)


def test_every_day_is_present() -> None:
    complaints = Complaints({date(2026, 3, 11): 2}, {}, {})
    incidents = Incidents(Answers(), {}, {}, {date(2026, 3, 12): (1, 3)})

    report = kpi(PERIOD, complaints, incidents, {})

    assert report.totals.complaints == 2
    assert report.days == (
        Day(date(2026, 3, 10), 0, 0, 0),
        Day(date(2026, 3, 11), 2, 0, 0),
        Day(date(2026, 3, 12), 0, 1, 3),
    )


def test_rows_stand_by_name_and_the_unassigned_last() -> None:
    slow, quick = Answers(answered=9, p90_minutes=900.0), Answers(answered=9)
    names = {
        ("authority", "b"): "Ёлочный трест",
        ("authority", "a"): "Жилфонд",
        ("municipality", "z"): "noise: another dimension",
    }

    report = kpi(
        PERIOD,
        Complaints({}, {None: 1, "z": 2}, {}),
        Incidents(Answers(), {"a": quick, "b": slow}, {}, {}),
        names,
    )

    assert report.authorities == (
        Row("z", "z", Figures(2, Answers())),
        Row("b", "Ёлочный трест", Figures(0, slow)),
        Row("a", "Жилфонд", Figures(0, quick)),
        Row(None, None, Figures(1, Answers())),
    )
