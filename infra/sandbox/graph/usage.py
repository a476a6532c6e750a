"""Allowances by business use case: calls of the last 24 hours against what there is."""

import json
from collections import defaultdict, deque
from datetime import datetime, timedelta
from math import ceil
from typing import Final

HEADER: Final = "X-Business-Use-Case-Usage"
CALLS_A_DAY: Final = 4_800
"""Of each engaged user."""

_WINDOW: Final = timedelta(hours=24)


class Usage:
    """Counts calls of each account; `engaged` says how many users engaged with it."""

    def __init__(self, kind: str, *, engaged: float = 1_000) -> None:
        self._kind = kind
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self.engaged = engaged

    @property
    def allowed(self) -> int:
        return max(1, int(CALLS_A_DAY * self.engaged))

    def count(self, account: str, now: datetime) -> bool:
        """Count a call; False when it is one too many for its 24 hours."""
        calls = self._calls[account]
        while calls and calls[0] <= now - _WINDOW:
            calls.popleft()
        if len(calls) >= self.allowed:
            return False
        calls.append(now)
        return True

    def header(self, account: str, now: datetime) -> dict[str, str]:
        """Tell how much is used, and when some of it comes back."""
        calls = self._calls[account]
        percent = 100 * len(calls) // self.allowed
        is_full = len(calls) >= self.allowed
        wait = calls[0] + _WINDOW - now if calls and is_full else timedelta()
        told = {
            "type": self._kind,
            "call_count": percent,
            "total_cputime": percent // 4,
            "total_time": percent // 4,
            "estimated_time_to_regain_access": ceil(wait.total_seconds() / 60),
        }
        return {HEADER: json.dumps({account: [told]})}
