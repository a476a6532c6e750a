"""Numbers for the terms of all rules, and which of them a word of a text is.

What a word is, is found by looking up the word, its dictionary forms, its beginnings
and its spellings less one letter: the work does not grow with the rules.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from services.ingest.rules.query import Exact, Piece, Prefix, Slip, Word
from services.ingest.rules.words import TOKEN, parts
from shared import russian

Ids = frozenset[int]
Place = tuple[int, int, tuple[int, ...]]
"""First and last character of a token in a piece, and numbers of one of its parts."""

LONG: Final = -1
"""Stands for any piece of text that is not remembered."""

SEVERAL: Final = 1 << 30
"""From here on a number stands for several terms; no set of rules has so many."""

_NONE: Final[Ids] = frozenset()
_SHORT: Final = 16


class Vocabulary:
    """Terms by number, from 1 to `count`.

    Add all terms of all rules first, then ask for words.
    """

    def __init__(self) -> None:
        self.count = 0
        self._lemmas: dict[str, int] = {}
        self._forms: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self._slips: dict[str, int] = {}
        self._lemma_starts: set[str] = set()
        self._start_sizes: tuple[int, ...] = ()
        self._slip_forms: dict[int, frozenset[str]] = {}
        self._by_variant: defaultdict[str, list[int]] = defaultdict(list)

    def new(self) -> int:
        """Number something that is no word: a hashtag, a field."""
        self.count += 1
        return self.count

    def add(self, piece: Piece) -> Ids:
        """Number a piece; a text has it when it has one of these numbers."""
        match piece:
            case Word(text):
                return frozenset(map(self._lemma, wanted(text)))
            case Exact(text):
                return frozenset({self._numbered(self._forms, text)})
            case Prefix(start):
                return frozenset({self._start(start)})
            case Slip(text):
                return frozenset(map(self._lemma, wanted(text))) | {self._slip(text)}

    def of_token(self, token: str) -> Ids:
        """Numbers of all a token is: of the whole and of the parts of a compound."""
        pieces = parts(token)
        if len(pieces) == 1:
            return self._of_form(pieces[0])
        return frozenset().union(*set(self.of_parts(token)))

    def of_parts(self, token: str) -> tuple[Ids, ...]:
        """Numbers for each part of a token; every part is also the whole."""
        pieces = parts(token)
        if len(pieces) == 1:
            return (self._of_form(pieces[0]),)
        whole = self._of_form("-".join(pieces))
        known = {piece: self._of_form(piece) | whole for piece in set(pieces)}
        return tuple(known[piece] for piece in pieces)

    def _of_form(self, form: str) -> Ids:
        found = {self._lemmas[each] for each in self._possible_lemmas(form)}
        if (number := self._forms.get(form)) is not None:
            found.add(number)
        for size in self._start_sizes:
            if (number := self._starts.get(form[:size])) is not None:
                found.add(number)
        if self._by_variant:
            found.update(self._slips_near(form))
        return frozenset(found) if found else _NONE

    def _possible_lemmas(self, form: str) -> Iterator[str]:
        """Dictionary forms that rules name.

        The dictionary is not asked about a word it lacks when no rule names a word
        that begins alike: guesses keep the beginning, and guessing is slow.
        """
        if form[: russian.START] in self._lemma_starts or russian.is_known(form):
            return filter(self._lemmas.__contains__, russian.readings(form))
        return iter(())

    def _slips_near(self, form: str) -> Iterator[int]:
        near = {
            number
            for variant in variants(form)
            for number in self._by_variant.get(variant, ())
        }
        for number in near:
            if any(is_slip(form, meant) for meant in self._slip_forms[number]):
                yield number

    def _lemma(self, lemma: str) -> int:
        self._lemma_starts.add(lemma[: russian.START])
        return self._numbered(self._lemmas, lemma)

    def _start(self, start: str) -> int:
        if len(start) not in self._start_sizes:
            self._start_sizes = (*self._start_sizes, len(start))
        return self._numbered(self._starts, start)

    def _slip(self, text: str) -> int:
        known = self._slips.get(text)
        if known is not None:
            return known
        number = self._numbered(self._slips, text)
        self._slip_forms[number] = slip_forms(text)
        for form in self._slip_forms[number]:
            for variant in variants(form):
                numbers = self._by_variant[variant]
                if number not in numbers:
                    numbers.append(number)
        return number

    def _numbered(self, table: dict[str, int], key: str) -> int:
        number = table.get(key)
        if number is None:
            number = table[key] = self.new()
        return number


class WordCache(dict[str, int]):
    """What each piece of text between two spaces is, with all tokens in it.

    The number of the one term it stands for, 0 for none, LONG for a piece too long to
    be kept, or else a number above those of all terms, of which `several` tells what
    it stands for: most pieces are one term or none, and a set of plain numbers is made
    without waiting for the memory of anything else. Pieces are looked up as they stand,
    punctuation and all, so that a text of known words is not searched for words.

    Two generations bound it: when the young one has `limit` pieces it becomes the old
    one, and what is asked for again comes back.
    """

    def __init__(self, vocabulary: Vocabulary, limit: int) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._limit = limit
        self._old: dict[str, int] = {}
        self._kinds: dict[tuple[int, ...], int] = {}
        self._last = SEVERAL - 1
        self._generation = 0
        self._odd = {LONG}
        self.several: dict[int, tuple[int, ...]] = {}
        self.layouts = _LayoutCache(self, vocabulary, limit)

    def __missing__(self, piece: str) -> int:
        if len(piece) > russian.LONGEST_WORD:
            return LONG
        if len(self) >= self._limit:
            self._grow_old()
        kind = self._old.get(piece)
        if kind is None:
            kind = self._kind(tuple(sorted(self._numbers(piece))))
        self[piece] = kind
        return kind

    def ids_of(self, pieces: Sequence[str]) -> set[int]:
        """Give the numbers of all terms that the pieces of a text stand for."""
        generation = self._generation
        found = set(map(self.__getitem__, pieces))
        if self._generation > generation + 1:  # more words than are kept
            return {each for piece in pieces for each in self.numbers_of(piece)}
        if not found.isdisjoint(self._odd):
            odd = found & self._odd
            found -= odd
            for kind in odd:
                found.update(self.several.get(kind, ()))
            if LONG in odd:
                long = [each for each in pieces if len(each) > russian.LONGEST_WORD]
                found.update(*map(self._numbers, long))
        found.discard(0)
        return found

    def numbers_of(self, piece: str) -> tuple[int, ...]:
        """Give the numbers of all terms that one piece stands for."""
        kind = self[piece]
        if kind == LONG:
            return tuple(self._numbers(piece))
        return self.several.get(kind) or ((kind,) if kind else ())

    def _numbers(self, piece: str) -> Iterable[int]:
        tokens = TOKEN.findall(piece)
        if tokens == [piece]:
            return self._vocabulary.of_token(piece)
        return {number for token in tokens for number in self.numbers_of(token)}

    def _kind(self, numbers: tuple[int, ...]) -> int:
        if len(numbers) < 2:  # noqa: PLR2004 -- one or none
            return numbers[0] if numbers else 0
        kind = self._kinds.get(numbers)
        if kind is None:
            self._last = kind = self._last + 1
            self._kinds[numbers] = kind
            self.several[kind] = numbers
            self._odd.add(kind)
        return kind

    def _grow_old(self) -> None:
        """Make the young generation the old one, and forget what none of it is."""
        self._generation += 1
        self._old = dict(self)
        self.clear()
        for kind in self.several.keys() - set(self._old.values()):
            del self._kinds[self.several.pop(kind)]
            self._odd.remove(kind)


class _LayoutCache(dict[str, tuple[Place, ...]]):
    """Where in a piece each part of each token stands, and its numbers.

    Like the numbers above, with one generation: it is asked for hits alone.
    """

    def __init__(self, words: WordCache, vocabulary: Vocabulary, limit: int) -> None:
        super().__init__()
        self._words = words
        self._vocabulary = vocabulary
        self._limit = limit

    def __missing__(self, piece: str) -> tuple[Place, ...]:
        found = tuple(self._placed(piece))
        if len(piece) <= russian.LONGEST_WORD:
            if len(self) >= self._limit:
                self.clear()
            self[piece] = found
        return found

    def _placed(self, piece: str) -> Iterator[Place]:
        for found in TOKEN.finditer(piece):
            token = found.group()
            is_one = token.isalnum()
            of_parts = self._vocabulary.of_parts
            listed = (self._words.numbers_of(token),) if is_one else of_parts(token)
            for numbers in listed:
                yield found.start(), found.end(), tuple(numbers)


def compact(group: Collection[int]) -> Collection[int]:
    """Keep a short group as a tuple: it takes an eighth of the memory of a set."""
    return tuple(group) if len(group) <= _SHORT else frozenset(group)


def wanted(text: str) -> tuple[str, ...]:
    """Dictionary forms a word of a query stands for.

    A dictionary form stands for itself («мыло» is soap, not «мыть»), another form for
    all it may belong to.
    """
    readings = russian.readings(text)
    return (text,) if text in readings else readings


def slip_forms(text: str) -> frozenset[str]:
    """Forms of a word long enough to be told from other words after a slip."""
    forms: Iterable[str] = {text}.union(*map(russian.forms, wanted(text)))
    return frozenset(form for form in forms if len(form) >= len(text) - 1)


def variants(form: str) -> set[str]:
    """The form and the form less one letter; forms a slip apart have one in common."""
    if len(form) > russian.LONGEST_WORD:
        return {form}
    return {form} | {form[:place] + form[place + 1 :] for place in range(len(form))}


def is_slip(form: str, meant: str) -> bool:
    """Say whether one letter is wrong, missing, extra or swapped with the next."""
    if form == meant:
        return True
    same = 0
    shorter = min(len(form), len(meant))
    while same < shorter and form[same] == meant[same]:
        same += 1
    a, b = form[same:], meant[same:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[2:] == b[2:] and a[:2] == b[1::-1])
    return a[1:] == b or a == b[1:]
