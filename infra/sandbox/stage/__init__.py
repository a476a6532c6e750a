"""A stage: the mutable pages of one network, which its fake shows to the world.

The seeded world plays on it, the control API interferes, and a fake network reads it.
"""

from infra.sandbox.stage.feeder import Feeder
from infra.sandbox.stage.model import (
    Action,
    AuthorKind,
    Counters,
    Happening,
    Item,
    StagePage,
    Version,
    Writer,
)
from infra.sandbox.stage.stage import Stage

__all__ = [
    "Action",
    "AuthorKind",
    "Counters",
    "Feeder",
    "Happening",
    "Item",
    "Stage",
    "StagePage",
    "Version",
    "Writer",
]
