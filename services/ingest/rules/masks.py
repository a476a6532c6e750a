"""Places of words as the bits of one number: phrases and distances are shifts.

Bit n is the nth word of a text. The work is the length of the text over the width of
a machine word, whatever repeats in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_SHORT: Final = 512
_BLOCK: Final = 4_096
_IN_BLOCK: Final = (1 << _BLOCK) - 1


def mask(places: Sequence[int]) -> int:
    """Set the bits of these places, in any order."""
    if not places:
        return 0
    size = max(places) + 1
    if size <= _SHORT:
        found = 0
        for place in places:
            found |= 1 << place
        return found
    cells = bytearray(size // 8 + 1)
    for place in places:
        cells[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(cells, "little")


def places(found: int) -> Iterator[int]:
    """Yield the set bits, lowest first."""
    digits = bin(found)[:1:-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def after(found: int, distance: int) -> int:
    """Places 1 to `distance` behind a set bit."""
    spread, width = found << 1, 1
    while width < distance:
        step = min(width, distance - width)
        spread |= spread << step
        width += step
    return spread


def before(found: int, distance: int) -> int:
    """Places 1 to `distance` in front of a set bit."""
    spread, width = found >> 1, 1
    while width < distance:
        step = min(width, distance - width)
        spread |= spread >> step
        width += step
    return spread


def phrase(words: Iterable[int]) -> int:
    """Places where the first of words that follow each other stands."""
    found = -1
    for shift, word in enumerate(words):
        found &= word >> shift
        if not found:
            break
    return found


def close(words: Sequence[int], distance: int) -> int:
    """Places of all words in windows that hold each word once.

    A window reaches `distance` places behind its first. A place serves one word only.
    """
    anywhere, starts = 0, -1
    for word in words:
        anywhere |= word
        starts &= word | before(word, distance)
    starts &= anywhere
    if starts and not _are_apart(words):
        starts = _distinct(words, starts, distance)
    return anywhere & (starts | after(starts, distance))


def _are_apart(words: Sequence[int]) -> bool:
    seen = 0
    for word in words:
        if seen & word:
            return False
        seen |= word
    return True


def _distinct(words: Sequence[int], starts: int, distance: int) -> int:
    """Keep the windows in which every word finds a place of its own.

    Works through the text in blocks, so that the numbers stay short.
    """
    window = (1 << (distance + 1)) - 1
    seen = (1 << (_BLOCK + distance)) - 1
    kept = []
    for base in range(0, starts.bit_length(), _BLOCK):
        here = [word >> base & seen for word in words]
        kept += [
            base + start
            for start in places(starts >> base & _IN_BLOCK)
            if _fits([word >> start & window for word in here])
        ]
    return mask(kept)


def _fits(words: Sequence[int]) -> bool:
    """Say whether the words can be given different places.

    Words that have as many places each as there are words always can; the others are
    tried (augmenting paths).
    """
    if min(map(int.bit_count, words)) >= len(words):
        return True
    taken: dict[int, int] = {}

    def give(number: int, tried: set[int]) -> bool:
        for place in places(words[number]):
            if place in tried:
                continue
            tried.add(place)
            if place not in taken or give(taken[place], tried):
                taken[place] = number
                return True
        return False

    return all(give(number, set()) for number in range(len(words)))
