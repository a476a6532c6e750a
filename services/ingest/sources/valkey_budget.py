"""The shared budget, which answering shares: see `shared.networks.valkey_budget`."""

from shared.networks.valkey_budget import ValkeyBudget, open_budget

__all__ = ["ValkeyBudget", "open_budget"]
