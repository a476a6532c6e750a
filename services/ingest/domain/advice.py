"""Which excluded word would have made a rule better."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

FEWEST_ACCEPTED: Final = 5
FEWEST_REMOVED: Final = 3
SMALLEST_SHARE: Final = 0.1
MOST_TRIED: Final = 10


def words_to_try(
    rejected: Sequence[AbstractSet[str]], accepted: Sequence[AbstractSet[str]]
) -> list[str]:
    """Name words of rejected hits that no accepted hit has, the most frequent first.

    A word that fewer than FEWEST_REMOVED of the rejected hits have, or fewer than
    SMALLEST_SHARE of them, is not worth a change. With fewer than FEWEST_ACCEPTED
    accepted hits nobody can say what would be lost: then there is no advice.
    """
    if len(accepted) < FEWEST_ACCEPTED:
        return []
    needed = fewest_removed(len(rejected))
    counts = Counter(word for words in rejected for word in words)
    spared = set().union(*accepted)
    useful = [
        (-count, word)
        for word, count in counts.items()
        if count >= needed and word not in spared
    ]
    return [word for _, word in sorted(useful)[:MOST_TRIED]]


def fewest_removed(rejected: int) -> int:
    """Say how many of the rejected hits a word must remove at least."""
    return max(FEWEST_REMOVED, round(SMALLEST_SHARE * rejected))
