"""How the service stands, and its dead letters."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ingest.handlers.labels import take_labels
from services.ingest.handlers.receive import INDEX_JOB, MATCH_JOB
from services.ingest.store import batches, imports, index_queue, posts
from services.ingest.store import dead_letters as letters
from shared.contracts import CONTRACTS, Contract, PostsLabelled
from shared.errors import NotFound
from shared.ids import new_id
from shared.uow import UnitOfWork

Handler = Callable[[UnitOfWork, Any], Awaitable[None]]

HANDLERS: Final[Mapping[type[Contract], Handler]] = {PostsLabelled: take_labels}
"""What the service does with the messages of the others."""


async def status(uow: UnitOfWork) -> dict[str, int]:
    """Count what is stored and what is still to be done in the region."""
    session, region = uow.session, uow.region_id
    return {
        "posts": await posts.count(session, region),
        "batches_waiting": await batches.waiting(session, region),
        "index_queue": await index_queue.waiting(session, region),
        "outbox": await letters.outbox(session, region),
        "dead_letters": await letters.count(session, region),
        "imports_running": await imports.running(session, region),
    }


async def dead_letters(uow: UnitOfWork, *, limit: int) -> Sequence[Row[Any]]:
    """List what was given up and not replayed, the latest first."""
    return await letters.listed(uow.session, uow.region_id, limit=limit)


async def replay(uow: UnitOfWork, letter_id: UUID) -> str:
    """Try a dead letter again and return its kind; NotFound when it was replayed."""
    letter = await letters.take(uow.session, uow.region_id, letter_id, now=uow.now)
    if letter is None:
        raise NotFound("dead letter", letter_id)
    match letter.kind:
        case letters.POST:
            await _match_again(uow, UUID(letter.body["post_id"]))
        case letters.DOCUMENT:
            post_id = UUID(letter.body["post_id"])
            await index_queue.add(uow.session, uow.region_id, [post_id], now=uow.now)
            uow.ring(INDEX_JOB, uow.region_id)
        case _:
            await _deliver_again(uow, letter)
    uow.audit("dead_letter.replayed", "dead_letter", letter_id, kind=letter.kind)
    return str(letter.kind)


async def _match_again(uow: UnitOfWork, post_id: UUID) -> None:
    batch_id = new_id()
    await posts.put_in_batch(uow.session, uow.region_id, post_id, batch_id)
    await batches.add(uow.session, uow.region_id, [(batch_id, [post_id])], now=uow.now)
    uow.ring(MATCH_JOB, uow.region_id, str(batch_id))


async def _deliver_again(uow: UnitOfWork, letter: Row[Any]) -> None:
    """Handle a message of another service now, or send ours once more."""
    contract = CONTRACTS[letter.kind].model_validate(letter.body)
    if type(contract) in HANDLERS:
        await HANDLERS[type(contract)](uow, contract)
    else:
        uow.send(contract)
