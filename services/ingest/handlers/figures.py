"""Figures of official pages: a snapshot a day, never overwritten."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ingest.handlers.polling import PATIENCE, options_of, place_of
from services.ingest.handlers.tokens import forgo, tokens_of
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Figure, Token
from services.ingest.sources.networks import Networks
from services.ingest.store import sources as source_store
from services.ingest.store import watched
from shared.identity import store as identity
from shared.logs import log
from shared.models.ingest import Source
from shared.uow import Work
from shared.vault import Vault

EACH: Final = timedelta(days=1)
AGAIN: Final = timedelta(hours=3)
"""When figures that could not be had are asked for again."""
SOON: Final = timedelta(minutes=1)
"""When they are after a token was given up: some may be had without it."""


async def measure(
    work: Work, region: int, source_id: UUID, networks: Networks, vault: Vault
) -> None:
    """Ask for a page's figures and keep those of days that have none yet.

    A failure is nothing against the source: posts may be had where figures may not.
    But a refused token is given up, so that somebody hears of it.
    """
    async with work.unit(region) as uow:
        source = await source_store.one(uow.session, region, source_id)
        if source is None or source.state != "active":
            return
        connector = networks.of(source.kind, source.network)
        if connector is None:
            return
        place = place_of(source)
        tokens = await tokens_of(uow, vault, source)
        options = await options_of(uow, source)
        now = uow.now
    access, _ = networks.reach(connector, tokens, options, region)
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            figures = await connector.figures(place, access, now=now)
    except (SourceError, TimeoutError) as error:
        log.info("figures.failed", source_id=str(source_id), error=str(error)[:300])
        is_given_up = await _give_up(work, region, networks, tokens, error)
        await _keep(work, region, source_id, (), SOON if is_given_up else AGAIN)
        return
    await _keep(work, region, source_id, figures, EACH)


async def _give_up(
    work: Work,
    region: int,
    networks: Networks,
    tokens: Sequence[Token],
    error: SourceError | TimeoutError,
) -> bool:
    """Give up a refused token that only figures are had with.

    A source's last one is left to its next poll, which stops all that depends on it.
    """
    if not isinstance(error, SourceError) or error.kind is not ErrorKind.REAUTH:
        return False
    if error.token is None or {each.id for each in tokens} <= {error.token}:
        return False
    await networks.means.budget.stop(error.token)
    async with work.unit(region) as uow:
        return await forgo(uow, error.token, error)


async def _keep(
    work: Work,
    region: int,
    source_id: UUID,
    figures: Iterable[Figure],
    pause: timedelta,
) -> None:
    async with work.unit(region) as uow:
        source = await source_store.one(uow.session, region, source_id, lock=True)
        if source is None:
            return
        zone = ZoneInfo(await identity.zone_of(uow.session, region))
        rows = [_row(source, each, zone) for each in figures]
        await watched.add_figures(uow.session, rows)
        source.next_figures_at = uow.now + pause


def _row(source: Source, figure: Figure, zone: ZoneInfo) -> Mapping[str, Any]:
    return {
        "source_id": source.id,
        "region_id": source.region_id,
        "name": figure.name,
        "method": figure.method,
        "day": figure.as_of.astimezone(zone).date(),
        "value": figure.value,
        "as_of": figure.as_of,
        "precision": figure.precision.value,
    }
