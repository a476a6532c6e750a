"""The fake networks: one folder each, found by its `FAKE`, standing on one stage.

docs/sandbox.md has the recipe for a new one.
"""

from infra.sandbox.networks.context import FakeNetwork, NetworkContext, ResponseLost
from infra.sandbox.networks.networks import Networks
from infra.sandbox.networks.registry import fakes

__all__ = ["FakeNetwork", "NetworkContext", "Networks", "ResponseLost", "fakes"]
