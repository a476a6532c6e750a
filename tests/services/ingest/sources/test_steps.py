"""A poll in steps leaves what it has no time for to the next one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.steps import Step, Steps
from tests.factories import NOW


class Waiting(Steps):
    """Steps that wait for their turns; there are five of them."""

    def __init__(self, turn: timedelta) -> None:
        super().__init__()
        self.now = NOW
        self.made = 0
        self._turn = turn

    def clock(self) -> datetime:
        return self.now

    def _steps(self) -> Iterator[Step]:
        if self.made < 5:
            yield self._read_comments

    async def _read_comments(self) -> None:
        self.now += self._turn
        self.made += 1


@pytest.mark.parametrize(
    ("seconds", "most", "made"),
    [(0, 10, 5), (0, 3, 3), (5, 10, 2), (60, 10, 1)],
    ids=["all there are", "no more than asked for", "while there is time", "one"],
)
async def test_a_poll_ends_before_it_is_cut_off(
    seconds: float, most: int, made: int
) -> None:
    steps = Waiting(timedelta(seconds=seconds))

    await steps.go_on_until(steps.clock, most)

    assert steps.made == made


class Refused(Waiting):
    """The news is read; comments are refused with some error."""

    def __init__(self, error: SourceError) -> None:
        super().__init__(timedelta())
        self._error = error

    def _steps(self) -> Iterator[Step]:
        if not self.made:
            yield super()._read_comments
        yield self._read_comments

    async def _read_comments(self) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("kind", "wait", "again"),
    [
        (ErrorKind.WAIT, 3, 3),
        (ErrorKind.WAIT, 9, 9),
        (ErrorKind.WAIT, 300, 300),
        (ErrorKind.RETRY, None, None),
    ],
    ids=["its turn is near", "others wait for turns", "it is parked", "it failed"],
)
async def test_comments_are_asked_for_when_their_turn_comes(
    kind: ErrorKind, wait: int | None, again: int | None
) -> None:
    after = None if wait is None else timedelta(seconds=wait)
    steps = Refused(SourceError("the budget is spent", kind, retry_after=after))

    await steps.go_on_until(steps.clock, 10)

    expected = None if again is None else timedelta(seconds=again)
    assert (steps.made, steps.again_after) == (1, expected)
    assert [str(each) for each in steps.notes] == ["the budget is spent"]
