"""Topics, authorities and municipalities, remembered for a minute per region.

They stand in every decision form and change a few times a year; without this each
candidate opened would cost three more calls.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from web.clients.triage import Triage
from web.shapes.base import Named

_FRESH = timedelta(minutes=1)
_KINDS = ("topics", "authorities", "municipalities")


@dataclass(frozen=True, slots=True)
class Reference:
    """The lists a person chooses from."""

    topics: tuple[Named, ...]
    authorities: tuple[Named, ...]
    municipalities: tuple[Named, ...]

    def said_in(self, language: str) -> "Reference":
        """The same lists, topics under their names in a language."""
        topics = tuple(topic.said_in(language) for topic in self.topics)
        return replace(self, topics=topics)

    def topic_name(self, code: str | None, otherwise: str | None) -> str | None:
        """Name a topic; one that is no longer in the list keeps the name it had."""
        return next((one.name for one in self.topics if one.code == code), otherwise)

    @property
    def topic_groups(self) -> dict[str, list[Named]]:
        """Topics by their group, in the order the service gave them."""
        groups: dict[str, list[Named]] = {}
        for topic in self.topics:
            groups.setdefault(topic.group_name or "", []).append(topic)
        return groups


@dataclass(slots=True)
class ReferenceCache:
    """Keeps the lists of each region for a short while."""

    now: Callable[[], datetime]
    _kept: dict[str, tuple[datetime, Reference]] = field(default_factory=dict)

    async def of(self, region: str, triage: Triage) -> Reference:
        """Answer from memory while fresh, else ask the service."""
        kept = self._kept.get(region)
        if kept and self.now() - kept[0] < _FRESH:
            return kept[1]
        lists = await asyncio.gather(*(triage.reference(kind) for kind in _KINDS))
        reference = Reference(*lists)
        self._kept[region] = (self.now(), reference)
        return reference
