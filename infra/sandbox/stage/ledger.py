"""The ledger of writes: who published what under which mark, and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from infra.sandbox.stage.plans import WriteMode
from infra.sandbox.stage.record import Record, unrecorded

REPEATED: Final = "repeated"
COMMITTED: Final = frozenset(
    {WriteMode.SUCCESS, WriteMode.LOST, WriteMode.EDITED_TARGET}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt to publish an answer.

    `outcome` is the write's fate, or "repeated" when the `guid` was known and nothing
    new was published. `item` is the number of what was published, `author` who speaks
    ("group:900000001"). `is_approved` tells whether somebody announced this very text
    as approved.
    """

    at: datetime
    network: str
    page: str
    target: int
    text: str
    token_kind: str
    guid: str | None
    author: str
    is_approved: bool
    outcome: str = ""
    item: int | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Entry":
        return cls(**{**data, "at": datetime.fromisoformat(data["at"])})


class Ledger:
    """All attempts in their order, and the texts that people approved."""

    def __init__(self, record: Record = unrecorded) -> None:
        self._record = record
        self._entries: list[Entry] = []
        self._approved: set[str] = set()

    @property
    def all(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def approve(self, text: str) -> None:
        """Announce that a person approved exactly this text."""
        self._approved.add(text)

    def is_approved(self, text: str) -> bool:
        return text in self._approved

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._record("add", {"entry": entry})

    def published(self, network: str, page: str, guid: str | None) -> int | None:
        """Give the number of what this mark has published already."""
        if not guid:
            return None
        for entry in self._entries:
            mark = (entry.network, entry.page, entry.guid)
            if mark == (network, page, guid) and entry.item is not None:
                return entry.item
        return None

    def lines(self) -> list[dict[str, Any]]:
        """Give the entries as JSON, oldest first."""
        return [_line(entry) for entry in self._entries]


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "network": entry.network,
        "page": entry.page,
        "target": entry.target,
        "text": entry.text,
        "token_kind": entry.token_kind,
        "guid": entry.guid,
        "author": entry.author,
        "outcome": entry.outcome,
        "item": entry.item,
        "approved": entry.is_approved,
    }
