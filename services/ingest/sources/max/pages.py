"""Pages of messages or comments, newest first: where they end, what they lack."""

from collections.abc import Sequence
from typing import Any, Final

from services.ingest.sources.max.state import Chain
from services.ingest.sources.memory import Memory

PAGE: Final = 100

# A page is asked for a millisecond further than it is expected to begin.
_STEP: Final = 2


def follow(chain: Chain, shown: Sequence[Any]) -> Chain | None:
    """Say where the next page begins; None when this one was the last.

    A page begins with the moment the one before ended with, so that nothing written in
    that millisecond is skipped; a page that is all of one moment is stepped over.
    """
    dates = _dates(shown)
    if len(shown) < PAGE or not dates or min(dates) <= chain.until:
        return None
    before = min(dates)
    if is_of_one_moment(chain, shown):
        before = min(before, chain.before or before) - _STEP
    return Chain(chain.until, before)


def is_of_one_moment(chain: Chain, shown: Sequence[Any]) -> bool:
    """Say whether a page shows no further than it began: some may be hidden by it."""
    dates = _dates(shown)
    is_full = len(shown) >= PAGE and bool(dates)
    return is_full and chain.before is not None and min(dates) >= chain.before


def missing_from(
    memory: Memory, chain: Chain, shown: Sequence[Any], seen: set[int]
) -> list[int]:
    """Name what is remembered of the stretch a page shows, and is not on it."""
    dates = _dates(shown)
    lowest = chain.until
    if len(shown) >= PAGE and dates:
        lowest = max(lowest, min(dates))
    highest = chain.before
    return [
        number
        for number in memory.standing()
        if number not in seen
        and (known := memory.get(number)) is not None
        and known.date > lowest
        and (highest is None or known.date <= highest)
    ]


def _dates(shown: Sequence[Any]) -> list[int]:
    told = (each.get("timestamp") for each in shown if isinstance(each, dict))
    return [each for each in told if isinstance(each, int)]
