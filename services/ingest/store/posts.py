"""Reading stored posts, and what triage says about them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select, update

from services.ingest.domain.keys import network_scope
from services.ingest.domain.posts import Network
from services.ingest.store.rows import columns, unnest
from shared.contracts import PostLabel
from shared.models.ingest import Batch, Post, PostKey, PostRevision, SealedOriginal

_SCOPES: Final = {network.value: network_scope(network) for network in Network}

# Joined, not `= ANY`: only so does a plan for all parameters look into one partition
# for each post instead of all.
_TO_MATCH: Final = text(f"""
SELECT p.id, p.revision, p.network, p.kind, p.source_id, s.name AS source_name,
    s.municipality, p.url, p.text, p.published_at, p.received_at,
    p.deleted_at IS NOT NULL AS deleted, s.intake, p.external_id, p.parent_key,
    k.post_id IS NOT NULL AS is_native
FROM {unnest(batch_id="uuid", post_id="uuid")}
JOIN ingest.post AS p ON p.id = given.post_id
JOIN ingest.source AS s ON s.id = p.source_id
LEFT JOIN unnest(CAST(:networks AS text[]), CAST(:scopes AS uuid[]))
    AS own (network, scope) ON own.network = p.network
LEFT JOIN ingest.post_key AS k ON k.region_id = p.region_id
    AND k.scope = own.scope AND k.network_key = p.external_id AND k.post_id = p.id
WHERE p.batch_id = given.batch_id
ORDER BY p.id
""")  # noqa: S608 -- built of constants

_TO_INDEX: Final = text(f"""
SELECT p.id, p.region_id, p.network, p.kind, s.name AS source_name, p.url,
    p.published_at, p.text, p.topic, p.topic_name, p.municipality,
    p.municipality_name, p.incident_id, p.incident_number, p.status,
    p.deleted_at IS NOT NULL AS deleted
FROM {unnest(post_id="uuid")}
JOIN ingest.post AS p ON p.id = given.post_id
JOIN ingest.source AS s ON s.id = p.source_id
""")  # noqa: S608 -- the same

_LOCK: Final = text(f"""
SELECT p.id FROM {unnest(post_id="uuid")}
JOIN ingest.post AS p ON p.id = given.post_id ORDER BY p.id FOR UPDATE OF p
""")  # noqa: S608 -- the same

_LABEL: Final = text(f"""
UPDATE ingest.post AS p SET status = given.status, topic = given.topic,
    topic_name = given.topic_name, municipality = given.municipality,
    municipality_name = given.municipality_name, incident_id = given.incident_id,
    incident_number = given.incident_number, label_version = given.version
FROM {
    unnest(
        post_id="uuid",
        version="int",
        status="text",
        topic="text",
        topic_name="text",
        municipality="text",
        municipality_name="text",
        incident_id="uuid",
        incident_number="int",
    )
}
WHERE p.id = given.post_id AND p.region_id = CAST(:region AS int)
    AND p.label_version < given.version
RETURNING p.id
""")  # noqa: S608 -- the same

_LABEL_FIELDS: Final = tuple(
    name
    for name in PostLabel.model_fields
    if name != "tone"  # rules are measured by it
)

_OF_SOURCE: Final = text("""
SELECT id, published_at FROM ingest.post
WHERE source_id = CAST(:source AS uuid) AND deleted_at IS NULL
    AND published_at > CAST(:after AS timestamptz)
