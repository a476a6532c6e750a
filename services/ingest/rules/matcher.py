"""Says which of many rules match a text, and which words made them match."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from services.ingest.rules.anchors import AnchorIndex
from services.ingest.rules.conditions import Condition, condition
from services.ingest.rules.parser import parse
from services.ingest.rules.query import (
    Query,
    Word,
    positive_terms,
    push_negation,
)
from services.ingest.rules.text import Text, merged

Position: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule whose query has been read; NOT stands only before terms in it."""

    rule_id: UUID
    rule_version: int
    query: Query


@dataclass(frozen=True, slots=True)
class Match:
    """Why a rule caught a text: character offsets of the words it looks for."""

    rule_id: UUID
    rule_version: int
    positions: tuple[Position, ...]


class TextMatcher(Protocol):
    """The port: for each text its matches, in the order of the rules."""

    def match(self, texts: Sequence[str]) -> list[list[Match]]: ...


def compile_rule(rule_id: UUID, rule_version: int, query: str) -> CompiledRule:
    """Read the rule's query; raise QueryError when it cannot be read."""
    return CompiledRule(rule_id, rule_version, push_negation(parse(query)))


class Matcher:
    """Matches texts against many rules at once, trying few of them per text.

    Build it once and keep it. A process that holds thousands of rules should call
    `gc.freeze()` after building, or every full collection walks over all of them.
    """

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = [_PlannedRule(rule) for rule in rules]
        self._anchors = AnchorIndex([rule.query for rule in rules])

    def match(self, texts: Sequence[str]) -> list[list[Match]]:
        return [self._match(Text(text)) for text in texts]

    def _match(self, text: Text) -> list[Match]:
        candidates = (self._rules[number] for number in self._anchors.candidates(text))
        return [rule.match(text) for rule in candidates if rule.holds(text)]


class _PlannedRule:
    """A rule turned into one function of a text, and the terms to highlight."""

    def __init__(self, rule: CompiledRule) -> None:
        self._id, self._version = rule.rule_id, rule.rule_version
        terms = dict.fromkeys(positive_terms(rule.query))
        self._lemmas = frozenset(t.lemma for t in terms if isinstance(t, Word))
        self._others = tuple(t for t in terms if not isinstance(t, Word))
        self.holds: Condition = condition(rule.query)

    def match(self, text: Text) -> Match:
        spans = text.spans_of_lemmas(self._lemmas)
        for term in self._others:
            spans.extend(text.spans(term))
        return Match(self._id, self._version, merged(spans))
