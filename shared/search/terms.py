"""What a reader typed, taken apart into terms that a document must contain."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared.search.words import Word, compounds, words

# Meilisearch looks at ten terms and no more; both adapters keep to that.
MOST_TERMS: Final = 10
_MOST_WORDS_OF_PHRASE: Final = 12

_QUOTED: Final = re.compile(r'["«“„]([^"«»“”„]*)["»“”]')

# Words without a meaning of their own: «яма на дороге» also finds «ямы по дорогам».
_PARTICLES: Final = """
    а без бы в во для до ж же за и из или к ко ли на над но о об обо от ото по под при
    про с со то у что чтобы это
"""
_SMALL_WORDS: Final = frozenset(_PARTICLES.split())


@dataclass(frozen=True, slots=True)
class Term:
    """Dictionary forms that stand side by side: one word, a compound or a phrase.

    `forms` are the same words as typed. What was quoted is meant to the letter and
    is never corrected.
    """

    lemmas: tuple[str, ...]
    forms: tuple[str, ...]
    quoted: bool = False


def parse(q: str) -> tuple[Term, ...]:
    """Terms in the order typed, each once; small words only if there are no others."""
    found = list(_terms(q))
    meant = [term for term in found if term.quoted or not _is_small(term)]
    unique = {(term.lemmas, term.quoted): term for term in reversed(meant or found)}
    return tuple(reversed(unique.values()))[:MOST_TERMS]


def correct(terms: Iterable[Term], corrections: Mapping[str, str]) -> tuple[Term, ...]:
    """Exchange words typed (by their form) for the dictionary forms meant."""
    return tuple(
        term if term.quoted else replace(term, lemmas=_corrected(term, corrections))
        for term in terms
    )


def _corrected(term: Term, corrections: Mapping[str, str]) -> tuple[str, ...]:
    pairs = zip(term.forms, term.lemmas, strict=True)
    return tuple(corrections.get(form, lemma) for form, lemma in pairs)


def _terms(q: str) -> Iterator[Term]:
    end = 0
    for quoted in _QUOTED.finditer(q):
        yield from _loose(q[end : quoted.start()])
        end = quoted.end()
        if phrase := words(quoted[1])[:_MOST_WORDS_OF_PHRASE]:
            yield _term(phrase, quoted=True)
    yield from _loose(q[end:])


def _loose(text: str) -> Iterator[Term]:
    return (_term(compound[:_MOST_WORDS_OF_PHRASE]) for compound in compounds(text))


def _term(found: list[Word], *, quoted: bool = False) -> Term:
    return Term(
        tuple(word.lemma for word in found), tuple(word.form for word in found), quoted
    )


def _is_small(term: Term) -> bool:
    return len(term.forms) == 1 and term.forms[0] in _SMALL_WORDS
