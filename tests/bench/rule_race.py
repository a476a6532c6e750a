"""Races on a busy machine: all racers in one process, in turns, a few posts at a time.

What neighbours take of the caches they take from all racers of a round alike, so that
the ratio of two racers holds still where the speed of either does not.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple, TypeAlias

SLICE = 500
"""Posts of one turn: some ten milliseconds, so that what the others left in the caches
weighs little. In turns of 100 posts the quickest racers mostly wait for their own."""

Times: TypeAlias = Sequence[float]
"""Seconds per post, one figure for each round."""


@dataclass(frozen=True)
class Racer:
    """Something that goes through posts and tells the processor time it took.

    A slow one takes the first `posts` of each slice only.
    """

    name: str
    seconds: Callable[[Sequence[str]], float]
    posts: int = SLICE


class Spread(NamedTuple):
    """One figure of many rounds."""

    median: float
    least: float
    greatest: float


def timed(work: Callable[[str], object]) -> Callable[[Sequence[str]], float]:
    """Do the work for each post; the answer is the processor time of this process."""

    def seconds(posts: Sequence[str]) -> float:
        begun = time.process_time()
        for post in posts:
            work(post)
        return time.process_time() - begun

    return seconds


def race(
    racers: Sequence[Racer], posts: Sequence[str], rounds: int
) -> dict[str, list[float]]:
    """Let all go through all posts in every round; their times by name.

    The order of the racers is drawn anew for every slice, the same at every run. A
    round before the first one is not counted: it warms the caches.
    """
    luck = random.Random(7)  # noqa: S311 -- an order, not a secret
    slices = [posts[at : at + SLICE] for at in range(0, len(posts), SLICE)]
    _round(racers, slices, luck)
    times: dict[str, list[float]] = {racer.name: [] for racer in racers}
    for _ in range(rounds):
        for name, spent in _round(racers, slices, luck).items():
            times[name].append(spent)
    return times


def _round(
    racers: Sequence[Racer], slices: Sequence[Sequence[str]], luck: random.Random
) -> dict[str, float]:
    spent = dict.fromkeys((racer.name for racer in racers), 0.0)
    count = dict(spent)
    for part in slices:
        for racer in luck.sample(racers, len(racers)):
            own = part[: racer.posts]
            spent[racer.name] += racer.seconds(own)
            count[racer.name] += len(own)
    return {name: spent[name] / count[name] for name in spent}


def ratios(slow: Times, quick: Times) -> Spread:
    """Say round by round how many times as long the first took."""
    return _spread([one / other for one, other in zip(slow, quick, strict=True)])


def rates(times: Times) -> Spread:
    """Posts a second."""
    return _spread([1 / spent for spent in times])


def _spread(figures: Sequence[float]) -> Spread:
    return Spread(median(figures), min(figures), max(figures))
