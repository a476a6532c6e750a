"""A poll in steps: a call each, the most urgent first, passing failures put off."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Final, TypeAlias

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.remarks import Remark, put_off
from shared.clock import Clock

Step: TypeAlias = Callable[[], Awaitable[None]]

GOING_FOR: Final = timedelta(seconds=8)
"""A poll that has waited so long for its turns leaves the rest to the next one.

Whoever is cut off by the time a poll may take loses what was read already.
"""

PASSING: Final = frozenset({ErrorKind.RETRY, ErrorKind.WAIT})


class Steps(ABC):
    """The steps of one poll; each makes one call and leaves the state consistent."""

    def __init__(self) -> None:
        self.notes: tuple[Remark, ...] = ()
        self.again_after: timedelta | None = None
        self._went_well = False
        self._blocked: list[Step] = []

    async def go_on_until(self, clock: Clock, most_calls: int) -> None:
        """Make calls while there are any, and time; the rest is for the next poll."""
        end = clock() + GOING_FOR
        for _ in range(most_calls):
            if clock() > end or not await self.go_on():
                break

    async def go_on(self) -> bool:
        """Make the most urgent call; False when there is none left to make.

        What fails in passing is left for the next poll. But a poll without any posts
        is none, so that their failure is raised when nothing else went well; comments
        may be parked for hours, which is no reason to read no posts.
        """
        step = next((each for each in self._steps() if each not in self._blocked), None)
        if step is None:
            return False
        try:
            await step()
            self._went_well = True
        except SourceError as error:
            may_wait = self._went_well or step == self._read_comments
            if error.kind not in PASSING or not may_wait:
                raise
            self._blocked.append(step)
            self.notes = (put_off(error),)
            self.again_after = error.retry_after
        return True

    @abstractmethod
    def _steps(self) -> Iterator[Step]:
        """Name what is left to do, the most urgent first."""

    @abstractmethod
    async def _read_comments(self) -> None:
        """Read some comments; they may wait."""
