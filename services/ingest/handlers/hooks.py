"""Deliveries of networks that push: checked, stored once, answered as they want it."""

import asyncio
import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from services.ingest.handlers import poll_stored
from services.ingest.handlers.poll_stored import POLL_JOB, Sight, take_in_all
from services.ingest.handlers.polling import place_of
from services.ingest.handlers.push import refuse_when_behind
from services.ingest.handlers.tokens import credential_ids, tokens_of
from services.ingest.sources.base import ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Delivery, Reception
from services.ingest.sources.networks import WEBHOOK, Networks
from services.ingest.store import sources as source_store
from services.ingest.store import watched
from shared.db import EVERY_REGION
from shared.errors import NotFound, TooManyRequests
from shared.logs import log
from shared.models.ingest import Source
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

LARGEST_BODY: Final = 5_000_000

_OK, _GONE, _BUSY = 200, 410, 503
_READ_AT_ONCE: Final = 32 * 1024
"""Bytes of a body that is read within the event loop: sooner than a thread begins."""

_PAUSED_FOR: Final = 600
_NOTED_EACH: Final = timedelta(seconds=10)
_ID_BYTES, _TURN_BYTES, _MAC_BYTES = 16, 2, 16


@dataclass(frozen=True, slots=True)
class HookKey:
    """The secret part of a hook's address: which source, and which of its keys."""

    source_id: UUID
    turn: int


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken at a time."""

    calls_a_minute: int
    most_waiting: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network is answered."""

    status: int
    body: str
    content_type: str
    retry_after: int | None = None


def key_for(vault: Vault, source: Source) -> str:
    """Make the key of a source; it is derived, so it is stored nowhere."""
    told = source.id.bytes + source.hook_turn.to_bytes(_TURN_BYTES, "big")
    return base64.urlsafe_b64encode(told + _mac(vault, told)).decode().rstrip("=")


def read_key(vault: Vault, key: str) -> HookKey:
    """Read a key; NotFound, always the same, for one we never made."""
    try:
        packed = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    except (binascii.Error, ValueError):
        packed = b""
    told, mac = packed[:-_MAC_BYTES], packed[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(vault, told)) or len(told) != (
        _ID_BYTES + _TURN_BYTES
    ):
        raise _unknown()
    return HookKey(
        UUID(bytes=told[:_ID_BYTES]), int.from_bytes(told[_ID_BYTES:], "big")
    )


def _mac(vault: Vault, told: bytes) -> bytes:
    return vault.sign(b"otklik hook\0" + told)


def _unknown() -> NotFound:
    return NotFound("hook", "at this address")


def slug_of(source: Source) -> str:
    """Name a source's network as the address of its hook does."""
    return WEBHOOK if source.kind == WEBHOOK else source.network


async def renew_key(uow: UnitOfWork, source: Source) -> None:
    """Make the address there was lead nowhere, and another one good."""
    source.hook_turn += 1
    uow.audit("source.hook_renewed", "source", source.id, turn=source.hook_turn)


async def keep_rate(
    networks: Networks, key: HookKey, limits: Limits, now: datetime
) -> None:
    """Raise TooManyRequests for a sender that calls too often.

    When the counters do not answer everything is let in: posts must not be lost.
    """
    window = f"{now:%Y-%m-%dT%H:%M}"
    try:
        await networks.means.budget.spend(
            f"hook-{key.source_id.hex}", 1, limits.calls_a_minute, window
        )
    except SourceError as error:
        if error.kind is not ErrorKind.WAIT:
            log.warning("hook.uncounted", error=str(error))
            return
        raise TooManyRequests(
            f"More than {limits.calls_a_minute} calls in a minute.",
            retry_after=60 - now.second,
        ) from error


async def deliver(  # noqa: PLR0913 -- a delivery, and all it is taken in with
    work: Work,
    networks: Networks,
    vault: Vault,
    *,
    slug: str,
    key: HookKey,
    delivery: Delivery,
    limits: Limits,
) -> Answer:
    """Take a delivery: what it brings and that it came are stored in one go.

    What a network is answered with success is stored; a delivery that comes again
    is answered the same and brings nothing.
    """
    async with work.unit(EVERY_REGION) as uow:
        source = await source_store.anywhere(uow.session, key.source_id)
        hook = networks.hooks.get(slug)
        if source is None or hook is None or slug_of(source) != slug:
            raise _unknown()
        if source.hook_turn != key.turn:
            raise _unknown()
        if (closed := _closed(source)) is not None:
            return closed
        uow.region_id = source.region_id
        secrets = await _secrets(uow, vault, source)
        place, region, now = place_of(source), source.region_id, uow.now
    receive = partial(hook.receive, place, delivery, secrets, now)
    is_small = len(delivery.body) <= _READ_AT_ONCE
    reception = receive() if is_small else await asyncio.to_thread(receive)
    if reception.fetched is None and reception.event_id is None:
        return await _answered(work, region, key, reception)
    if _brings_nothing(reception, source, now):
        return _plainly(reception)
    async with work.unit(region) as uow:
        await refuse_when_behind(uow, limits.most_waiting)
        return await _store(uow, key, reception, vault)


