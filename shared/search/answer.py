"""How a query is answered over any index: find, forgive a slip, cut a page, mark words.

Everything a reader could notice is decided here, so that both adapters answer alike;
they only find documents by exact dictionary forms and tell what words they hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.errors import invalid
from shared.search import cursor
from shared.search.cursor import Mark
from shared.search.forgive import Vocabulary, forgive
from shared.search.highlight import highlight
from shared.search.port import (
    FACETS,
    LARGEST_PAGE,
    MOST_COUNTED,
    Document,
    Hit,
    Page,
    Query,
)
from shared.search.terms import Term, correct, parse


@dataclass(frozen=True, slots=True)
class Found:
    """Documents behind the mark, newest first, at most one more than a page holds.

    Total and facets are of the whole answer, wherever the page starts.
    """

    documents: Sequence[Document]
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Index(Vocabulary, Protocol):
    """What an adapter has to know to answer queries."""

    async def find(
        self, query: Query, terms: Sequence[Term], after: Mark | None
    ) -> Found:
        """Find documents that contain all terms to the letter."""


async def answer(index: Index, query: Query) -> Page:
    """Answer one page; when nothing is found, look for the words that were meant."""
    if not 1 <= query.limit <= LARGEST_PAGE:
        raise invalid("limit", f"A page has 1 to {LARGEST_PAGE} entries")
    terms = parse(query.q)
    if query.q.strip() and not terms:
        return _page(query, terms, Found([]), {})
    mark = cursor.decode(query)
    corrections = mark.corrections if mark else {}
    found = await index.find(query, correct(terms, corrections), mark)
    if mark or found.documents or not terms:
        return _page(query, terms, found, corrections)
    corrections = await forgive(index, query.region_id, terms)
    if corrections:
        found = await index.find(query, correct(terms, corrections), None)
    return _page(query, terms, found, corrections)


def _page(
    query: Query,
    typed: Sequence[Term],
    found: Found,
    corrections: Mapping[str, str],
) -> Page:
    """Cut the page; documents in which we ourselves miss a term are left out.

    Meilisearch answers phrases of three words and more approximately.
    """
    terms = correct(typed, corrections)
    documents = found.documents[: query.limit]
    marked = [(each, highlight(each.text, terms)) for each in documents]
    wanted = FACETS if query.with_facets else ()
    is_last = len(found.documents) <= query.limit
    return Page(
        tuple(Hit(each, spans) for each, spans in marked if spans is not None),
        None if is_last else cursor.encode(query, documents[-1], corrections),
        min(found.total, MOST_COUNTED),
        {name: found.facets.get(name, {}) for name in wanted},
        corrections,
    )
