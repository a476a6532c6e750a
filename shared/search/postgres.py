"""The index kept in PostgreSQL itself: for small regions, tests and demonstrations."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.errors import Conflict, Unavailable
from shared.search import postgres_sql as sql
from shared.search.answer import Found, answer
from shared.search.cursor import Mark
from shared.search.port import FACETS, MOST_COUNTED, Document, Page, Query
from shared.search.postgres_words import Learnt
from shared.search.terms import Term
from shared.search.typos import neighbours
from shared.search.words import words

_BATCH: Final = 500
_SEARCH_TIMEOUT: Final = "2s"
_WRITE_TIMEOUT: Final = "30s"
_MOST_BEGINNINGS: Final = 50
_ALL_REGIONS: Final = "*"


@dataclass(frozen=True, slots=True)
class _Work:
    """A transaction on one index; the first letter of its name is its slot."""

    connection: AsyncConnection
    index: str
    building: str | None

    async def run(self, statement: str, **asked: object) -> Sequence[RowMapping]:
        filled = text(statement.format(slot=self.index[0]))
        result = await self.connection.execute(filled, asked)
        return result.mappings().all() if result.returns_rows else ()


class PostgresSearch:
    """Search over the tables of `postgres_schema`, through an engine of the caller."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._learnt = Learnt()

    async def ready(self) -> None:
        async with self._reading(_ALL_REGIONS):
            pass

    async def prepare(self) -> None:
        """Only look: the tables are made by the migrations."""
        await self.ready()

    async def close(self) -> None:
        """Do nothing: the engine belongs to the caller."""

    async def upsert(
        self, documents: Sequence[Document], *, index: str | None = None
    ) -> None:
        latest = {(each.region_id, each.id): each for each in documents}
        ordered = [latest[key] for key in sorted(latest)]
        for region_id, group in groupby(ordered, key=attrgetter("region_id")):
            for batch in _batches(list(group)):
                await self._put(region_id, batch, index)

    async def delete(self, region_id: int, ids: Collection[UUID]) -> None:
        async with self._writing(region_id) as work:
            await work.run(sql.DELETE, region_id=region_id, ids=list(ids))

    async def search(self, query: Query) -> Page:
        return await answer(self, query)

    async def ids(self, region_id: int, ids: Collection[UUID]) -> set[UUID]:
        async with self._reading(region_id) as work:
            rows = await work.run(sql.PRESENT, region_id=region_id, ids=list(ids))
        return {row["id"] for row in rows}

    async def count(self, region_id: int) -> int:
        async with self._reading(region_id) as work:
            rows = await work.run(sql.COUNT, region_id=region_id)
        return int(rows[0]["documents"])

    async def new_index(self) -> str:
        """Empty the slot not in use; a rebuild begun before can no longer write."""
        async with self._entered(_ALL_REGIONS, _WRITE_TIMEOUT, sql.ENTER) as work:
            index = str((await work.run(sql.NEW_INDEX))[0]["building"])
            await replace(work, index=index).run(sql.EMPTY)
        return index

    async def swap(self, index: str) -> None:
        """Change over; the former index stays as it is until the next rebuild."""
        async with self._entered(_ALL_REGIONS, _WRITE_TIMEOUT, sql.ENTER) as work:
            if not await work.run(sql.SWAP, index=index):
                raise Conflict(f"Index {index} is not the one being built")

    async def find(
        self, query: Query, terms: Sequence[Term], after: Mark | None
    ) -> Found:
        conditions, asked = sql.conditions(query, terms)
        count = sql.facets if query.with_facets else sql.total
        async with self._reading(query.region_id) as work:
            counts = await work.run(count(conditions), **asked)
            total = max((row["documents"] for row in counts), default=0)
            if after:
                conditions += sql.BEHIND
                asked |= {"after_time": after.published_at, "after_id": after.id}
            is_rare = total < MOST_COUNTED
            if not is_rare:
                await work.run(sql.WALK)
            page = sql.page(conditions, is_rare=is_rare)
            rows = await work.run(page, **asked, most=query.limit + 1)
        return Found([Document(**row) for row in rows], total, _facets(counts))

    async def frequencies(
        self, region_id: int, lemmas: Sequence[str]
    ) -> Mapping[str, int]:
        asked = {
            "region_id": region_id,
            "lemmas": list(lemmas),
            "asked": [sql.quoted(lemma) for lemma in lemmas],
            "most": MOST_COUNTED,
        }
        async with self._reading(region_id) as work:
            rows = await work.run(sql.FREQUENCIES, **asked)
        return {row["lemma"]: row["documents"] for row in rows}

    async def similar(self, region_id: int, word: str) -> Collection[tuple[str, str]]:
        asked = {
            "region_id": region_id,
            "neighbours": sorted(neighbours(word)),
            "beginning": f"{word}%",
            "most": _MOST_BEGINNINGS,
        }
        async with self._reading(region_id) as work:
            rows = await work.run(sql.SIMILAR, **asked)
        return [(row["word"], row["lemma"]) for row in rows]

    async def _put(
        self, region_id: int, batch: Sequence[Document], index: str | None
    ) -> None:
        read = [(each, words(each.text)) for each in batch]
        rows = sql.rows(sql.row(document, found) for document, found in read)
        async with self._writing(region_id, index) as work:
            place = (work.index, region_id)
            new = self._learnt.unknown(place, (found for _, found in read))
            if new:
                pairs = [{"word": word, "lemma": lemma} for word, lemma in new]
                await work.run(sql.LEARN, region_id=region_id, rows=sql.rows(pairs))
            await work.run(sql.UPSERT, rows=rows)
        self._learnt.remember(place, new)

    def _reading(self, region_id: int | str) -> AbstractAsyncContextManager[_Work]:
        return self._entered(region_id, _SEARCH_TIMEOUT, sql.ENTER)

    @asynccontextmanager
    async def _writing(
        self, region_id: int, index: str | None = None
    ) -> AsyncIterator[_Work]:
        entered = self._entered(region_id, _WRITE_TIMEOUT, sql.ENTER_TO_WRITE)
        async with entered as work:
            if index not in {None, work.building}:
                raise Conflict(f"Index {index} is not the one being built")
            yield replace(work, index=index or work.index)

    @asynccontextmanager
    async def _entered(
        self, region_id: int | str, patience: str, statement: str
    ) -> AsyncIterator[_Work]:
        asked = {"region": str(region_id), "timeout": patience}
        try:
            async with self._engine.begin() as connection:
                state = (await connection.execute(text(statement), asked)).one()
                yield _Work(connection, state.active, state.building)
        except (DataError, IntegrityError):
            # A document no row can hold: waiting would not heal it.
            raise
        except (DBAPIError, OSError) as error:
            raise Unavailable("The search index in the database failed") from error


def _facets(counts: Sequence[RowMapping]) -> dict[str, dict[str, int]]:
    """Sort the counts by facet; each row of a facet names its value."""
    found: dict[str, dict[str, int]] = {}
    for row in counts:
        for name in FACETS:
            if row.get(name) is not None:
                found.setdefault(name, {})[row[name]] = row["documents"]
    return found


def _batches(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    for start in range(0, len(documents), _BATCH):
        yield documents[start : start + _BATCH]
