"""What triage says about posts, for the archive search."""

from services.ingest.handlers.receive import INDEX_JOB
from services.ingest.store import index_queue, posts
from shared.contracts import PostsLabelled
from shared.uow import UnitOfWork


async def take_labels(uow: UnitOfWork, message: PostsLabelled) -> None:
    """Put newer labels on posts and have them indexed again."""
    changed = await posts.label(uow.session, message.region_id, message.labels)
    await index_queue.add(uow.session, message.region_id, changed, now=uow.now)
    if changed:
        uow.ring(INDEX_JOB, message.region_id)
