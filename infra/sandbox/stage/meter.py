"""Counts what a polite client never does; the tests assert zeros."""

from collections import Counter
from datetime import datetime
from typing import Any


class Meter:
    """Requests of one network, by token and second of virtual time."""

    def __init__(self) -> None:
        self._current: dict[str, tuple[int, int]] = {}
        self._peaks: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._above: Counter[str] = Counter()
        self._dead: set[str] = set()
        self._after_fatal: Counter[str] = Counter()
        self.unapproved_writes = 0

    def admit(self, token: str, at: datetime, *, limit: int | None = None) -> bool:
        """Count a request; False when it is one too many for its second.

        A token known to be dead (`died`) is counted as called after a fatal error.
        """
        second = int(at.timestamp())
        counted, made = self._current.get(token, (second, 0))
        made = made + 1 if counted == second else 1
        self._current[token] = second, made
        self._requests[token] += 1
        self._peaks[token] = max(self._peaks[token], made)
        if token in self._dead:
            self._after_fatal[token] += 1
        is_over = limit is not None and made > limit
        self.over_limit(token, by=int(is_over))
        return not is_over

    def over_limit(self, token: str, *, by: int = 1) -> None:
        """Note a request above a limit that is not one per second."""
        if by:
            self._above[token] += by

    def died(self, token: str) -> None:
        """The caller was told that this token is dead: no call may follow."""
        self._dead.add(token)

    def revived(self, token: str) -> None:
        """Allow calls with this token again."""
        self._dead.discard(token)

    def report(self) -> dict[str, Any]:
        """Totals first, then by token."""
        return {
            "requests": self._requests.total(),
            "over_limit": self._above.total(),
            "after_fatal": self._after_fatal.total(),
            "unapproved_writes": self.unapproved_writes,
            "tokens": {
                token: {
                    "requests": requests,
                    "peak_per_second": self._peaks[token],
                    "over_limit": self._above[token],
                    "after_fatal": self._after_fatal[token],
                }
                for token, requests in sorted(self._requests.items())
            },
        }
