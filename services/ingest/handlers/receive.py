"""Taking posts in, from whatever direction they come."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from services.ingest.domain.receiving import (
    Change,
    Outcome,
    Stored,
    batches,
    play,
)
from services.ingest.domain.redaction import redact
from services.ingest.handlers.arrivals import Arrival, Taken
from services.ingest.handlers.bells import ring_index, ring_match
from services.ingest.store import batches as batch_store
from services.ingest.store import index_queue, receiving, sealed_links
from services.ingest.store.rows import (
    Key,
    PostRow,
    RefreshRow,
    RevisionRow,
    SealedLinkRow,
    SealedRow,
)
from shared import russian
from shared.db import OUT_OF_REACH
from shared.errors import Unavailable
from shared.ids import new_id
from shared.uow import UnitOfWork
from shared.vault import Vault

PASSING: Final = (Unavailable, *OUT_OF_REACH)
"""Failures of the parts we depend on: nobody's post is to blame, the sweeper rings."""

FEW: Final = 3
"""What a push brings is done sooner than a thread takes over."""

redacted = partial(redact, name_kind=russian.name_kind)
"""Take personal data out of a text, with the dictionary we ship."""


@dataclass(slots=True)
class _Rows:
    """Everything one call writes about posts, and the batches they are matched in."""

    outcomes: list[Outcome]
    batches: list[tuple[UUID, list[UUID]]]
    new: list[PostRow] = field(default_factory=list)
    replaced: list[PostRow] = field(default_factory=list)
    revisions: list[RevisionRow] = field(default_factory=list)
    sealed: list[SealedRow] = field(default_factory=list)
    raw: list[SealedRow] = field(default_factory=list)
    links: list[SealedLinkRow] = field(default_factory=list)
    refreshed: list[RefreshRow] = field(default_factory=list)


async def take_in(
    uow: UnitOfWork, arrivals: Sequence[Arrival], vault: Vault, *, match: bool = True
) -> Taken:
    """Store what is new about the posts and ring for matching and indexing.

    Each key may arrive once. With `match=False` the posts never become candidates.
    Keys and addresses that name a person are veiled here, whichever way they come.
    """
    session, region = uow.session, uow.region_id
    arrivals = [arrival.veiled(vault.sign) for arrival in arrivals]
    proposed = {arrival.key: new_id() for arrival in arrivals}
    stored = await receiving.claim_keys(session, region, proposed)
    given = (arrivals, stored, vault, uow.now, match)
    # Many in a thread, so that other calls go on meanwhile: redaction is dear.
    few = len(arrivals) <= FEW
    rows = _decide(*given) if few else await asyncio.to_thread(_decide, *given)
    changed = [each.post_id for each in rows.outcomes if each.changes]
    await _write(uow, rows)
    await batch_store.add(session, region, rows.batches, now=uow.now)
    await index_queue.add(session, region, changed, now=uow.now)
    if rows.batches:
        ring_match(uow)
    if changed:
        ring_index(uow)
    return Taken(tuple(rows.outcomes))


async def _write(uow: UnitOfWork, rows: _Rows) -> None:
    session, region, now = uow.session, uow.region_id, uow.now
    erased = [each.post_id for each in rows.outcomes if each.erases]
    confirmed = [
        (each.post_id, each.edited_at)
        for each in rows.outcomes
        if each.confirmed and not each.changes
    ]
    await receiving.insert_posts(session, region, rows.new, now=now)
    await receiving.replace_posts(session, region, rows.replaced, now=now)
    await receiving.erase(session, erased)
    await receiving.add_revisions(session, region, rows.revisions, now=now)
    await receiving.seal_originals(session, region, rows.sealed, now=now)
    await receiving.keep_raw(session, region, rows.raw, now=now)
    await sealed_links.keep(session, region, rows.links, now=now)
    await receiving.refresh(session, region, rows.refreshed, now=now)
    await receiving.confirm_times(session, region, confirmed)


