"""Which authority must answer: ordered rules, the first that fits decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """What is None fits everything; `number` is the rule's place in the order."""

    number: int
    authority: str
    topic: str | None = None
    topic_group: str | None = None
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """A region's rules in their order, and the group of every topic."""

    rules: Sequence[RoutingRule] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def route(self, topic: str | None, municipality: str | None) -> RoutingRule | None:
        """The first rule that fits topic and place; None when none does."""
        group = self.groups.get(topic) if topic else None
        asked = (topic, group, municipality)
        return next((rule for rule in self.rules if _fits(rule, asked)), None)


def _fits(rule: RoutingRule, asked: tuple[str | None, str | None, str | None]) -> bool:
    wanted = (rule.topic, rule.topic_group, rule.municipality)
    return all(want in {None, have} for want, have in zip(wanted, asked, strict=True))
