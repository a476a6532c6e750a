"""Worlds that the tests look at, built once: they never change."""

from datetime import UTC, datetime
from functools import cache

from infra.sandbox.world import Post, World

START = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)


@cache
def world(seed: int = 1, month: int = 11) -> World:
    return World(seed=seed, start=START.replace(month=month))


@cache
def fortnight(seed: int = 1, month: int = 11) -> tuple[Post, ...]:
    """Two weeks of posts before the start."""
    return tuple(world(seed, month).backfill(14))
