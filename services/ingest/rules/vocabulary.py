"""Numbers for the terms of all rules, and which of them a word of a text is.

What a word is, is found by looking up the word, its dictionary forms, its beginnings
and its spellings less one letter: the work does not grow with the rules.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from services.ingest.rules.query import Exact, Piece, Prefix, Slip, Word
from services.ingest.rules.words import TOKEN, parts
from shared import russian

Ids = frozenset[int]
Place = tuple[int, int, tuple[int, ...]]
"""First and last character of a token in a piece, and numbers of one of its parts."""

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


class WordCache(dict[str, tuple[int, ...]]):
    """The numbers of each piece of text between two spaces: of all tokens in it.

    Looked up as it stands, punctuation and all, so that a text of known words is not
    searched for words. Two generations bound it: when the young one has `limit` pieces
    it becomes the old one, and what is asked for again comes back. Long pieces are
    not kept. Forms of a word share their numbers, which saves waiting for memory.
    """

    def __init__(self, vocabulary: Vocabulary, limit: int) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._limit = limit
        self._old: dict[str, tuple[int, ...]] = {}
        self._shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        self.layouts = _LayoutCache(self, vocabulary, limit)

    def __missing__(self, piece: str) -> tuple[int, ...]:
        found = self._old.get(piece)
        if found is None:
            found = tuple(sorted(self._numbers(piece)))
        if len(piece) <= russian.LONGEST_WORD:
            if len(self) >= self._limit:
                self._old = dict(self)
                self.clear()
                self._shared.clear()
            self[piece] = found = self._shared.setdefault(found, found)
        return found

    def _numbers(self, piece: str) -> Iterable[int]:
        tokens = TOKEN.findall(piece)
        if tokens == [piece]:
            return self._vocabulary.of_token(piece)
        return {number for token in tokens for number in self[token]}


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
            listed = (self._words[token],) if is_one else of_parts(token)
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
