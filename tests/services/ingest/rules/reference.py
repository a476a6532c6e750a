"""A slow, obvious reading of rules, to compare the fast matcher with.

It shares the parser with the engine and nothing else: it cuts and folds texts letter
by letter, asks the dictionary itself, tries every combination of places for a
distance, and knows nothing of numbers, anchors and bit masks. Over many posts it works
in columns: for each term the posts that have it, as the bits of one number.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, permutations, product
from uuid import UUID

from services.ingest.rules import (
    And,
    Close,
    Exact,
    Match,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Tag,
    Word,
    parse,
)
from tests.services.ingest.rules.reference_words import (
    asking_for,
    cut,
    hashtags,
    is_piece,
    pieces_of,
)

Places = tuple[int, ...]


class Reading:
    """A text cut into places, each with the spellings it stands for."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[int, int]] = []
        self.faces: list[frozenset[str]] = []
        for start, end in cut(text):
            pieces = pieces_of(text[start:end])
            whole = {"-".join(pieces)} if len(pieces) > 1 else set()
            for piece in pieces:
                self.spans.append((start, end))
                self.faces.append(frozenset({piece, *whole}))
        self.tags = list(hashtags(text))

    def hits(self, term: Query) -> list[Places]:
        """Combinations of places that make up the term."""
        match term:
            case Phrase(words):
                return self._phrase(_flat(words))
            case Close(words, distance):
                return self._close(_flat(words), distance)
            case Near():
                return self._near(term)
            case Word(text) | Exact(text) if "-" in text:
                return self._phrase((term,)) + self._phrase(_flat((term,)))
            case _:
                return self._phrase((term,))

    def _places(self, piece: Query) -> list[int]:
        is_it = asking_for(piece)
        return [
            place for place, faces in enumerate(self.faces) if any(map(is_it, faces))
        ]

    def _phrase(self, words: Sequence[Query]) -> list[Places]:
        places = [frozenset(self._places(word)) for word in words]
        return [
            tuple(range(start, start + len(words)))
            for start in sorted(places[0])
            if all(start + shift in stand for shift, stand in enumerate(places))
        ]

    def _close(self, words: Sequence[Query], distance: int) -> list[Places]:
        places = [frozenset(self._places(word)) for word in words]
        near = sorted(frozenset().union(*places))
        found = set()
        for chosen in combinations(near, len(words)):
            if chosen[-1] - chosen[0] <= distance and any(
                all(place in stand for stand, place in zip(places, order, strict=True))
                for order in permutations(chosen)
            ):
                window = range(chosen[0], chosen[0] + distance + 1)
                found |= {(place,) for place in near if place in window}
        return sorted(found)

    def _near(self, near: Near) -> list[Places]:
        stands = [
            [hit for part in _listed(operand) for hit in self.hits_flat(part)]
            for operand in near.operands
        ]
        chains = (
            chain
            for chain in product(*stands)
            if all(
                0 < b[0] - a[-1] <= gap.distance
                or (not gap.ordered and 0 < a[0] - b[-1] <= gap.distance)
                for (a, b), gap in zip(pairwise(chain), near.gaps, strict=True)
            )
        )
        return sorted({hit for chain in chains for hit in chain})

    def hits_flat(self, part: Query) -> list[Places]:
        words = part.words if isinstance(part, Phrase) else (part,)
        return self._phrase(_flat(words))


def _listed(operand: Query) -> Sequence[Query]:
    return operand.operands if isinstance(operand, Or) else (operand,)


def _flat(words: Sequence[Query]) -> list[Query]:
    """A compound stands for its parts side by side, each of which is also the whole."""
    found: list[Query] = []
    for word in words:
        if isinstance(word, Word | Exact) and "-" in word.text:
            found += [Or((type(word)(part), word)) for part in word.text.split("-")]
        else:
            found.append(word)
    return found


