"""The chart of the bench of the rules."""

import re

from tests.bench.rule_chart import LINE, chart


def test_names_of_lines_that_end_together_stand_below_one_another() -> None:
    lines = {
        "b": [(10, 100.0), (100, 50.0)],
        "a": [(10, 100.0), (100, 50.5)],
        "c": [(10, 10.0), (100, 1.0)],
    }

    drawn = chart("Rules", lines)

    found = re.findall(r' y="([\d.]+)" text-anchor="start" fill[^>]*>([abc])<', drawn)
    at = {name: float(height) for height, name in found}
    assert at["b"] == at["a"] + LINE
    assert at["c"] > at["b"] + LINE
