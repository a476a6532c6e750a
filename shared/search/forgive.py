"""Which words were meant when those typed stand nowhere in the region's archive."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Protocol

from shared.search.terms import Term
from shared.search.typos import is_near, may_be_misspelt

# A beginning shorter than this completes to too many words to choose from.
_SHORTEST_BEGINNING: Final = 3


class Vocabulary(Protocol):
    """The words of a region's documents."""

    async def frequencies(
        self, region_id: int, lemmas: Sequence[str]
    ) -> Mapping[str, int]:
        """Count the documents with each dictionary form, up to MOST_COUNTED."""

    async def similar(self, region_id: int, word: str) -> Collection[tuple[str, str]]:
        """Name words (as spelt, dictionary form) much like this one.

        Those one slip away and some that begin with it; others do no harm.
        """


async def forgive(
    vocabulary: Vocabulary, region_id: int, terms: Sequence[Term]
) -> Mapping[str, str]:
    """For each word typed but never seen, the likeliest dictionary form that was.

    A slip put right comes first; the last word may also be an unfinished one. The
    answer is empty if a word stays unexplained: then nothing can be found anyway.
    """
    typed = list(_typed(terms))
    seen = await vocabulary.frequencies(region_id, [lemma for _, lemma in typed])
    corrections: dict[str, str] = {}
    for place, word in enumerate(typed, start=1):
        if seen.get(word[1]):
            continue
        meant = await _respelt(vocabulary, region_id, word)
        if meant is None and place == len(typed):
            meant = await _completed(vocabulary, region_id, word[0])
        if meant is None:
            return {}
        corrections[word[0]] = meant
    return corrections


def _typed(terms: Sequence[Term]) -> Iterator[tuple[str, str]]:
    for term in terms:
        if not term.quoted:
            yield from zip(term.forms, term.lemmas, strict=True)


async def _respelt(
    vocabulary: Vocabulary, region_id: int, typed: tuple[str, str]
) -> str | None:
    """Compare with words as spelt: «дорге» is one slip from «дороге», not «дорога»."""
    spellings = {each for each in typed if may_be_misspelt(each)}
    near = {
        meant
        for spelling in spellings
        for word, meant in await vocabulary.similar(region_id, spelling)
        if is_near(word, spelling)
    }
    return await _most_frequent(vocabulary, region_id, near)


async def _completed(
    vocabulary: Vocabulary, region_id: int, beginning: str
) -> str | None:
    if len(beginning) < _SHORTEST_BEGINNING or not beginning.isalpha():
        return None
    similar = await vocabulary.similar(region_id, beginning)
    longer = {meant for word, meant in similar if word.startswith(beginning)}
    return await _most_frequent(vocabulary, region_id, longer)


async def _most_frequent(
    vocabulary: Vocabulary, region_id: int, lemmas: Collection[str]
) -> str | None:
    if not lemmas:
        return None
    counts = await vocabulary.frequencies(region_id, sorted(lemmas))
    ranked = sorted((-count, lemma) for lemma, count in counts.items() if count)
    return ranked[0][1] if ranked else None
