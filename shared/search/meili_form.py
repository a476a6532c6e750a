"""The form in which documents and questions are put to Meilisearch, and its settings.

Meilisearch knows no Russian word forms. It gets the dictionary forms of a text as a
field of their own, and every word of a question in quotes: that is its way to look
for exactly this word, without prefixes and typos. The words as spelt are searchable
too, but only to find some that are much like a misspelt one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from shared.search.cursor import Mark, microseconds, moment
from shared.search.port import FACETS, MOST_COUNTED, Document, Query
from shared.search.terms import Term
from shared.search.typos import SHORTEST
from shared.search.words import storable, words

KEY: Final = "key"
LEMMAS: Final = "lemmas"
FORMS: Final = "forms"
_PUBLISHED: Final = "published"
_OWN: Final = frozenset({KEY, LEMMAS, FORMS, _PUBLISHED})

# A slip in the first letter counts as two for Meilisearch; it may make two from four
# letters on, and what is too far is left out by us.
SETTINGS: Final[Mapping[str, Any]] = {
    "searchableAttributes": [LEMMAS, FORMS],
    "filterableAttributes": ["region_id", "id", _PUBLISHED, *FACETS],
    "sortableAttributes": [_PUBLISHED, "id"],
    "rankingRules": ["sort", "typo"],
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": SHORTEST, "twoTypos": SHORTEST},
    },
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["rus"]}],
    "pagination": {"maxTotalHits": MOST_COUNTED},
    "faceting": {"maxValuesPerFacet": 1_000},
    "facetSearch": False,
    "searchCutoffMs": 2_000,
}
NEWEST_FIRST: Final = [f"{_PUBLISHED}:desc", "id:desc"]


def key(region_id: int, identity: UUID) -> str:
    """The primary key: two regions may know a post by the same id."""
    return f"{region_id}-{identity}"


def to_fields(document: Document) -> dict[str, object]:
    """A document as Meilisearch keeps it."""
    values = {name: _plain(value) for name, value in asdict(document).items()}
    del values["published_at"]
    found = words(document.text)
    return values | {
        KEY: key(document.region_id, document.id),
        _PUBLISHED: microseconds(document.published_at),
        LEMMAS: " ".join(word.lemma for word in found),
        # Words of a list stand far apart for Meilisearch: it keeps no pairs of them,
        # which would fill most of its disk.
        FORMS: sorted({word.form for word in found} - {word.lemma for word in found}),
    }


def to_document(values: Mapping[str, Any]) -> Document:
    """A document as it was put in."""
    shown = {name: value for name, value in values.items() if name not in _OWN}
    incident = values["incident_id"]
    return Document(
        **shown
        | {
            "id": UUID(values["id"]),
            "published_at": moment(int(values[_PUBLISHED])),
            "incident_id": UUID(incident) if incident else None,
        }
    )


def question(terms: Iterable[Term]) -> str:
    """All terms as phrases: dictionary forms that must be found as they are."""
    return " ".join(f'"{" ".join(term.lemmas)}"' for term in terms)


def conditions(query: Query, after: Mark | None = None) -> str:
    """Region, dates and filters, and what lies behind a mark."""
    clauses = [in_region(query.region_id)]
    if query.published_from is not None:
        clauses.append(f"{_PUBLISHED} >= {microseconds(query.published_from)}")
    if query.published_to is not None:
        clauses.append(f"{_PUBLISHED} < {microseconds(query.published_to)}")
    values = [(name, getattr(query, name)) for name in FACETS]
    clauses += [
        f"{name} = {_quoted(value)}" for name, value in values if value is not None
    ]
    return " AND ".join(clauses + ([_behind(after)] if after else []))


def in_region(region_id: int) -> str:
    """The condition no search goes without."""
    return f"region_id = {region_id:d}"


def _behind(mark: Mark) -> str:
    at = microseconds(mark.published_at)
    return f"({_PUBLISHED} < {at} OR ({_PUBLISHED} = {at} AND id < {_quoted(mark.id)}))"


def _quoted(value: object) -> str:
    escaped = storable(str(value)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case str():
            return storable(value)
        case _:
            return value
