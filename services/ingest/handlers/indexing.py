"""Keeping the search index like the posts, and building it anew."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.ingest.handlers.bells import ring_index
from services.ingest.handlers.receive import PASSING
from services.ingest.store import dead_letters, index_queue, posts, sources
from services.ingest.store.index_queue import Entry
from shared.db import EVERY_REGION
from shared.errors import Conflict
from shared.identity import store as identity
from shared.ids import new_id
from shared.logs import log
from shared.search import Document, Search
from shared.uow import UnitOfWork, Work

MOST: Final = 500
"""Documents one round sends: large batches are what an index likes."""

MOST_QUEUED: Final = 1_000
"""Posts of a renamed source that one transaction queues."""

TRIES: Final = 3


async def index_some(uow: UnitOfWork, search: Search) -> int:
    """Index the longest waiting posts of the region; 0 when there is nothing to do.

    A row is dropped only if the post did not change meanwhile, and only after the
    index has taken its document: a process that dies here loses nothing. While a
    rebuild is running rows are kept, for the index it will bring.
    """
    if not await index_queue.enter(uow.session, uow.region_id):
        # Who is at it may have looked before these posts came.
        ring_index(uow)
        return 0
    keep = await index_queue.rebuild_is_running(uow.session)
    entries = await index_queue.oldest(
        uow.session, uow.region_id, keep=keep, limit=MOST
    )
    if entries:
        await _index(uow, search, entries)
        await index_queue.done(uow.session, entries, keep=keep)
    return len(entries)


async def _index(uow: UnitOfWork, search: Search, entries: Sequence[Entry]) -> None:
    ids = [entry.post_id for entry in entries]
    found = {row.id: row for row in await posts.to_index(uow.session, ids)}
    try:
        await _put(search, uow.region_id, ids, found)
    except PASSING:
        raise
    except Exception:  # noqa: BLE001 -- one document must not keep the others out
        log.warning("index.refused", posts=len(ids), exc_info=True)
        for post_id in ids:
            await _index_alone(uow, search, post_id, found)


async def _put(
    search: Search, region: int, ids: Sequence[UUID], found: dict[UUID, Row[Any]]
) -> None:
    living = [row for row in map(found.get, ids) if row and not row.deleted]
    gone = set(ids) - {row.id for row in living}
    await search.upsert([_document(row) for row in living])
    if gone:
        await search.delete(region, gone)


async def _index_alone(
    uow: UnitOfWork, search: Search, post_id: UUID, found: dict[UUID, Row[Any]]
) -> None:
    for tried in range(1, TRIES + 1):
        try:
            await _put(search, uow.region_id, [post_id], found)
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 -- buried with its error below
            reason = f"{type(error).__name__}: {error}"
            if tried == TRIES:
                await _bury(uow, post_id, reason)
        else:
            return


async def _bury(uow: UnitOfWork, post_id: UUID, reason: str) -> None:
    await dead_letters.bury_document(
        uow.session,
        new_id(),
        region=uow.region_id,
        post_id=post_id,
        error=reason,
        tries=TRIES,
        now=uow.now,
    )


def _document(row: Row[Any]) -> Document:
    return Document(
        id=row.id,
        region_id=row.region_id,
        network=row.network,
        kind=row.kind,
        source_name=row.source_name,
        url=row.url or "",
        published_at=row.published_at,
        text=row.text,
        topic=row.topic,
        topic_name=row.topic_name,
        municipality=row.municipality,
        municipality_name=row.municipality_name,
        incident_id=row.incident_id,
        incident_number=row.incident_number,
        status=row.status,
    )


async def queue_source(
    uow: UnitOfWork, source_id: UUID, *, most: int = MOST_QUEUED
) -> bool:
    """Queue some posts of a renamed source; False when none is left.

    How far this has come is kept with the source: whatever dies, it goes on from there.
    """
    source = await sources.one(uow.session, uow.region_id, source_id, lock=True)
    if source is None or source.index_after is None:
        return False
    found = await posts.of_source(
        uow.session, source.id, source.index_after, limit=most
    )
    ids = [post_id for post_id, _ in found]
    await index_queue.add(uow.session, uow.region_id, ids, now=uow.now)
    if found:
        ring_index(uow)
    is_left = len(found) >= most
    source.index_after = found[-1][1] if is_left else None
    return is_left


async def leave_source(uow: UnitOfWork, source_id: UUID, error: str) -> None:
    """Leave a source's posts under its old name: only `otklik reindex` helps then."""
    source = await sources.one(uow.session, uow.region_id, source_id, lock=True)
    if source is not None:
        source.index_after = None
    log.warning("index.source_left", source_id=str(source_id), error=error)


async def reindex(work: Work, search: Search) -> int:
    """Fill a new index with every region's posts, put it into use, count them.

    Posts that change meanwhile are indexed as always and stay queued until this
    ends, so that they reach the new index too, whatever it was filled with.
    Raises Conflict when another rebuild is running.
    """
    async with work.unit(EVERY_REGION) as uow:
        if not await index_queue.begin_rebuild(uow.session):
            raise Conflict("The index is being rebuilt already.")
        regions = [
            region.id for region in await identity.regions(uow.session) if region.id
        ]
        index = await search.new_index()
        done = 0
        for region in regions:
            done += await _fill(work, search, index, region)
        await search.swap(index)
    async with work.unit(EVERY_REGION) as uow:
        for region in await index_queue.regions_waiting(uow.session):
            ring_index(uow, region)
    return done


async def _fill(work: Work, search: Search, index: str, region: int) -> int:
    done, last = 0, None
    while True:
        async with work.unit(region) as uow:
            ids = await posts.after(uow.session, region, last, limit=MOST)
            rows = await posts.to_index(uow.session, ids)
        if not ids:
            return done
        living = [_document(row) for row in rows if not row.deleted]
        await search.upsert(living, index=index)
        done, last = done + len(living), ids[-1]
