"""The SQL of the PostgreSQL index; `{slot}` is one of the two slots, never input."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from hashlib import blake2b
from typing import Final

from shared.search.port import FACETS, MOST_COUNTED, Document, Query
from shared.search.terms import Term
from shared.search.words import Word, storable

_TYPES: Final = {
    "region_id": "int",
    "id": "uuid",
    "published_at": "timestamptz",
    "incident_id": "uuid",
    "incident_number": "int",
    "words": "tsvector",
}
_TABLE: Final = "search.visible_document_{slot}"
_LONGEST_CODE: Final = 100
FIELDS: Final = tuple(each.name for each in fields(Document))
_COLUMNS: Final = (*FIELDS, "words")
_NAMES: Final = ", ".join(_COLUMNS)

ENTER: Final = """
select set_config('otklik.region_id', :region, true),
    set_config('statement_timeout', :timeout, true),
    set_config('plan_cache_mode', 'force_custom_plan', true),
    active, building
from search.state
"""

# A writer holds the row until it commits, so that a change-over cannot pass it by.
ENTER_TO_WRITE: Final = f"{ENTER} for share"

NEW_INDEX: Final = """
update search.state set generation = generation + 1,
    building = case left(active, 1) when 'a' then 'b' else 'a' end || generation + 1
returning building
"""
EMPTY: Final = "truncate search.document_{slot}, search.word_{slot}"
SWAP: Final = """
update search.state set active = building, building = null
where building = :index returning active
"""

# Rows that would not change are left alone: a repeated batch costs no new versions.
UPSERT: Final = (
    f"insert into search.document_{{slot}} as old ({_NAMES})"  # noqa: S608 -- no input
    f" select {_NAMES} from json_to_recordset(cast(:rows as json)) as new("
    + ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in _COLUMNS)
    + ") on conflict (region_id, id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
    + " where old.* is distinct from excluded.*"
)
LEARN: Final = """
insert into search.word_{slot} (region_id, word, lemma)
select :region_id, word, lemma
from json_to_recordset(cast(:rows as json)) as new(word text, lemma text)
order by word, lemma
on conflict do nothing
"""
DELETE: Final = """
delete from search.document_{slot}
where region_id = :region_id and id = any(cast(:ids as uuid[]))
"""
PRESENT: Final = """
select id from search.visible_document_{slot}
where region_id = :region_id and id = any(cast(:ids as uuid[]))
"""
COUNT: Final = """
select count(*) as documents from search.visible_document_{slot}
where region_id = :region_id
"""
FREQUENCIES: Final = """
select lemma, (
    select count(*) from (
        select 1 from search.visible_document_{slot}
        where region_id = :region_id and words @@ cast(asked as tsquery)
        limit :most
    ) as found
) as documents
from unnest(cast(:lemmas as text[]), cast(:asked as text[])) as typed(lemma, asked)
"""
# Makes PostgreSQL walk from the newest also while it has not yet counted its tables.
WALK: Final = "select set_config('enable_sort', 'off', true)"
BEHIND: Final = " and (published_at, id) < (:after_time, :after_id)"
SIMILAR: Final = """
select word, lemma from search.visible_word_{slot}
where region_id = :region_id and word = any(cast(:neighbours as text[]))
union
(select word, lemma from search.visible_word_{slot}
where region_id = :region_id and word like :beginning
order by length(word), word limit :most)
"""


def tsvector(document: Document, words: Sequence[Word]) -> str:
    """Words with their positions, and the fields to filter by as words of their own."""
    positions: dict[str, list[str]] = {}
    for place, word in enumerate(words, start=1):
        positions.setdefault(word.lemma, []).append(str(place))
    found = [f"{quoted(word)}:{','.join(at)}" for word, at in positions.items()]
    return " ".join([*found, *_filters(document)])


def conditions(query: Query, terms: Iterable[Term]) -> tuple[str, dict[str, object]]:
    """What found documents must fulfil, as SQL and its parameters."""
    asked: dict[str, object] = {"region_id": query.region_id}
    clauses = ["region_id = :region_id"]
    for name, operator in (("published_from", ">="), ("published_to", "<")):
        if (limit := getattr(query, name)) is not None:
            clauses.append(f"published_at {operator} :{name}")
            asked[name] = limit
    if wanted := _tsquery(query, terms):
        clauses.append("words @@ cast(:words as tsquery)")
        asked["words"] = wanted
    return " and ".join(clauses), asked


def quoted(lexeme: str) -> str:
    """A word as tsvector and tsquery read it, whatever signs it holds."""
    escaped = storable(lexeme).replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def row(document: Document, words: Sequence[Word]) -> dict[str, object]:
    """A document as JSON can carry it, with its words."""
    values = {
        name: storable(value) if isinstance(value, str) else value
        for name, value in asdict(document).items()
    }
    return values | {"words": tsvector(document, words)}


def rows(documents: Iterable[Mapping[str, object]]) -> str:
    """Many rows as one parameter."""
    return json.dumps(list(documents), ensure_ascii=False, default=str)


def total(conditions: str) -> str:
    """Count the found documents, at most MOST_COUNTED."""
    return f"""
        select count(*) as documents from (
            select 1 from {_TABLE} where {conditions} limit {MOST_COUNTED}
        ) as found
    """  # noqa: S608 -- built of constants


def facets(conditions: str) -> str:
    """Count at most MOST_COUNTED found documents by each facet and in all."""
    names = ", ".join(FACETS)
    return f"""
        with found as materialized (
            select {names} from {_TABLE} where {conditions} limit {MOST_COUNTED}
        )
        select {names}, count(*) as documents
        from found group by grouping sets ((), {", ".join(map("({})".format, FACETS))})
    """  # noqa: S608 -- built of constants


def page(conditions: str, *, is_rare: bool) -> str:
    """The newest documents behind the mark.

    Few are sorted after they have been found by their words. Many are met soon enough
    when walking from the newest; for few, that walk could pass the whole archive.
    """
    names = ", ".join(FIELDS)
    order = "order by published_at desc, id desc"
    if not is_rare:
        return f"select {names} from {_TABLE} where {conditions} {order} limit :most"  # noqa: S608 -- built of constants
    return f"""
        with found as materialized (
            select id, published_at from {_TABLE} where {conditions}
        ), newest as (select id from found {order} limit :most)
        select {names} from {_TABLE}
        where region_id = :region_id and id in (select id from newest) {order}
    """  # noqa: S608 -- built of constants


def _tsquery(query: Query, terms: Iterable[Term]) -> str:
    phrases = [" <-> ".join(map(quoted, term.lemmas)) for term in terms]
    return " & ".join([*(f"({phrase})" for phrase in phrases), *_filters(query)])


def _filters(source: Document | Query) -> list[str]:
    """Fields to filter by, as words that no text can contain for their colon."""
    values = [(name, getattr(source, name)) for name in FACETS]
    return [quoted(f"{name}:{_code(value)}") for name, value in values if value]


def _code(value: str) -> str:
    """Stand in for a value too long to be a word of an index."""
    if len(value) <= _LONGEST_CODE:
        return value
    return blake2b(value.encode("utf-8", "replace"), digest_size=16).hexdigest()
