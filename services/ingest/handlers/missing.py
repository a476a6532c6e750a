"""Posts that are missing where they had to be: counted, in the end deleted."""

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.ingest.domain.keys import network_scope
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.domain.veils import veiled_key
from services.ingest.handlers.arrivals import Arrival
from services.ingest.sources.base import Evidence, Fetched
from services.ingest.store import watched
from shared.models.ingest import Source
from shared.uow import UnitOfWork
from shared.vault import Vault

MISSES: Final = 3
"""Absence is not deletion, until it has lasted so many polls."""


def scope_of(source: Source, post: IncomingPost) -> UUID | None:
    """Pages give their network's own keys; feeds and systems keys of their own."""
    is_native = source.kind == "page" and post.network == source.network
    return network_scope(post.network) if is_native else None


async def gone(
    uow: UnitOfWork, source: Source, fetched: Fetched, began: datetime, vault: Vault
) -> list[Arrival]:
    """Count what is missing; what was missing in three polls is deleted."""
    missing: dict[str, Row[Any]] = {}
    veil = partial(veiled_key, Network(source.network), sign=vault.sign)
    found = [veil(each.post.external_id) for each in fetched.posts]
    for window in fetched.complete:
        parents = None if window.parents is None else sorted(map(veil, window.parents))
        stretch = {
            "kind": window.kind.value,
            "since": window.since,
            "until": window.until,
            "parents": parents,
            "asked_at": began,
        }
        rows = await watched.count_missing(
            uow.session, uow.region_id, source.id, stretch, found
        )
        missing |= {row.external_id: row for row in rows}
    named = {
        key
        for each, key in zip(fetched.posts, found, strict=True)
        if each.evidence is Evidence.ABSENT and key not in missing
    }
    if named:
        scope = network_scope(Network(source.network))
        home = scope if source.kind == "page" else source.id
        rows = await watched.count_missing_named(
            uow.session, uow.region_id, home, sorted(named)
        )
        missing |= {row.external_id: row for row in rows}
    return [
        _tombstone(source, row)
        for row in missing.values()
        if row.missing_polls >= MISSES
    ]


def _tombstone(source: Source, row: Row[Any]) -> Arrival:
    post = IncomingPost(
        network=Network(row.network),
        source=source.name,
        external_id=row.external_id,
        kind=PostKind(row.kind),
        parent_id=row.parent_key,
        url=row.url,
        text="",
        published_at=row.published_at,
        deleted=True,
    )
    return Arrival(
        source.id,
        (post,),
        scope=scope_of(source, post),
        evidence=Evidence.ABSENT.value,
    )
