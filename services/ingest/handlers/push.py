"""Taking in what other systems push, each call at most once."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from services.ingest.domain.batch import Batch, PostLine, RejectedLine
from services.ingest.handlers.arrivals import Arrival
from services.ingest.handlers.receive import take_in
from services.ingest.store import batches, idempotency
from services.ingest.store import sources as source_store
from services.ingest.store.idempotency import Call
from shared.errors import TooManyRequests, invalid
from shared.models.ingest import Source
from shared.uow import UnitOfWork
from shared.vault import Vault

BEHIND_FOR: Final = 10
"""Seconds after which a sender that was too fast may try again."""

_OK: Final = 200

Name = tuple[str, str]
"""Network and name of a source."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a call is answered; every line of it is counted in exactly one."""

    accepted: int
    duplicates: int
    rejected: tuple[RejectedLine, ...] = ()


async def receive_once(
    uow: UnitOfWork, batch: Batch, vault: Vault, call: Call
) -> Receipt:
    """Take a call in unless one with its key was: then repeat the first answer.

    Raises Invalid when the key was used for another body.
    """
    if not await idempotency.begin(uow.session, call, now=uow.now):
        return await _first_answer(uow, call)
    receipt = await receive_push(uow, batch, vault)
    body = asdict(receipt)
    await idempotency.remember(uow.session, call, status=_OK, body=body)
    return receipt


async def _first_answer(uow: UnitOfWork, call: Call) -> Receipt:
    first = await idempotency.answered(uow.session, call)
    if first is None or first.request_hash != call.request_hash:
        raise invalid("Idempotency-Key", "was used for a call with another body")
    body: dict[str, Any] = first.body or {}
    rejected = (RejectedLine(**line) for line in body["rejected"])
    return Receipt(body["accepted"], body["duplicates"], tuple(rejected))


async def receive_push(uow: UnitOfWork, batch: Batch, vault: Vault) -> Receipt:
    """Take the good lines of a call in; sources are made as they are named."""
    lines = sorted((*batch.earlier, *batch.posts), key=lambda each: each.line)
    names = {_source_name(line) for line in lines}
    sources = await sources_named(uow, names, kind="push")
    closed = {name for name, each in sources.items() if each.state == "disabled"}
    refused = [
        RejectedLine(line.line, "source: is disabled")
        for line in lines
        if _source_name(line) in closed
    ]
    open_lines = [line for line in lines if _source_name(line) not in closed]
    taken = await take_in(uow, _arrivals(open_lines, sources), vault)
    receipt = Receipt(
        taken.accepted,
        taken.duplicates + batch.duplicates,
        tuple(sorted((*batch.rejected, *refused), key=lambda each: each.line)),
    )
    _audit(uow, receipt, sources)
    return receipt


async def refuse_when_behind(uow: UnitOfWork, most: int) -> None:
    """Raise TooManyRequests while more batches than that wait to be matched."""
    if await batches.is_behind(uow.session, uow.region_id, most=most):
        raise TooManyRequests(
            f"More than {most} batches of posts wait to be matched; nothing of this "
            "call was stored. Send it again later.",
            retry_after=BEHIND_FOR,
        )


def _source_name(line: PostLine) -> Name:
    return (line.post.network, line.post.source)


async def sources_named(
    uow: UnitOfWork, names: set[Name], *, kind: str
) -> dict[Name, Source]:
    """Find sources by network and name; those that are missing are made."""
    session, region = uow.session, uow.region_id
    found = await source_store.named(session, region, names) if names else {}
    missing = names - found.keys()
    if missing:
        await source_store.add_missing(session, region, missing, kind=kind, now=uow.now)
        found |= await source_store.named(session, region, missing)
    return found


def _arrivals(
    lines: Iterable[PostLine], sources: Mapping[Name, Source]
) -> list[Arrival]:
    versions: dict[tuple[str, str, str], list[PostLine]] = {}
    for line in lines:
        versions.setdefault(line.post.key, []).append(line)
    return [
        Arrival(
            sources[_source_name(group[0])].id,
            tuple(line.post for line in group),
            is_secondhand=True,
        )
        for group in versions.values()
    ]


def _audit(uow: UnitOfWork, receipt: Receipt, sources: Mapping[Name, Source]) -> None:
    uow.audit(
        "posts.received",
        "source",
        " ".join(sorted(str(each.id) for each in sources.values())[:20]) or "-",
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        rejected=len(receipt.rejected),
    )
