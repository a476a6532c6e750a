"""What triage says about posts, for the archive search and the quality of rules."""

from services.ingest.handlers.bells import ring_index
from services.ingest.handlers.rule_quality import take_verdicts
from services.ingest.store import index_queue, posts
from shared.contracts import PostsLabelled
from shared.uow import UnitOfWork


async def take_labels(uow: UnitOfWork, message: PostsLabelled) -> None:
    """Put newer labels on posts, have them indexed again, and measure their rules."""
    by_version = sorted(message.labels, key=lambda label: label.version)
    newest = {label.post_id: label for label in by_version}
    changed = await posts.label(uow.session, message.region_id, newest)
    await index_queue.add(uow.session, message.region_id, changed, now=uow.now)
    if changed:
        ring_index(uow, message.region_id)
        await take_verdicts(uow, newest, changed)
