"""The index kept by a Meilisearch server: for regions with millions of posts."""

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID, uuid4

from shared.errors import Conflict, Unavailable
from shared.search import meili_form as form
from shared.search.answer import Found, answer
from shared.search.cursor import Mark
from shared.search.port import FACETS, Document, Page, Query
from shared.search.terms import Term
from shared.search.words import words

if TYPE_CHECKING:
    from meilisearch_python_sdk import AsyncClient
    from meilisearch_python_sdk.models.search import SearchResultsWithUID
    from meilisearch_python_sdk.models.task import TaskInfo

# Meilisearch is slow at many small updates and good at few large ones.
_BATCH: Final = 2_000
_ANSWER_SECONDS: Final = 10
_TASK_SECONDS: Final = 600
_FIRST_PAUSE: Final = 0.01
_LONGEST_PAUSE: Final = 0.3
_MOST_SIMILAR: Final = 50

# On a connection kept open each answer takes 40 ms longer: the server sends its end
# only after an acknowledgement (no TCP_NODELAY), for which the system takes its time.
_NEW_CONNECTION: Final = {"Connection": "close"}


class MeiliSearch:
    """Search over one Meilisearch server; `index` is the name of the one in use."""

    def __init__(
        self, url: str, api_key: str | None = None, *, index: str = "posts"
    ) -> None:
        self._url = url
        self._api_key = api_key
        self._index = index

    async def ready(self) -> None:
        with _failures():
            await self._client.get_index(self._index)

    async def prepare(self) -> None:
        with _failures():
            if self._index in await self._names():
                await self._set_up(self._index)
            else:
                await self._make(self._index)

    async def close(self) -> None:
        await self._client.aclose()

    async def upsert(
        self, documents: Sequence[Document], *, index: str | None = None
    ) -> None:
        with _failures():
            if index is not None:
                await self._must_be_building(index)
            target = self._client.index(index or self._index)
            tasks = []
            for start in range(0, len(documents), _BATCH):
                batch = documents[start : start + _BATCH]
                fields = await asyncio.to_thread(_fields, batch)
                tasks.append(await target.add_documents(fields, form.KEY))
            for task in tasks:
                await self._done(task)

    async def delete(self, region_id: int, ids: Collection[UUID]) -> None:
        keys = [form.key(region_id, identity) for identity in ids]
        with _failures():
            index = self._client.index(self._index)
            await self._done(await index.delete_documents(keys))

    async def search(self, query: Query) -> Page:
        return await answer(self, query)

    async def ids(self, region_id: int, ids: Collection[UUID]) -> set[UUID]:
        keys = [form.key(region_id, identity) for identity in ids]
        if not keys:
            return set()
        with _failures():
            index = self._client.index(self._index)
            kept = await index.get_documents(ids=keys, fields=["id"], limit=len(keys))
        return {UUID(each["id"]) for each in kept.results}

    async def count(self, region_id: int) -> int:
        with _failures():
            index = self._client.index(self._index)
            kept = await index.get_documents(filter=form.in_region(region_id), limit=0)
        return kept.total

    async def new_index(self) -> str:
        """Make an empty index; what is left of a rebuild given up is taken away."""
        with _failures():
            for left in await self._building():
                await self._done(await self._client.index(left).delete())
            index = f"{self._index}-{uuid4().hex}"
            await self._make(index)
        return index

    async def swap(self, index: str) -> None:
        """Exchange the contents of both names, then drop what was in use."""
        with _failures():
            await self._must_be_building(index)
            swapped = await self._client.swap_indexes([(self._index, index)])
            await self._done(swapped)
            await self._done(await self._client.index(index).delete())

    async def find(
        self, query: Query, terms: Sequence[Term], after: Mark | None
    ) -> Found:
        """Ask once; behind a mark once more, for the totals of the whole answer."""
        asked = {
            "q": form.question(terms),
            "attributes_to_search_on": [form.LEMMAS],
            "facets": list(FACETS) if query.with_facets else None,
        }
        whole = asked | {"filter": form.conditions(query)}
        behind = asked | {"filter": form.conditions(query, after), "facets": None}
        page = {"limit": query.limit + 1, "sort": form.NEWEST_FIRST}
        if after is None:
            results = await self._ask([whole | page])
        else:
            results = await self._ask([behind | page, whole | {"limit": 0}])
        return Found(
            [form.to_document(each) for each in results[0].hits],
            results[-1].estimated_total_hits or 0,
            results[-1].facet_distribution or {},
        )

    async def frequencies(
        self, region_id: int, lemmas: Sequence[str]
    ) -> Mapping[str, int]:
        results = await self._ask(
            [
                {
                    "q": f'"{lemma}"',
                    "attributes_to_search_on": [form.LEMMAS],
                    "filter": form.in_region(region_id),
                    "limit": 0,
                }
                for lemma in lemmas
            ]
        )
        counts = [result.estimated_total_hits or 0 for result in results]
        return dict(zip(lemmas, counts, strict=True))

    async def similar(self, region_id: int, word: str) -> Collection[tuple[str, str]]:
        """Read the words off posts that have one like it.

        Only the last word of a question may be the beginning of another; a space
        behind it makes it a whole word, for which Meilisearch allows slips.
        """
        shown = {"attributes_to_retrieve": ["text"], "limit": _MOST_SIMILAR}
        asked = shown | {"filter": form.in_region(region_id)}
        results = await self._ask([asked | {"q": f"{word} "}, asked | {"q": word}])
        texts = {hit["text"] for result in results for hit in result.hits}
        found = {(each.form, each.lemma) for text in texts for each in words(text)}
        return found | {(lemma, lemma) for _, lemma in found}

    async def _ask(
        self, questions: Sequence[Mapping[str, Any]]
    ) -> "list[SearchResultsWithUID[dict[str, Any]]]":
        from meilisearch_python_sdk.models.search import SearchParams  # noqa: PLC0415 -- slow import

        params = [
            SearchParams(index_uid=self._index, matching_strategy="all", **each)
            for each in questions
        ]
        with _failures():
            results = await self._client.multi_search(params)
        return cast("list[SearchResultsWithUID[dict[str, Any]]]", results)

    @cached_property
    def _client(self) -> "AsyncClient":
        from meilisearch_python_sdk import AsyncClient  # noqa: PLC0415 -- slow import

        return AsyncClient(
            self._url,
            self._api_key,
            timeout=_ANSWER_SECONDS,
            custom_headers=_NEW_CONNECTION,
        )

    async def _make(self, index: str) -> None:
        """Set an index up before it has documents: afterwards it would work twice."""
        await self._client.create_index(index, form.KEY)
        await self._set_up(index)

    async def _set_up(self, index: str) -> None:
        from meilisearch_python_sdk.models.settings import MeilisearchSettings  # noqa: PLC0415 -- slow import

        settings = MeilisearchSettings.model_validate(form.SETTINGS)
        await self._done(await self._client.index(index).update_settings(settings))

    async def _names(self) -> list[str]:
        indexes = await self._client.get_indexes(limit=1_000)
        return [index.uid for index in indexes or ()]

    async def _building(self) -> list[str]:
        start = f"{self._index}-"
        return [name for name in await self._names() if name.startswith(start)]

    async def _must_be_building(self, index: str) -> None:
        if index not in await self._building():
            raise Conflict(f"Index {index} is not the one being built")

    async def _done(self, task: "TaskInfo") -> None:
        """Wait for a task to end; raise Unavailable unless it ended well."""
        pause, deadline = _FIRST_PAUSE, time.monotonic() + _TASK_SECONDS
        while time.monotonic() < deadline:
            state = await self._client.get_task(task.task_uid)
            if state.status == "succeeded":
                return
            if state.status in {"failed", "canceled"}:
                reason = (state.error or {}).get("code", state.status)
                raise Unavailable(f"Meilisearch task {task.task_uid}: {reason}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise Unavailable(f"Meilisearch task {task.task_uid} does not end")


def _fields(documents: Sequence[Document]) -> list[dict[str, object]]:
    return [form.to_fields(document) for document in documents]


@contextmanager
def _failures() -> Iterator[None]:
    """Say what the client library says in words of our own."""
    from httpx2 import HTTPError  # noqa: PLC0415 -- slow import
    from meilisearch_python_sdk.errors import MeilisearchError  # noqa: PLC0415 -- slow import

    try:
        yield
    except (MeilisearchError, HTTPError, OSError) as error:
        raise Unavailable(f"Meilisearch failed: {error}") from error
