"""Which rules stand at VK's stream for our searches, and which have had their time.

Rules belong to the application, so other sources, other regions and other programs
have theirs beside ours. A rule of Otklik is a lease: its tag names the key's owner, the
words and the day it was last wanted. Who wants it renews it daily; whoever finds one
that has run out removes it. Rules of other programs are never touched.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Final

from services.ingest.sources.vk.stream_errors import (
    BAD_RULE,
    TOO_MANY_RULES,
    TOO_MANY_WORDS,
    numbered,
)

MOST_RULES: Final = 300
MOST_WORDS: Final = 100
MOST_BYTES: Final = 4096
LEASE_DAYS: Final = 2

_OURS: Final = "otklik"
_PARTS: Final = 4


@dataclass(frozen=True, slots=True)
class Tag:
    """The tag of one of our rules: `otklik:<owner>:<words>:<day>`, 40 bytes or so."""

    owner: str
    words: str
    day: int

    def __str__(self) -> str:
        return f"{_OURS}:{self.owner}:{self.words}:{self.day}"

    def is_same_rule(self, other: "Tag") -> bool:
        return (self.owner, self.words) == (other.owner, other.words)


@dataclass(frozen=True, slots=True)
class Changes:
    """What has to be done at the endpoint: add first, so that nothing goes unheard."""

    add: str | None
    remove: tuple[str, ...]


def tag_for(owner: str, words: str, today: date) -> Tag:
    """Name the rule of a search; `owner` tells regions with the same key apart."""
    return Tag(_digest(owner), _digest(words), today.toordinal())


def read(tag: str) -> Tag | None:
    """Read a tag; None for one of another program."""
    parts = tag.split(":")
    if len(parts) != _PARTS or parts[0] != _OURS or not parts[3].isdecimal():
        return None
    return Tag(parts[1], parts[2], int(parts[3]))


def changes(rules: Mapping[str, str], wanted: Tag, words: str) -> Changes:
    """Say what to change so that our rule stands; raises `SourceError` if it can not.

    Nothing is changed while all is as it should be.
    """
    ours = {tag: known for tag in rules if (known := read(tag)) is not None}
    stands = str(wanted) in rules
    is_old = {
        tag
        for tag, known in ours.items()
        if wanted.day - known.day > LEASE_DAYS
        or (known.is_same_rule(wanted) and known != wanted)
    }
    if not stands:
        _check(words, len(rules) - len(is_old))
    return Changes(None if stands else str(wanted), tuple(sorted(is_old)))


def heard_for(
    tags: Iterable[object], rules: Mapping[str, str], wanted: Tag
) -> str | None:
    """Name the search an event is for: our own if it can be; None for nobody's here.

    Only searches of the same owner count: posts of other regions are not ours.
    """
    told = [each for each in tags if isinstance(each, str)]
    ours = [tag for tag in told if (known := read(tag)) and known.owner == wanted.owner]
    own = [tag for tag in ours if (known := read(tag)) and known.is_same_rule(wanted)]
    return next((rules[tag] for tag in (*own, *ours) if tag in rules), None)


def _check(words: str, standing: int) -> None:
    """Refuse what VK would refuse, in its own codes."""
    if len(words.encode()) > MOST_BYTES:
        raise numbered(BAD_RULE, f"a rule has {MOST_BYTES} bytes at most")
    if len(words.split()) > MOST_WORDS:
        raise numbered(TOO_MANY_WORDS, f"a rule has {MOST_WORDS} words at most")
    if standing >= MOST_RULES:
        raise numbered(TOO_MANY_RULES, f"a key has {MOST_RULES} rules at most")


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()
