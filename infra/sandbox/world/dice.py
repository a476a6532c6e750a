"""Chance that falls the same way every time it is thrown for the same thing."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def throw(*things: object) -> Random:
    """Give the random numbers that belong to these things, always the same."""
    key = "/".join(map(str, things))
    return Random(key)  # noqa: S311 -- an invented world, not a secret


def weighted(dice: Random, choices: Sequence[tuple[T, float]]) -> T:
    """Pick one of the things by their weights."""
    things = [thing for thing, _ in choices]
    return dice.choices(things, [weight for _, weight in choices])[0]


def chance(dice: Random, percent: int) -> bool:
    """Say yes this often."""
    return dice.randrange(100) < percent
