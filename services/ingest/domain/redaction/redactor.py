"""Replaces personal data in a text by marks."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from services.ingest.domain.redaction.contacts import contacts
from services.ingest.domain.redaction.dwellings import dwellings
from services.ingest.domain.redaction.marks import (
    MARKS,
    NameKindOf,
    PersonalData,
    Redacted,
    Span,
)
from services.ingest.domain.redaction.names import names
from services.ingest.domain.redaction.numbers import numbers

# A mark can lay bare what stood close to it: «89000000000тел. 22-33-44».
_MOST_ROUNDS: Final = 5


def redact(text: str, *, name_kind: NameKindOf) -> Redacted:
    """Replace phones, addresses, numbers, flats and names of people by marks.

    `name_kind` says of a capitalised word whether it is a name, a surname or a
    patronymic. The place of the problem, street and house, stays. Redacting the
    result again changes nothing.
    """
    spans = _found(text, name_kind)
    result = Redacted(_marked(text, spans), spans) if spans else Redacted(text, ())
    for _ in range(_MOST_ROUNDS if spans else 0):
        more = _found(result.text, name_kind)
        if not more:
            break
        both = [*result.spans, *_in_original(more, result.spans)]
        spans = tuple(_apart(both))
        result = Redacted(_marked(text, spans), spans)
    return result


def _found(text: str, name_kind: NameKindOf) -> tuple[Span, ...]:
    found = [*contacts(text), *numbers(text), *dwellings(text), *names(text, name_kind)]
    return tuple(span for span in _apart(found) if span.kind is not PersonalData.URL)


def _apart(found: list[Span]) -> Iterator[Span]:
    """Leave no two spans that overlap: the one that starts first takes the rest in.

    Of spans with one start the first found counts, and a link that is kept keeps
    all that was found inside it.
    """
    current: Span | None = None
    for span in sorted(found, key=lambda each: each.start):
        if current is None or span.start >= current.end:
            if current is not None:
                yield current
            current = span
        elif _may_grow(current, span):
            current = current._replace(end=max(current.end, span.end))
    if current is not None:
        yield current


def _may_grow(current: Span, span: Span) -> bool:
    kinds = {current.kind, span.kind}
    return len(kinds) == 1 or PersonalData.URL not in kinds


def _marked(text: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, kind in spans:
        parts += [text[position:start], MARKS[kind]]
        position = end
    return "".join([*parts, text[position:]])


def _in_original(more: Iterable[Span], marked: Sequence[Span]) -> Iterator[Span]:
    """Spans found in the marked text, by their places in the original.

    `starts` and `ends` are the places of the marks in the marked text.
    """
    growth = [len(MARKS[span.kind]) - (span.end - span.start) for span in marked]
    ends = [s.end + total for s, total in zip(marked, accumulate(growth), strict=True)]
    starts = [
        end - len(MARKS[span.kind]) for end, span in zip(ends, marked, strict=True)
    ]

    def original(position: int, marks_before: int) -> int:
        if marks_before == 0:
            return position
        last = marks_before - 1
        return marked[last].end + max(position - ends[last], 0)

    for start, end, kind in more:
        first = bisect_right(ends, start)
        begin = min([start, *starts[first : first + 1]])
        last = bisect_right(starts, end - 1)
        yield Span(original(begin, first), original(end, last), kind)
