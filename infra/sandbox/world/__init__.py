"""The invented world: places, residents' posts and when they appear.

Everything is a pure function of the seed and of time, so two processes that share
a seed see the same posts without exchanging a word.
"""

from infra.sandbox.world.model import Author, Kind, Post, Tone, Truth
from infra.sandbox.world.region import (
    Municipality,
    NamedPlace,
    Page,
    Region,
    load_region,
)
from infra.sandbox.world.world import Pace, World

__all__ = [
    "Author",
    "Kind",
    "Municipality",
    "NamedPlace",
    "Pace",
    "Page",
    "Post",
    "Region",
    "Tone",
    "Truth",
    "World",
    "load_region",
]
