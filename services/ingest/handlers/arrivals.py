"""What arrives of one post, whichever way it comes, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.ingest.domain.posts import IncomingPost
from services.ingest.domain.receiving import Manner, Outcome, Sign
from services.ingest.domain.veils import address_of, veiled, veiled_key
from services.ingest.store.rows import Key

PRESUMED: Final = "absent"
"""Evidence of a deletion nobody told of."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Versions of one post that arrive together, in order.

    `extra` and `status` are what an import knows about a post beyond its text.
    `scope` is set where the key is the network's own: then it is one post whichever
    source brings it. `raws` are what the network sent, beside each version;
    `evidence` is how we know that the last of them is deleted. What the watched page
    wrote itself (`is_official`) is kept and found, but is no resident's complaint.
    `address` is where the last version stands, if that names a person: it is sealed.
    `is_secondhand` says that a file, a feed or another system brought it: its address
    is as somebody else wrote it.
    """

    source_id: UUID
    versions: tuple[IncomingPost, ...]
    extra: dict[str, Any] = field(default_factory=dict)
    status: str = "taken_in"
    scope: UUID | None = None
    raws: tuple[Mapping[str, Any] | None, ...] = ()
    evidence: str | None = None
    seen_at: datetime | None = None
    is_official: bool = False
    address: str | None = None
    is_secondhand: bool = False

    @property
    def key(self) -> Key:
        return (self.scope or self.source_id, self.versions[0].external_id)

    def key_as_stored(self, sign: Sign) -> Key:
        """Give the key it goes by once it is veiled."""
        scope, key = self.key
        return (scope, veiled_key(self.versions[0].network, key, sign))

    @property
    def manner(self) -> Manner:
        return Manner(
            native=self.scope is not None,
            seen_at=self.seen_at,
            presumed=self.evidence == PRESUMED,
        )

    def veiled(self, sign: Sign) -> "Arrival":
        """Hide what names a person in keys and addresses (Conduct 1)."""
        how = self.is_secondhand
        return replace(
            self,
            versions=tuple(
                veiled(version, sign, is_secondhand=how) for version in self.versions
            ),
            address=address_of(self.versions[-1], is_secondhand=how).sealed,
        )

    def raw_of(self, post: IncomingPost) -> Mapping[str, Any] | None:
        """Return what the network sent for one of the versions."""
        pairs = zip(self.versions, self.raws, strict=False)
        return next((raw for version, raw in pairs if version is post), None)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each arrival, in their order."""

    outcomes: tuple[Outcome, ...]

    @property
    def accepted(self) -> int:
        return sum(len(outcome.changes) for outcome in self.outcomes)

    @property
    def duplicates(self) -> int:
        return sum(outcome.duplicates for outcome in self.outcomes)
