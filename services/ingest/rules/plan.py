"""Turns a query into what is cheap to test: groups of numbers first, places last.

A plan is a conjunction: a text that matches has a number of every group, none that is
excluded, and fulfils the other conditions. Alternatives leave behind one group too,
so that a text without any of their words is dismissed before they are looked at.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from services.ingest.rules.fields import FieldIndex
from services.ingest.rules.placed import (
    Placed,
    PlacedClose,
    PlacedNear,
    PlacedPhrase,
    Words,
)
from services.ingest.rules.posts import Field
from services.ingest.rules.query import (
    And,
    Close,
    Exact,
    Near,
    Not,
    Or,
    Phrase,
    Piece,
    Prefix,
    Query,
    Tag,
    Term,
    Word,
)
from services.ingest.rules.text import Text
from services.ingest.rules.vocabulary import Ids, Vocabulary
from services.ingest.rules.words import parts
from shared import russian

Condition: TypeAlias = Callable[[Text], bool]

# Words that stand in most texts make poor anchors, and so do prefixes, which stand
# for several words. Of the others, words that many rules name are frequent ones.
_COMMON_WEIGHT: Final = 1_000.0
_PREFIX_WEIGHT: Final = 5.0
_NOBODY: Final[Ids] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What must hold of a text, all of it."""

    groups: tuple[Ids, ...] = ()
    excluded: Ids = _NOBODY
    others: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A term with its numbers: one of `ids` is enough, or the term `placed` stands."""

    ids: Ids = _NOBODY
    placed: Placed | None = None


class Planner:
    """Numbers the terms of all rules, then plans rule by rule."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.fields = FieldIndex(self.vocabulary)
        self.tags: dict[str, int] = {}
        self._leaves: dict[Term, Leaf] = {}
        self._uses: Counter[int] = Counter()
        self._extra: dict[int, float] = {}

    def learn(self, terms: Iterable[Term]) -> None:
        """Number the terms of a rule and count how often rules name them."""
        for term in terms:
            leaf = self.leaf(term)
            self._uses.update(leaf.ids)
            if leaf.placed is not None:
                for group in leaf.placed.needs:
                    self._uses.update(group)

    def leaf(self, term: Term) -> Leaf:
        """The one leaf of a term, shared by all rules that have it."""
        leaf = self._leaves.get(term)
        if leaf is None:
            leaf = self._leaves[term] = self._made(term)
        return leaf

    def plan(self, query: Query) -> Plan:
        """Plan a query that has NOT only before terms."""
        match query:
            case And(operands):
                return _all_of([self.plan(part) for part in operands])
            case Or(operands):
                return self._any_of([self.plan(part) for part in operands])
            case Not(term):
                return _without(self.leaf(term))  # type: ignore[arg-type] # NNF
            case _:
                return self._with(self.leaf(query))

    def by_weight(self, groups: Iterable[Ids]) -> list[Ids]:
        """Groups, the one expected in the fewest texts first."""
        return sorted(groups, key=self.weight)

    def weight(self, group: Ids) -> float:
        """Measure in how many texts a group is expected by how often rules name it."""
        return sum(map(self._likelihood, group))

    def likeliest_first(self, group: Ids) -> tuple[int, ...]:
        """Sort the numbers of a group, the one expected in the most texts first."""
        return tuple(sorted(group, key=self._likelihood, reverse=True))

    def _likelihood(self, number: int) -> float:
        return self._uses[number] * self._extra.get(number, 1.0)

    def _made(self, term: Term) -> Leaf:
        match term:
            case Tag(name):
                return Leaf(frozenset({self._tag(name)}))
            case Field():
                return Leaf(frozenset({self._field(term)}))
            case Phrase() | Close() | Near():
                return Leaf(placed=self._placed(term))
            case Word(text) | Exact(text) if "-" in text:
                return Leaf(self._ids(term), PlacedPhrase(self._flat((term,))))
            case _:
                return Leaf(self._ids(term))

    def _placed(self, term: Phrase | Close | Near) -> Placed:
        match term:
            case Phrase(words):
                return PlacedPhrase(self._flat(words))
            case Close(words, distance):
                return PlacedClose(self._flat(words), distance)
            case Near(operands, gaps):
                return PlacedNear([self._alternatives(one) for one in operands], gaps)

    def _tag(self, name: str) -> int:
        return self.tags.setdefault(name, self.vocabulary.new())

    def _field(self, field: Field) -> int:
        number = self.fields.add(field)
        self._extra[number] = _COMMON_WEIGHT
        return number

    def _ids(self, piece: Piece) -> Ids:
        ids = self.vocabulary.add(piece)
        if isinstance(piece, Prefix):
            self._extra |= dict.fromkeys(ids, _PREFIX_WEIGHT)
        elif russian.is_common(piece.text):
            self._extra |= dict.fromkeys(ids, _COMMON_WEIGHT)
        return ids

    def _flat(self, words: Iterable[Piece]) -> Words:
        return tuple(ids for word in words for ids in self._places_of(word))

    def _places_of(self, piece: Piece) -> Words:
        """Numbers for each place a piece takes: a compound takes one for each part."""
        ids = self._ids(piece)
        if not isinstance(piece, Word | Exact) or "-" not in piece.text:
            return (ids,)
        kind = type(piece)
        return tuple(self._ids(kind(part)) | ids for part in parts(piece.text))

    def _alternatives(self, operand: Query) -> tuple[Words, ...]:
        listed = operand.operands if isinstance(operand, Or) else (operand,)
        return tuple(
            self._flat(part.words if isinstance(part, Phrase) else (part,))  # type: ignore[arg-type] # the parser lets no others in
            for part in listed
        )

    def _with(self, leaf: Leaf) -> Plan:
        if leaf.placed is None:
            return Plan((leaf.ids,))
        if not leaf.ids:
            return Plan(leaf.placed.needs, others=(_has(leaf.placed),))
        return self._any_of([Plan((leaf.ids,)), self._with(Leaf(placed=leaf.placed))])

    def _any_of(self, plans: Sequence[Plan]) -> Plan:
        simple = [plan for plan in plans if _is_one_group(plan)]
        ids = frozenset[int]().union(*(plan.groups[0] for plan in simple))
        conditions = [condition(plan) for plan in plans if not _is_one_group(plan)]
        if not conditions:
            return Plan((ids,))
        groups: tuple[Ids, ...] = ()
        if all(plan.groups for plan in plans):
            needed = (min(plan.groups, key=self.weight) for plan in plans)
            groups = (frozenset[int]().union(*needed),)
        return Plan(groups, others=(_some(ids, conditions),))


