"""Limits of processor time that hold where tests are run."""

import sys
import time
from collections.abc import Callable
from typing import Final

_TRACED: Final = 25


def seconds_of(work: Callable[[], object], times: int = 1) -> float:
    """Processor time of the best run: other processes do not count."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def limit(seconds: float) -> float:
    """The limit as it stands, or a wider one while coverage counts each line."""
    return seconds * (_TRACED if sys.gettrace() else 1)
