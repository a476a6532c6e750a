"""Budgets of tokens, which answering shares: see `shared.networks.budget`."""

from shared.networks.budget import (
    LONGEST_WAIT,
    Budget,
    LocalBudget,
    Rate,
    Sleep,
    Standing,
    overspent,
    parked,
    stopped,
)

__all__ = [
    "LONGEST_WAIT",
    "Budget",
    "LocalBudget",
    "Rate",
    "Sleep",
    "Standing",
    "overspent",
    "parked",
    "stopped",
]
