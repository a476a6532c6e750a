"""Guards against work that grows out of hand; what it takes is measured elsewhere."""

import time
from collections.abc import Callable
from typing import Final

_ROOM: Final = 25
"""Quadratic work on these inputs takes hundreds of times longer; a busy machine or
counting lines for coverage never does."""


def seconds_of(work: Callable[[], object], times: int = 1) -> float:
    """Processor time of the best run: other processes do not count."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def limit(seconds: float) -> float:
    """Twenty-five times what the work takes: only an explosion reaches it."""
    return seconds * _ROOM
