"""The addresses of hooks: whoever knows one may deliver, so often in a minute."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.networks import WEBHOOK, Networks
from shared.errors import NotFound, TooManyRequests
from shared.logs import log
from shared.models.ingest import Source
from shared.uow import UnitOfWork
from shared.vault import Vault

LARGEST_BODY: Final = 5_000_000

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
        raise unknown()
    return HookKey(
        UUID(bytes=told[:_ID_BYTES]), int.from_bytes(told[_ID_BYTES:], "big")
    )


def _mac(vault: Vault, told: bytes) -> bytes:
    return vault.sign(b"otklik hook\0" + told)


def unknown() -> NotFound:
    """Make the answer to all who have no good address."""
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
