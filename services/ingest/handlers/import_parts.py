"""The background half of an import: one part of the file is one transaction."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ingest.domain.files import (
    FileFormat,
    ImportedIncident,
    ImportedRow,
    ImportOptions,
    RefusedRow,
)
from services.ingest.domain.incidents import kept_beside_post, status_of
from services.ingest.domain.incidents import redacted as redacted_value
from services.ingest.domain.keys import scope_of_key
from services.ingest.domain.posts import IncomingPost, Network
from services.ingest.domain.receiving import BATCH
from services.ingest.domain.staging import MOST_LISTED, read_part
from services.ingest.domain.veils import address_of
from services.ingest.handlers.arrivals import Arrival, Taken
from services.ingest.handlers.cells import redacted_cell, redacted_text
from services.ingest.handlers.imports import headers_of, place_of
from services.ingest.handlers.push import sources_named
from services.ingest.handlers.receive import take_in
from services.ingest.store import imports as import_store
from shared import contracts
from shared.identity import store as identity
from shared.models.ingest import ImportFile, ImportRun, Source
from shared.uow import UnitOfWork
from shared.vault import Vault

PostKey = tuple[str, str, str]


async def take_part(uow: UnitOfWork, import_id: UUID, vault: Vault) -> bool:
    """Take the next part of a running import in; False when nothing is left to do."""
    run = await import_store.begun(uow.session, import_id)
    if run is None:
        return False
    part = await import_store.next_part(uow.session, import_id)
    if part is None:
        _finish(uow, run)
        return False
    rows = await _read(uow, run, part, vault)
    good = [row for row in rows if isinstance(row, ImportedRow)]
    taken = await _take(uow, good, vault)
    _count(run, taken, [row for row in rows if isinstance(row, RefusedRow)])
    run.taken += len(rows)
    run.changed_at = uow.now
    await import_store.drop_part(uow.session, part)
    return True


def _finish(uow: UnitOfWork, run: ImportRun) -> None:
    run.state, run.changed_at = "done", uow.now
    uow.audit(
        "import.finished",
        "import",
        run.id,
        accepted=run.accepted,
        duplicates=run.duplicates,
        rejected=run.rejected_total,
    )


def _count(run: ImportRun, taken: Taken, refused: Sequence[RefusedRow]) -> None:
    run.accepted += taken.accepted
    run.duplicates += taken.duplicates
    run.rejected_total += len(refused)
    named = [{"line": row.line, "reason": row.reason} for row in refused]
    run.rejected = [*run.rejected, *named][:MOST_LISTED]


async def _read(
    uow: UnitOfWork, run: ImportRun, part: ImportFile, vault: Vault
) -> list[ImportedRow | RefusedRow]:
    zone = ZoneInfo(await identity.zone_of(uow.session, uow.region_id))
    options = ImportOptions(
        source=run.source,
        zone=zone,
        now=uow.now,
        profile=run.profile,
        network=Network(run.network),
        mapping=run.mapping,
    )
    content = vault.unseal(part.sealed, place_of(run.id, part.part))
    headers, file_format = headers_of(run), FileFormat(run.format)

    def read() -> list[ImportedRow | RefusedRow]:
        return list(read_part(content, headers, file_format, options))

    return await asyncio.to_thread(read)


async def _take(uow: UnitOfWork, rows: Sequence[ImportedRow], vault: Vault) -> Taken:
    """Posts of incidents never become candidates: they were handled elsewhere."""
    by_key: dict[PostKey, list[ImportedRow]] = {}
    for row in rows:
        by_key.setdefault(_key_of(row.post), []).append(row)
    names = {(row.post.network.value, row.post.source) for row in rows}
    sources = await sources_named(uow, names, kind="file")
    arrivals = [_arrival(sources, group) for group in by_key.values()]
    is_handled = any(row.incident for row in rows)
    taken = await take_in(uow, arrivals, vault, match=not is_handled)
    if is_handled:
        ids = {
            key: each.post_id for key, each in zip(by_key, taken.outcomes, strict=True)
        }
        _send_incidents(uow, rows, ids)
    return taken


def _key_of(post: IncomingPost) -> PostKey:
    """One post under its network's own key, whatever sources the file names."""
    is_native = scope_of_key(post.network, post.external_id) is not None
    return (post.network, "" if is_native else post.source, post.external_id)


def _arrival(
    sources: Mapping[tuple[str, str], Source], group: Sequence[ImportedRow]
) -> Arrival:
    last = group[-1]
    extra: dict[str, Any] = redacted_value(last.extra, redacted_cell)
    status = "taken_in"
    if last.incident is not None:
        extra = {**extra, "im47": kept_beside_post(last.incident, redacted_cell)}
        status = status_of(last.incident)
    return Arrival(
        sources[last.post.network, last.post.source].id,
        tuple(row.post for row in group),
        extra,
        status,
        scope=scope_of_key(last.post.network, last.post.external_id),
        is_secondhand=True,
    )


def _send_incidents(
    uow: UnitOfWork, rows: Iterable[ImportedRow], ids: Mapping[PostKey, UUID]
) -> None:
    """Send every incident, also of posts known already: triage knows it by number."""
    handled = [
        _handled(row, row.incident, ids[_key_of(row.post)])
        for row in rows
        if row.incident
    ]
    for start in range(0, len(handled), BATCH):
        incidents = tuple(handled[start : start + BATCH])
        uow.send(
            contracts.IncidentsImported(region_id=uow.region_id, incidents=incidents)
        )


def _handled(
    row: ImportedRow, incident: ImportedIncident, post_id: UUID
) -> contracts.HandledIncident:
    return contracts.HandledIncident(
        post_id=post_id,
        text=redacted_text(row.post.text),
        url=address_of(row.post, is_secondhand=True).open,
        network=row.post.network,
        published_at=row.post.published_at,
        number=incident.number,
        authority=incident.authority,
        topic_group=incident.topic_group,
        topic=incident.topic,
        municipality=incident.municipality,
        incident_kind=incident.kind,
        outcome=incident.outcome,
        closing_reason=incident.closing_reason,
        created_at=incident.created_at,
        first_answer_at=incident.first_answer_at,
        closed_at=incident.closed_at,
        answers=tuple(redacted_text(answer) for answer in incident.answers),
    )
