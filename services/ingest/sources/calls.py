"""Calls of networks' APIs, which answering shares: see `shared.networks.calls`."""

from shared.networks.calls import (
    LARGEST_ANSWER,
    PATIENCE,
    SKEW_NOTICED,
    Answer,
    call,
    is_skewed,
    skew_of,
)

__all__ = [
    "LARGEST_ANSWER",
    "PATIENCE",
    "SKEW_NOTICED",
    "Answer",
    "call",
    "is_skewed",
    "skew_of",
]
