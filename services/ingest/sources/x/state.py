"""What a source of X knows between polls; all of it is in the cursor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from services.ingest.sources.memory import Memory
from shared.networks.x.guard import Paid

MOST_REMEMBERED: Final = 3_000
"""More are not remembered; what is forgotten is not looked at again."""


@dataclass(slots=True)
class Chain:
    """Pages of a search that are read one after another, newest first.

    Ids above `since` are wanted; `oldest` is the lowest one read, `token` X's name for
    the next page.
    """

    since: int
    token: str = ""
    oldest: int = 0


@dataclass(slots=True)
class XState:
    """Everything of one place; `newest` is the highest id seen.

    `memory` has posts by their keys, with the last version's id as digest. `checks`
    are versions to be read again. `root` is a conversation's first post.
    """

    newest: int = 0
    root: int = 0
    checked_at: int = 0
    confirmed_at: int = 0
    chain: Chain | None = None
    checks: list[str] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    paid: Paid = field(default_factory=Paid)

    def forget(self, before: int) -> None:
        """Forget posts written before a moment (Unix), and what is too much."""
        dated = sorted(
            (known.date, key)
            for key in self.memory
            if (known := self.memory.get(key)) is not None
        )
        spare = len(dated) - MOST_REMEMBERED
        for place, (date, key) in enumerate(dated):
            if date < before or place < spare:
                self.memory.forget(key)


def load(cursor: Mapping[str, Any]) -> XState:
    """Read a cursor; an empty one is the state of a place nobody has read."""
    chain = cursor.get("chain")
    return XState(
        newest=cursor.get("newest", 0),
        root=cursor.get("root", 0),
        checked_at=cursor.get("checked_at", 0),
        confirmed_at=cursor.get("confirmed_at", 0),
        chain=Chain(*chain) if chain else None,
        checks=list(cursor.get("checks", [])),
        memory=Memory(cursor.get("memory")),
        paid=Paid.from_json(cursor.get("paid")),
    )


def save(state: XState) -> dict[str, Any]:
    """Write a state as JSON values."""
    return {
        "newest": state.newest,
        "root": state.root,
        "checked_at": state.checked_at,
        "confirmed_at": state.confirmed_at,
        "chain": list(asdict(state.chain).values()) if state.chain else None,
        "checks": list(state.checks),
        "memory": state.memory.as_json(),
        "paid": state.paid.as_json(),
    }
