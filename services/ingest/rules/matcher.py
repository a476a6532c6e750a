"""Says which of many rules match a text, and which words made them match."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from services.ingest.rules.anchors import AnchorIndex, Filing, Hits
from services.ingest.rules.parser import parse
from services.ingest.rules.placed import Placed
from services.ingest.rules.plan import Plan, Planner, condition
from services.ingest.rules.posts import Post
from services.ingest.rules.query import (
    Not,
    Query,
    Tag,
    Term,
    positive_terms,
    push_negation,
)
from services.ingest.rules.text import Span, Text, merged, tags
from services.ingest.rules.vocabulary import WordCache, compact

Position: TypeAlias = Span

WORDS_KEPT: Final = 200_000
"""How many different words of texts a matcher remembers, twice at most."""

_FREQUENT: Final = 0.01
"""A group is frequent when its words are named by this share of the rules and more."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule whose query has been read; NOT stands only before terms in it."""

    rule_id: UUID
    rule_version: int
    query: Query


class Match(NamedTuple):
    """Why a rule caught a text: character offsets of the words it looks for."""

    rule_id: UUID
    rule_version: int
    positions: tuple[Position, ...]


_new: Final = tuple.__new__


class TextMatcher(Protocol):
    """The port: for each post its matches, in the order of the rules.

    A bare text is a post of which nothing else is known.
    """

    def match(self, posts: Sequence[Post | str]) -> list[list[Match]]: ...


def compile_rule(rule_id: UUID, rule_version: int, query: str) -> CompiledRule:
    """Read the rule's query; raise QueryError when it cannot be read."""
    return CompiledRule(rule_id, rule_version, push_negation(parse(query)))


class Matcher:
    """Matches posts against many rules at once, trying few of them per post.

    Build it once and keep it. A process that holds thousands of rules should call
    `gc.freeze()` after building, or every full collection walks over all of them.
    """

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = rules
        self._planner = Planner()
        for rule in rules:
            self._planner.learn(_terms(rule.query))
        filings = [self._filing(rule) for rule in rules]
        self._anchors = AnchorIndex(filings, self._planner.vocabulary.count)
        self._cache = WordCache(self._planner.vocabulary, WORDS_KEPT)
        self._tags = self._planner.tags
        self._fields = self._planner.fields or None
        self._wanted: list[_Wanted | None] = [None] * len(rules)

    def match(self, posts: Sequence[Post | str]) -> list[list[Match]]:
        found = []
        for post in posts:
            text = self._read(post)
            hits = self._anchors.matching(text)
            found.append(self._explained(hits, text) if hits else [])
        return found

    def numbers(self, post: Post | str) -> list[int]:
        """Places in the sequence of rules of those that match, without positions."""
        return sorted(self._anchors.matching(self._read(post)))

    def _filing(self, rule: CompiledRule) -> Filing:
        """Take a rule's rarest groups, with what they leave to be tested.

        Asked twice for one rule it gives the same: weights are whole numbers.
        """
        plan = self._planner.plan(rule.query)
        groups = self._planner.by_weight(plan.groups)
        first, second = groups[0], groups[1] if len(groups) > 1 else groups[0]
        frequent = len(self._rules) * _FREQUENT
        rest = Plan(tuple(groups[2:]), others=plan.others)
        return Filing(
            first,
            self._planner.likeliest_first(second),
            is_second_rare=second != first and self._planner.weight(second) < frequent,
            excluded=plan.excluded,
            holds=None if rest == Plan() else condition(rest),
        )

    def _read(self, post: Post | str) -> Text:
        text = post if isinstance(post, str) else post.text
        read = Text(text, self._cache)
        if self._tags and ("#" in text or "\uff03" in text):
            known = self._tags
            read.ids.update(known[name] for name, _ in tags(text) if name in known)
        if self._fields is not None and isinstance(post, Post):
            read.ids |= self._fields.of(post)
        return read

    def _explained(self, hits: Hits, text: Text) -> list[Match]:
        known, here, spans_of = self._wanted, text.ids.intersection, text.spans_of_words
        found = []
        for number in sorted(hits):
            wanted = known[number] or self._wanted_of(number)
            rule_id, version, searched, has_anchors, named, placed = wanted
            words = [*here(searched)]
            if has_anchors:
                words += hits[number]
            spans = spans_of(words)
            if named or placed:
                spans = self._with_placed(spans, wanted, text)
            # Without the Python of a named tuple's constructor: hits are many.
            found.append(_new(Match, (rule_id, version, spans)))
        return found

    @staticmethod
    def _with_placed(
        spans: tuple[Span, ...], wanted: "_Wanted", text: Text
    ) -> tuple[Span, ...]:
        """Add the hashtags and the phrases."""
        found = [*spans]
        for term in wanted.placed:
            found += text.spans_of_term(term)
        found += [span for name, span in tags(text.text) if name in wanted.tags]
        return merged(found)

    def _wanted_of(self, number: int) -> "_Wanted":
        """What to highlight for a rule, kept from its first hit on."""
        rule = self._rules[number]
        terms = dict.fromkeys(positive_terms(rule.query))
        leaves = [self._planner.leaf(term) for term in terms]
        ids = frozenset[int]().union(*(leaf.ids for leaf in leaves))
        anchors = self._filing(rule).first
        has_anchors = anchors <= ids  # words of a phrase are not found alone
        words = compact(ids - anchors if has_anchors else ids)
        second = self._anchors.second(number)
        if set(words) == set(second):
            words = second  # which is in the caches of the processor already
        wanted = self._wanted[number] = _Wanted(
            rule.rule_id,
            rule.rule_version,
            words,
            has_anchors,
            frozenset(term.name for term in terms if isinstance(term, Tag)),
            tuple(leaf.placed for leaf in leaves if leaf.placed is not None),
        )
        return wanted


class _Wanted(NamedTuple):
    """What to tell of a rule: its name, its words, its tags, its phrases.

    `words` are without the anchors if each of these is to be highlighted too.
    """

    rule_id: UUID
    rule_version: int
    words: Collection[int]
    has_anchors: bool
    tags: frozenset[str]
    placed: tuple[Placed, ...]


def _terms(query: Query) -> Iterable[Term]:
    """All terms of a query that has NOT only before terms."""
    stack = [query]
    while stack:
        part = stack.pop()
        if isinstance(part, Not):
            stack.append(part.operand)
        elif hasattr(part, "operands") and not hasattr(part, "gaps"):
            stack.extend(part.operands)
        else:
            yield part  # type: ignore[misc]