def _decide(
    arrivals: Sequence[Arrival],
    stored: Mapping[Key, Stored],
    vault: Vault,
    now: datetime,
    match: bool,  # noqa: FBT001 -- handed on by a thread
) -> _Rows:
    """Work out everything that will be written, without the database."""
    outcomes = [
        play(
            stored[arrival.key],
            arrival.versions,
            sign=vault.sign,
            now=now,
            manner=arrival.manner,
        )
        for arrival in arrivals
    ]
    changed = [
        outcome.post_id
        for arrival, outcome in zip(arrivals, outcomes, strict=True)
        if outcome.changes and not arrival.is_official
    ]
    groups = [(new_id(), ids) for ids in batches(changed)] if match else []
    batch_of = {post_id: batch_id for batch_id, ids in groups for post_id in ids}
    rows = _Rows(outcomes, groups)
    for arrival, outcome in zip(arrivals, outcomes, strict=True):
        if not outcome.changes:
            rows.refreshed.extend(_refresh_row(arrival, outcome))
            continue
        _keep_raws(rows, arrival, outcome, vault)
        rows.links.extend(_sealed_link(arrival, outcome, vault))
        *replaced, last = outcome.changes
        for change in replaced:
            text = _kept_text(rows, outcome.post_id, change, vault)
            rows.revisions.append(_revision_row(outcome, change, text))
        text = _kept_text(rows, outcome.post_id, last, vault)
        row = _post_row(
            arrival, outcome, batch_of.get(outcome.post_id), text=text, now=now
        )
        (rows.new if outcome.is_new else rows.replaced).append(row)
    return rows


def _keep_raws(rows: _Rows, arrival: Arrival, outcome: Outcome, vault: Vault) -> None:
    for change in outcome.changes:
        raw = arrival.raw_of(change.post) if change.keeps_text else None
        if raw is None or change.version.deleted:
            continue
        place = raw_place_of(outcome.post_id, change.revision)
        sealed = vault.seal(json.dumps(dict(raw), ensure_ascii=False), place)
        rows.raw.append(SealedRow(outcome.post_id, change.revision, sealed))


def _sealed_link(
    arrival: Arrival, outcome: Outcome, vault: Vault
) -> list[SealedLinkRow]:
    """Keep the address of a living post apart where it names a person."""
    if arrival.address is None or outcome.changes[-1].version.deleted:
        return []
    sealed = vault.seal(arrival.address, link_place_of(outcome.post_id))
    return [SealedLinkRow(outcome.post_id, sealed)]


def _refresh_row(arrival: Arrival, outcome: Outcome) -> list[RefreshRow]:
    """Only sources of a network bring a post again and again as it stands now."""
    last = arrival.versions[-1]
    if arrival.scope is None or last.deleted:
        return []
    metrics = _json(last.metrics)
    return [RefreshRow(outcome.post_id, last.parent_id, last.url, metrics)]


def _kept_text(rows: _Rows, post_id: UUID, change: Change, vault: Vault) -> str:
    """Redact the text of a revision and seal the original if that changed it."""
    if not change.keeps_text:
        return ""
    original = change.post.text
    text = redacted(original).text
    if text != original:
        sealed = vault.seal(original, place_of(post_id, change.revision))
        rows.sealed.append(SealedRow(post_id, change.revision, sealed))
    return text


def place_of(post_id: UUID, revision: int) -> str:
    """Name the place a sealed original is bound to."""
    return f"post {post_id} revision {revision}"


def raw_place_of(post_id: UUID, revision: int) -> str:
    """Name the place a sealed payload is bound to."""
    return f"raw of post {post_id} revision {revision}"


def link_place_of(post_id: UUID) -> str:
    """Name the place a sealed address is bound to."""
    return f"address of post {post_id}"


def _post_row(
    arrival: Arrival,
    outcome: Outcome,
    batch_id: UUID | None,
    *,
    text: str,
    now: datetime,
) -> PostRow:
    last = outcome.changes[-1]
    post, deleted = last.post, last.version.deleted
    return PostRow(
        id=outcome.post_id,
        source_id=arrival.source_id,
        batch_id=batch_id,
        revision=last.revision,
        fingerprint=last.version.fingerprint,
        network=post.network,
        kind=post.kind,
        external_id=post.external_id,
        parent_key=post.parent_id,
        url=post.url,
        text=text,
        published_at=post.published_at,
        edited_at=outcome.edited_at,
        deleted_at=outcome.edited_at if deleted else None,
        metrics="{}" if deleted else _json(post.metrics),
        extra="{}" if deleted else _json(arrival.extra),
        status=arrival.status,
        evidence=(arrival.evidence or "event") if deleted else None,
        metrics_at=now if post.metrics and not deleted else None,
    )


def _revision_row(outcome: Outcome, change: Change, text: str) -> RevisionRow:
    return RevisionRow(
        outcome.post_id,
        change.revision,
        text,
        change.post.url,
        change.version.edited_at,
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False) if value else "{}"