class Reference:
    """Rules read slowly over many texts at once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._readings = [Reading(text) for text in texts]
        self._texts = texts
        self._everywhere = (1 << len(texts)) - 1
        self._by_face: defaultdict[str, int] = defaultdict(int)
        self._by_tag: defaultdict[str, int] = defaultdict(int)
        for number, reading in enumerate(self._readings):
            for face in frozenset().union(*reading.faces):
                self._by_face[face] |= 1 << number
            for tag, _ in reading.tags:
                self._by_tag[tag] |= 1 << number
        self._columns: dict[Query, int] = {}

    def match(self, rules: Sequence[tuple[UUID, int, str]]) -> list[list[Match]]:
        """What the engine has to answer for these texts."""
        found: list[list[Match]] = [[] for _ in self._texts]
        for rule_id, version, text in rules:
            query = parse(text)
            for number in _bits(self.column(query)):
                positions = self._positions(query, number)
                found[number].append(Match(rule_id, version, positions))
        return found

    def numbers(self, queries: Sequence[str]) -> list[list[int]]:
        """Which of the queries match each text."""
        found: list[list[int]] = [[] for _ in self._texts]
        for number, query in enumerate(queries):
            for text in _bits(self.column(parse(query))):
                found[text].append(number)
        return found

    def column(self, query: Query) -> int:
        """The texts that match a query."""
        match query:
            case Not(operand):
                return self._everywhere & ~self.column(operand)
            case And(operands):
                column = self._everywhere
                for part in operands:
                    column &= self.column(part)
                return column
            case Or(operands):
                column = 0
                for part in operands:
                    column |= self.column(part)
                return column
        if query not in self._columns:
            self._columns[query] = self._of_term(query)
        return self._columns[query]

    def _of_term(self, term: Query) -> int:
        match term:
            case Tag(name):
                return self._by_tag[name]
            case Phrase(words) | Close(words, _):
                return self._where(term, self.column(And(tuple(_flat(words)))))
            case Near(operands, _):
                parts = [
                    Or(tuple(And(tuple(_flat(_words(part)))) for part in _listed(each)))
                    for each in operands
                ]
                return self._where(term, self.column(And(tuple(parts))))
            case Word(text) | Exact(text) if "-" in text:
                return self._where(term, self._everywhere)
            case Exact(text):
                return self._by_face.get(text, 0)
        column = 0
        for face, texts in self._by_face.items():
            if is_piece(term, face):
                column |= texts
        return column

    def _where(self, term: Query, among: int) -> int:
        return sum(1 << n for n in _bits(among) if self._readings[n].hits(term))

    def _positions(self, query: Query, number: int) -> tuple[tuple[int, int], ...]:
        """Mark every character of what was looked for and hit, then read marks off."""
        reading = self._readings[number]
        marked = bytearray(len(self._texts[number]))
        ends = []
        for term in _looked_for(query, wanted_here=True):
            if isinstance(term, Tag):
                spans = [span for name, span in reading.tags if name == term.name]
            else:
                spans = [
                    (reading.spans[hit[0]][0], reading.spans[hit[-1]][1])
                    for hit in reading.hits(term)
                ]
            for start, end in spans:
                marked[start:end] = b"x" * (end - start)
                ends.append((start, end))
        return _read_off(marked, ends)


def _words(part: Query) -> Sequence[Query]:
    return part.words if isinstance(part, Phrase) else (part,)


def _looked_for(query: Query, *, wanted_here: bool) -> list[Query]:
    match query:
        case Not(operand):
            return _looked_for(operand, wanted_here=not wanted_here)
        case And(operands) | Or(operands):
            return [
                term
                for part in operands
                for term in _looked_for(part, wanted_here=wanted_here)
            ]
    return [query] if wanted_here else []


def _read_off(
    marked: bytearray, spans: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Runs of marks, cut where one span ends and the next begins without overlap."""
    cuts = {
        place
        for place in {start for start, _ in spans}
        if not any(start < place < end for start, end in spans)
    }
    found: list[tuple[int, int]] = []
    for place, mark in enumerate(marked):
        if not mark:
            continue
        if found and found[-1][1] == place and place not in cuts:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return tuple(found)


def _bits(column: int) -> Iterator[int]:
    digits = f"{column:b}"[::-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)