def condition(plan: Plan) -> Condition:
    """One function for all a plan says; the likeliest refusal first."""
    groups, excluded, others = plan.groups, plan.excluded, plan.others

    def holds(text: Text) -> bool:
        ids = text.ids
        for group in groups:
            if group.isdisjoint(ids):
                return False
        if not excluded.isdisjoint(ids):
            return False
        for other in others:  # noqa: SIM110 -- a loop is faster than all()
            if not other(text):
                return False
        return True

    return holds


def _all_of(plans: Sequence[Plan]) -> Plan:
    return Plan(
        tuple(group for plan in plans for group in plan.groups),
        frozenset[int]().union(*(plan.excluded for plan in plans)),
        tuple(other for plan in plans for other in plan.others),
    )


def _is_one_group(plan: Plan) -> bool:
    return len(plan.groups) == 1 and not plan.excluded and not plan.others


def _without(leaf: Leaf) -> Plan:
    if leaf.placed is None:
        return Plan(excluded=leaf.ids)
    return Plan(excluded=leaf.ids, others=(_has_not(leaf.placed),))


def _has(term: Placed) -> Condition:
    return lambda text: text.has(term)


def _has_not(term: Placed) -> Condition:
    return lambda text: not text.has(term)


def _some(ids: Ids, conditions: Sequence[Condition]) -> Condition:
    if not ids:
        return lambda text: any(holds(text) for holds in conditions)
    return lambda text: (
        not ids.isdisjoint(text.ids) or any(holds(text) for holds in conditions)
    )
