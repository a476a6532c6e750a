"""The world's time: the wall clock, which tests may push forward."""

from datetime import datetime, timedelta

from shared.clock import Clock, utc_now


class VirtualClock:
    """A clock that only ever goes forward; call it to read it."""

    def __init__(self, wall: Clock = utc_now) -> None:
        self._wall = wall
        self._ahead = timedelta()

    @property
    def ahead(self) -> timedelta:
        """How far it runs before the wall clock."""
        return self._ahead

    def __call__(self) -> datetime:
        return self._wall() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Jump forward; a jump back would unpublish posts."""
        self._ahead += max(by, timedelta())
