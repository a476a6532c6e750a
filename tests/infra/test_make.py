"""`make unit` runs what is asked for, and no more."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def planned(tests: str) -> list[list[str]]:
    """What pytest would be asked to run, call by call."""
    plan = subprocess.run(  # noqa: S603 -- our own words
        ["make", "--dry-run", "unit", f"TESTS={tests}"],  # noqa: S607 -- whichever make
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    calls = [line.split() for line in plan.stdout.splitlines() if " pytest " in line]
    return [[word for word in call if word.startswith("tests")] for call in calls]


@pytest.mark.parametrize(
    ("tests", "calls"),
    [
        ("tests", [["tests/e2e", "tests"], ["tests/e2e"]]),
        ("tests/shared tests/web", [["tests/e2e", "tests/shared", "tests/web"]]),
        ("tests/e2e/test_road.py", [["tests/e2e/test_road.py"]]),
    ],
)
def test_journeys_run_with_everything_or_when_asked_for(
    tests: str, calls: list[list[str]]
) -> None:
    assert planned(tests) == calls  # `tests/e2e` before others is what is left out
