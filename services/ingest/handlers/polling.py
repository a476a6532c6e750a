"""Watched sources: asked when their time has come, their posts taken in."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.ingest.domain.posts import Network
from services.ingest.handlers import poll_failed, poll_stored
from services.ingest.handlers.tokens import credential_ids, refuse, tokens_of
from services.ingest.sources.base import Cursor, ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Connector, Place, Token
from services.ingest.sources.networks import Networks, Observed
from services.ingest.store import credentials
from services.ingest.store import sources as source_store
from shared.identity import store as identity
from shared.logs import log
from shared.models.ingest import Source
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

Dice: TypeAlias = Callable[[], float]

PATIENCE: Final = timedelta(seconds=25)
"""One poll ends below a job's timeout, so that its failure is written down."""

OUR_FAULT: Final = "otklik:parser"
"""Code of a failure within a connector."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A source as it was when it was asked."""

    id: UUID
    connector: Connector
    place: Place
    cursor: Cursor
    tokens: tuple[Token, ...]
    options: dict[str, Any]
    began: datetime


async def poll(
    work: Work,
    region: int,
    source_id: UUID,
    networks: Networks,
    vault: Vault,
    dice: Dice = random.random,
) -> None:
    """Ask a source and store what it brought, with the cursor, in one transaction.

    No transaction is open while the network is asked. When two polls run at once,
    the one that ends later finds another cursor and changes nothing.
    """
    async with work.unit(region) as uow:
        asked = await _asked(uow, source_id, networks, vault)
    if asked is None:
        return
    answer, observed = await _ask(networks, asked, region)
    if isinstance(answer, SourceError):
        await _note_failure(work, region, networks, asked, (answer, observed, dice()))
        return
    async with work.unit(region) as uow:
        if source := await _still(uow, asked):
            sight = poll_stored.Sight(
                asked.began,
                not asked.cursor,
                observed.skew,
                tuple(asked.cursor.get(poll_stored.TOUCHED, ())),
            )
            await poll_stored.store(uow, source, answer, sight, vault)
            used = credential_ids(observed.tokens)
            await credentials.note_use(uow.session, used, now=uow.now)


async def _note_failure(
    work: Work,
    region: int,
    networks: Networks,
    asked: Asked,
    failure: tuple[SourceError, Observed, float],
) -> None:
    """Stop a refused token first of all, then write down how the source fares."""
    error, observed, dice = failure
    token = error.token or observed.token
    refused = token if error.kind is ErrorKind.REAUTH else None
    if refused is not None:
        await networks.means.budget.stop(refused)
    async with work.unit(region) as uow:
        is_replaced = refused is not None and await refuse(
            uow, asked.place.network, refused, error
        )
        source = await _still(uow, asked)
        if source is None:
            return
        if is_replaced:
            poll_failed.go_on(uow, source)
        else:
            poll_failed.note(uow, source, error, dice)


async def _ask(
    networks: Networks, asked: Asked, region: int
) -> tuple[Fetched | SourceError, Observed]:
    """Talk with the network; a crash of its connector is a failure like others."""
    access, observed = networks.reach(
        asked.connector, asked.tokens, asked.options, region
    )
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            outside = asked.connector.open(asked.place, access)
            return await outside.fetch(asked.cursor, now=asked.began), observed
    except SourceError as error:
        return error, observed
    except TimeoutError:
        seconds = int(PATIENCE.total_seconds())
        return SourceError(f"the poll took longer than {seconds} s"), observed
    except Exception as error:  # noqa: BLE001 -- the edge of foreign data
        log.exception("poll.crashed", source_id=str(asked.id))
        reason = f"the answer could not be read: {type(error).__name__}"
        return SourceError(reason, code=OUR_FAULT), observed


async def _asked(
    uow: UnitOfWork, source_id: UUID, networks: Networks, vault: Vault
) -> Asked | None:
    source = await source_store.one(uow.session, uow.region_id, source_id)
    if source is None or source.state != "active" or source.url is None:
        return None
    connector = networks.of(source.kind, source.network)
    if connector is None or source.kind not in source_store.POLLED:
        return None
    return Asked(
        source.id,
        connector,
        place_of(source),
        source.cursor,
        tuple(await tokens_of(uow, vault, source)),
        await options_of(uow, source),
        uow.now,
    )


def place_of(source: Source) -> Place:
    """Where a source is, as its connector knows it."""
    return Place(
        Network(source.network),
        source.place_kind or "feed",
        source.native or source.url or "",
        source.url or "",
        source.name,
    )


async def options_of(uow: UnitOfWork, source: Source) -> dict[str, Any]:
    """What was set for this very source, the region's time zone, the usual pause."""
    zone = await identity.zone_of(uow.session, uow.region_id)
    pause = source_store.pause_of(source).total_seconds()
    return {**source.options, "zone": zone, "pause_s": pause}


async def _still(uow: UnitOfWork, asked: Asked) -> Source | None:
    """Lock the source; None when it was changed since it was asked.

    What hooks leave in the cursor meanwhile is no change.
    """
    source = await source_store.one(uow.session, uow.region_id, asked.id, lock=True)
    if source is None or source.state != "active":
        return None
    before = (asked.place.url or None, _without_touched(asked.cursor))
    is_same = (source.url, _without_touched(source.cursor)) == before
    return source if is_same else None


def _without_touched(cursor: Cursor) -> dict[str, Any]:
    return {name: each for name, each in cursor.items() if name != poll_stored.TOUCHED}
