"""Geometry of the charts."""

from datetime import date, timedelta

import pytest

from web.charts import (
    HEIGHT,
    WIDTH,
    Segment,
    days_chart,
    parts,
    shares_chart,
    tick_step,
)


@pytest.mark.parametrize(
    ("highest", "step"),
    [(0, 1), (4, 1), (5, 2), (8, 2), (20, 5), (21, 10), (370, 100), (401, 200)],
)
def test_step_is_round_and_four_ticks_hold_the_highest(highest: int, step: int) -> None:
    assert tick_step(highest) == step


def test_bars_stand_on_the_base_inside_the_picture() -> None:
    first = date(2026, 11, 1)
    days = [(first + timedelta(days=n), 10 * n, 5 * n) for n in range(31)]

    chart = days_chart(days)

    assert len(chart.bars) == 31
    for bar in chart.bars:
        assert chart.left <= bar.x
        assert bar.x + bar.width <= chart.right <= WIDTH
        assert bar.complaints_y + bar.complaints_height == pytest.approx(chart.base)
        assert 0 <= bar.complaints_y <= bar.answered_y <= HEIGHT


def test_labels_are_few_enough_to_read() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), 1, 1) for n in range(90)]

    labels = days_chart(days).labels

    assert len(labels) == 8
    assert labels[0].day == date(2026, 1, 1)


def test_no_days_make_an_empty_chart_with_a_scale() -> None:
    chart = days_chart([])

    assert (chart.bars, chart.labels) == ((), ())
    assert [tick.value for tick in chart.ticks] == [0, 1, 2, 3, 4]


def test_parts_fill_the_bar() -> None:
    assert parts([("desk", 10), ("authority", 30)]) == (
        Segment(0.0, 25.0, "desk"),
        Segment(25.0, 75.0, "authority"),
    )
    assert parts([("desk", 0)]) == (Segment(0.0, 0.0, "desk"),)


def test_shares_stand_between_nothing_and_all_with_their_intervals() -> None:
    weeks = [(date(2026, 11, 2), 0.0, 0.0, 0.2), (date(2026, 11, 9), 1.0, 0.8, 1.0)]

    chart = shares_chart(weeks, 0.5)

    none, everything = chart.whiskers
    assert (none.y, everything.y) == (chart.base, everything.high_y)
    assert none.high_y < none.y == none.low_y
    assert everything.low_y > everything.y
    assert chart.left < none.x < everything.x < chart.right
    assert chart.limit_y == (chart.base + everything.y) / 2
    assert [tick.value for tick in chart.ticks] == [0, 0.5, 1]
    assert shares_chart([], 0.5).whiskers == ()