ORDER BY published_at FETCH FIRST CAST(:limit AS int) ROWS WITH TIES
""")

_REBATCH: Final = text(f"""
UPDATE ingest.post AS p SET batch_id = given.new_batch
FROM {unnest(post_id="uuid", new_batch="uuid")}
WHERE p.id = given.post_id AND p.batch_id = CAST(:old_batch AS uuid)
""")  # noqa: S608 -- the same


async def to_match(
    session: AsyncSession, batches: Iterable[Batch]
) -> Sequence[Row[Any]]:
    """Read the posts of batches that no later change has put into another one.

    `is_native`: the post goes by its network's own key.
    """
    pairs = [(batch.id, post_id) for batch in batches for post_id in batch.post_ids]
    asked = {
        **columns(("batch_id", "post_id"), pairs),
        "networks": list(_SCOPES),
        "scopes": list(_SCOPES.values()),
    }
    return (await session.execute(_TO_MATCH, asked)).all()


async def to_index(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Read what the documents of posts say."""
    return (await session.execute(_TO_INDEX, {"post_id": list(ids)})).all()


async def label(
    session: AsyncSession, region: int, labels: Mapping[UUID, PostLabel]
) -> list[UUID]:
    """Lock posts and put labels on those whose label is older; return which."""
    if not labels:
        return []
    await session.execute(_LOCK, {"post_id": list(labels)})
    rows = (
        tuple(getattr(each, name) for name in _LABEL_FIELDS) for each in labels.values()
    )
    given = columns(_LABEL_FIELDS, rows)
    changed = await session.scalars(_LABEL, {"region": region, **given})
    return list(changed)


async def rebatch(
    session: AsyncSession, old_batch: UUID, pairs: Sequence[tuple[UUID, UUID]]
) -> None:
    """Move posts out of a batch: (post, its new batch)."""
    given = columns(("post_id", "new_batch"), pairs)
    await session.execute(_REBATCH, {"old_batch": old_batch, **given})


async def one(session: AsyncSession, region: int, post_id: UUID) -> Post | None:
    """Find a post of a region."""
    found: Post | None = await session.scalar(
        select(Post).where(Post.id == post_id, Post.region_id == region)
    )
    return found


async def revisions(session: AsyncSession, post_id: UUID) -> Sequence[PostRevision]:
    """List the versions of a post that later ones replaced, oldest first."""
    query = select(PostRevision).where(PostRevision.post_id == post_id)
    return (await session.scalars(query.order_by(col(PostRevision.revision)))).all()


async def sealed(
    session: AsyncSession, post_id: UUID, revision: int
) -> SealedOriginal | None:
    """Find the sealed original of a revision; None where redaction changed nothing."""
    return await session.get(SealedOriginal, (post_id, revision))


async def after(
    session: AsyncSession, region: int, post_id: UUID | None, *, limit: int
) -> list[UUID]:
    """List the ids of a region's living posts in order, from after one."""
    query = select(Post.id).where(
        Post.region_id == region, col(Post.deleted_at).is_(None)
    )
    if post_id is not None:
        query = query.where(Post.id > post_id)
    return list(await session.scalars(query.order_by(col(Post.id)).limit(limit)))


async def of_source(
    session: AsyncSession, source_id: UUID, after: datetime, *, limit: int
) -> list[tuple[UUID, datetime]]:
    """List a source's living posts published after a moment, in order, with their time.

    There may be more than the limit: those of one moment come together.
    """
    given = {"source": source_id, "after": after, "limit": limit}
    rows = await session.execute(_OF_SOURCE, given)
    return [(row.id, row.published_at) for row in rows]


async def count(session: AsyncSession, region: int) -> int:
    """Count a region's posts, tombstones included."""
    query = select(func.count()).select_from(PostKey)
    return await session.scalar(query.where(PostKey.region_id == region)) or 0


async def add_partition(session: AsyncSession, month: datetime) -> bool:
    """Make the partition of a month; False when there is one."""
    made = await session.scalar(
        text("SELECT ingest.add_partition(:month)"), {"month": month.date()}
    )
    return bool(made)


async def put_in_batch(
    session: AsyncSession, region: int, post_id: UUID, batch_id: UUID
) -> None:
    """Have a post matched again with another batch."""
    await session.execute(
        update(Post)
        .where(col(Post.id) == post_id, col(Post.region_id) == region)
        .values(batch_id=batch_id)
    )
