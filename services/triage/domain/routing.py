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
    _routes: dict[tuple[str | None, str | None], RoutingRule | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    def route(self, topic: str | None, municipality: str | None) -> RoutingRule | None:
        """The first rule that fits topic and place; None when none does."""
        # Hundreds of rules, thousands of posts, but few topics in few places.
        key = (topic, municipality)
        if key not in self._routes:
            group = self.groups.get(topic) if topic else None
            asked = (topic, group, municipality)
            self._routes[key] = next(
                (rule for rule in self.rules if _fits(rule, asked)), None
            )
        return self._routes[key]


def _fits(rule: RoutingRule, asked: tuple[str | None, str | None, str | None]) -> bool:
    wanted = (rule.topic, rule.topic_group, rule.municipality)
    return all(want in {None, have} for want, have in zip(wanted, asked, strict=True))
