"""The tables of the index in PostgreSQL: statements that are safe to run again.

There are two slots, `a` and `b`. One is in use; a rebuild empties and fills the other
and then changes over by one update; so no table is made or dropped at run time and
the services need no right to do so.

Reading goes through views. Row-level security alone would forbid the index on words:
`@@` is not leakproof, so PostgreSQL must not look it up before the policy is applied.
A view of the owner with the same condition has no such trouble. Writing goes to the
tables, by key, under the policy.
"""

from typing import Final

SCHEMA: Final = "search"
SLOTS: Final = ("a", "b")
_TABLES: Final = ("document", "word")

# Workers that serve all regions say '*'; who says nothing sees nothing. As subqueries
# the setting is read once for a statement, not once for a row.
_SAID: Final = "current_setting('otklik.region_id', true)"
_OWN_REGION: Final = (
    f"(select {_SAID} = '*') or"
    f" region_id = (select nullif(nullif({_SAID}, ''), '*')::int)"
)

# An index is named by its slot and the number of the rebuild that filled it.
_STATE: Final = """
create table if not exists search.state (
    only_row boolean primary key default true check (only_row),
    active text not null check (active ~ '^[ab][0-9]+$'),
    building text check (building ~ '^[ab][0-9]+$'),
    generation int not null
)
"""

_FIRST_STATE: Final = """
insert into search.state (active, generation) values ('a0', 0) on conflict do nothing
"""

_DOCUMENT: Final = """
create table if not exists search.document_{slot} (
    region_id int not null,
    id uuid not null,
    network text not null,
    kind text not null,
    source_name text not null,
    url text,
    published_at timestamptz not null,
    text text not null,
    topic text,
    topic_name text,
    municipality text,
    municipality_name text,
    incident_id uuid,
    incident_number int,
    status text not null,
    words tsvector not null,
    primary key (region_id, id)
)
"""

_WORD: Final = """
create table if not exists search.word_{slot} (
    region_id int not null,
    word text collate "C" not null,
    lemma text collate "C" not null,
    primary key (region_id, word, lemma)
)
"""

_VIEW: Final = """
create or replace view search.visible_{table} as
select * from search.{table} where {own_region}
"""

_INDEXES: Final = (
    """
    create index if not exists document_{slot}_words
    on search.document_{slot} using gin (words)
    """,
    """
    create index if not exists document_{slot}_newest
    on search.document_{slot} (region_id, published_at desc, id desc)
    """,
)


def create() -> list[str]:
    """Statements that make schema, tables, policies and views where they are absent."""
    return [
        "create schema if not exists search",
        _STATE,
        _FIRST_STATE,
        *(statement for slot in SLOTS for statement in _of_slot(slot)),
    ]


def grant(role: str) -> list[str]:
    """Statements that let a role read and write the index of its regions."""
    names = [f"{table}_{slot}" for table in _TABLES for slot in SLOTS]
    views = ", ".join(f"search.visible_{name}" for name in names)
    tables = ", ".join(f"search.{name}" for name in names)
    return [
        f"grant usage on schema search to {role}",
        f"grant select, update on search.state to {role}",
        f"grant select on {views} to {role}",
        f"grant select, insert, update, delete, truncate on {tables} to {role}",
    ]


def drop() -> list[str]:
    """Statements that take everything away again."""
    return ["drop schema if exists search cascade"]


def _of_slot(slot: str) -> list[str]:
    statements = [_DOCUMENT, _WORD, *_INDEXES]
    made = [statement.format(slot=slot) for statement in statements]
    for table in _TABLES:
        made += _guarded(f"{table}_{slot}")
    return made


def _guarded(table: str) -> list[str]:
    """Bind a table to the region of the transaction, and open a view onto it."""
    return [
        f"alter table search.{table} enable row level security",
        f"drop policy if exists own_region on search.{table}",
        f"create policy own_region on search.{table} using ({_OWN_REGION})",
        _VIEW.format(table=table, own_region=_OWN_REGION),
    ]
