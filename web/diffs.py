"""What changed between two wordings of a reply, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
# Fewer common words between two changes only make the comparison flicker.
_KEPT_WORDS = 3
# Past this the comparison may take seconds, and nobody reads it word by word.
_LONGEST = 6_000


@dataclass(frozen=True, slots=True)
class Change:
    """A run of text that stayed, came or went."""

    text: str
    kind: str  # same | added | removed


def changes(before: str, after: str) -> tuple[Change, ...]:
    """Compare two wordings; removed words stand before what replaced them."""
    if before == after:
        return (Change(after, "same"),)
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) + len(new) > _LONGEST:
        return (Change(before, "removed"), Change(after, "added"))
    told: list[Change] = []
    removed, added = "", ""
    for kept, gone, come in _runs(old, new):
        if kept:
            told += _pair(removed, added)
            told.append(Change(kept, "same"))
            removed, added = "", ""
        removed, added = removed + gone, added + come
    return tuple(told + _pair(removed, added))


def _pair(removed: str, added: str) -> list[Change]:
    both = (Change(removed, "removed"), Change(added, "added"))
    return [change for change in both if change.text]


def _runs(old: list[str], new: list[str]) -> list[tuple[str, str, str]]:
    """List (kept, gone, come); a lone common word between changes counts as changed."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    steps = matcher.get_opcodes()
    runs = []
    for place, (tag, a, b, c, d) in enumerate(steps):
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        is_edge = place in {0, len(steps) - 1}
        if tag == "equal" and (is_edge or _is_worth_keeping(gone)):
            runs.append((gone, "", ""))
        else:
            runs.append(("", gone, come))
    return runs


def _is_worth_keeping(text: str) -> bool:
    return len(_WORD.findall(text)) >= _KEPT_WORDS