def _closed(source: Source) -> Answer | None:
    """Networks come again after 503, and stop after 410."""
    if source.state == "disabled":
        return Answer(_GONE, "", "text/plain")
    if source.state == "paused" and source.stop_reason is None:
        return Answer(_BUSY, "", "text/plain", _PAUSED_FOR)
    return None


async def _secrets(uow: UnitOfWork, vault: Vault, source: Source) -> dict[str, str]:
    """Merge the secrets of all usable credentials; those of the chosen one win.

    A signed webhook has secrets of its own, and may be opened with no others.
    """
    merged: dict[str, str] = {}
    for token in await tokens_of(uow, vault, source):
        is_chosen = credential_ids([token.id]) == [source.credential_id]
        if is_chosen or source.kind != WEBHOOK:
            merged = {**token.secrets, **merged}
    return merged


async def _answered(
    work: Work, region: int, key: HookKey, reception: Reception
) -> Answer:
    if reception.again:
        async with work.unit(region) as uow:
            uow.ring(POLL_JOB, region, str(key.source_id))
    return _plainly(reception)


def _brings_nothing(reception: Reception, source: Source, now: datetime) -> bool:
    """Say whether there is nothing to store, not even that the hook works.

    Every second update of a channel with a discussion group is one of those: Telegram
    tells of each post once more when it is forwarded there.
    """
    got = reception.fetched or Fetched((), {})
    leaves = reception.touched or reception.again or reception.lines is not None
    noted = source.last_ok_at is not None and source.last_ok_at >= now - _NOTED_EACH
    return noted and not (got.posts or got.refused or got.unknown or leaves)


def _plainly(reception: Reception) -> Answer:
    wait = reception.retry_after
    return Answer(
        reception.status,
        reception.body,
        reception.content_type,
        None if wait is None else round(wait.total_seconds()),
    )


async def _store(
    uow: UnitOfWork, key: HookKey, reception: Reception, vault: Vault
) -> Answer:
    """Deliveries that leave something to the next poll wait for each other."""
    source = await source_store.one(
        uow.session, uow.region_id, key.source_id, lock=bool(reception.touched)
    )
    if source is None:
        raise _unknown()
    fetched = reception.fetched or Fetched((), {})
    event = reception.event_id
    is_first = event is None or await watched.is_first(
        uow.session, uow.region_id, source.id, event[:255], uow.now
    )
    if not is_first:
        return _answer(reception, accepted=0, duplicates=len(fetched.posts))
    taken, lag = await take_in_all(uow, source, fetched, Sight(uow.now), vault)
    if reception.touched:
        source.cursor = poll_stored.with_touched(source.cursor, reception.touched)
    if reception.again:
        uow.ring(POLL_JOB, uow.region_id, str(source.id))
    if taken.accepted:
        poll_stored.audit_posts(uow, source, taken, refused=0)
    _note(uow, source, fetched, lag)
    return _answer(reception, accepted=taken.accepted, duplicates=taken.duplicates)


def _note(
    uow: UnitOfWork, source: Source, fetched: Fetched, lag: timedelta | None
) -> None:
    """Say that the hook works; not each time, or deliveries would wait in a row."""
    last = source.last_ok_at
    if fetched.unknown or last is None or last < uow.now - _NOTED_EACH:
        source.last_ok_at = uow.now
        source.unknown = poll_stored.with_unknown(source.unknown, fetched.unknown or {})
        if lag is not None:
            source.lag_s = round(lag.total_seconds())


def _answer(reception: Reception, *, accepted: int, duplicates: int) -> Answer:
    lines = reception.lines
    if lines is None:
        return _plainly(reception)
    receipt = {
        "accepted": accepted,
        "duplicates": duplicates + lines.duplicates,
        "rejected": [{"line": n, "reason": reason} for n, reason in lines.rejected],
    }
    body = json.dumps(receipt, ensure_ascii=False)
    return Answer(reception.status, body, "application/json")
