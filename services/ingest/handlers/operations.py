"""How the service stands, and its dead letters."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.ingest.handlers.bells import MATCH_ALONE_JOB, ring_index
from services.ingest.handlers.labels import take_labels
from services.ingest.handlers.tokens import take_refusal
from services.ingest.store import batches, imports, index_queue, posts
from services.ingest.store import dead_letters as buried
from shared import dead_letters as letters
from shared.contracts import Contract, PostsLabelled, TokenRefused
from shared.dead_letters import DeadLetter
from shared.errors import NotFound
from shared.ids import new_id
from shared.uow import UnitOfWork

Handler = Callable[[UnitOfWork, Any], Awaitable[None]]

HANDLERS: Final[Mapping[type[Contract], Handler]] = {
    PostsLabelled: take_labels,
    TokenRefused: take_refusal,
}
"""What the service does with the messages of the others."""


async def status(uow: UnitOfWork) -> dict[str, int]:
    """Count what is stored and what is still to be done in the region."""
    session, region = uow.session, uow.region_id
    messages = await letters.waiting(session, uow.schema, region)
    return {
        "posts": await posts.count(session, region),
        "batches_waiting": await batches.waiting(session, region),
        "index_queue": await index_queue.waiting(session, region),
        "outbox": messages.outbox,
        "dead_letters": messages.dead_letters,
        "imports_running": await imports.running(session, region),
    }


async def dead_letters(uow: UnitOfWork, *, limit: int) -> Sequence[DeadLetter]:
    """List what was given up and not replayed, the latest first."""
    return await letters.unreplayed(uow.session, uow.schema, uow.region_id, limit=limit)


async def replay(uow: UnitOfWork, letter_id: UUID) -> str:
    """Try a dead letter again and return its kind; NotFound when it was replayed."""
    letter = await letters.take(
        uow.session, uow.schema, uow.region_id, letter_id, now=uow.now
    )
    if letter is None:
        raise NotFound("dead letter", letter_id)
    match letter.kind:
        case buried.POST:
            await _match_again(uow, buried.post_of(letter))
        case buried.DOCUMENT:
            await _index_again(uow, buried.post_of(letter))
        case _:
            await letters.send_again(uow.session, uow.schema, letter)
    uow.audit("dead_letter.replayed", "dead_letter", letter_id, kind=letter.kind)
    return letter.kind


async def _match_again(uow: UnitOfWork, post_id: UUID) -> None:
    batch_id = new_id()
    await posts.put_in_batch(uow.session, uow.region_id, post_id, batch_id)
    alone = [(batch_id, [post_id])]
    await batches.add(uow.session, uow.region_id, alone, now=uow.now, alone=True)
    uow.ring(MATCH_ALONE_JOB, uow.region_id, str(batch_id))


async def _index_again(uow: UnitOfWork, post_id: UUID) -> None:
    await index_queue.add(uow.session, uow.region_id, [post_id], now=uow.now)
    ring_index(uow)
