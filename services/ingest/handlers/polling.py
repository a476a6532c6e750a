"""Watched sources: asked when their time has come, their posts taken in."""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.ingest.domain.posts import Network
from services.ingest.handlers import cursors, poll_failed, poll_stored
from services.ingest.handlers.poll_stored import TOUCHED, Polled, Sight
from services.ingest.handlers.tokens import credential_ids, refuse, tokens_of_each
from services.ingest.sources.base import Cursor, ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Connector, Place, Token
from services.ingest.sources.networks import Networks, Observed
from services.ingest.store import credentials
from services.ingest.store import sources as source_store
from shared.db import OUT_OF_REACH
from shared.gathering import Gathering
from shared.identity import store as identity
from shared.logs import log
from shared.models.ingest import Source
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

Dice: TypeAlias = Callable[[], float]

PATIENCE: Final = timedelta(seconds=25)
"""One poll ends below a job's timeout, so that its failure is written down."""

_MOST_TOGETHER: Final = 20
_MANY: Final = 200
"""What brought more posts is stored by itself, so that no other poll waits for it."""

OUR_FAULT: Final = "otklik:parser"
"""Code of a failure within a connector."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A source as it was when it was asked; `stored` is its cursor, sealed."""

    id: UUID
    connector: Connector
    place: Place
    stored: Cursor
    cursor: Cursor
    tokens: tuple[Token, ...]
    options: dict[str, Any]
    began: datetime


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a source brought that was asked."""

    asked: Asked
    fetched: Fetched
    observed: Observed

    def of(self, source: Source) -> Polled:
        """Say what is to be stored of it, with the source as it stands now."""
        asked = self.asked
        sight = Sight(asked.began, asked.cursor, self.observed.skew)
        return Polled(source, self.fetched, sight)


class Polling:
    """Asks the sources of all regions, for one process.

    No transaction is open while a network is asked. When two polls of a source run at
    once, the one that ends later finds another cursor and changes nothing. Polls that
    end while others of the region are being stored are stored together.
    """

    def __init__(
        self, work: Work, networks: Networks, vault: Vault, dice: Dice = random.random
    ) -> None:
        self._work = work
        self._networks = networks
        self._vault = vault
        self._dice = dice
        self._storing: dict[int, Gathering[_Answered, None]] = {}

    async def poll(self, region: int, ids: Sequence[UUID]) -> list[BaseException]:
        """Ask sources of a region at once; return what went wrong on our side.

        What each brought is stored with its cursor in one transaction; what a network
        refused is written down, and is no failure here.
        """
        async with self._work.unit(region) as uow:
            asked = await _asked(uow, ids, self._networks, self._vault)
        polls = [self._poll(region, each) for each in asked]
        ended = await asyncio.gather(*polls, return_exceptions=True)
        return [each for each in ended if each is not None]

    async def _poll(self, region: int, asked: Asked) -> None:
        answer, observed = await _ask(self._networks, asked, region)
        if isinstance(answer, SourceError):
            await self._note_failure(region, asked, answer, observed)
            return
        answered = _Answered(asked, answer, observed)
        if len(answer.posts) > _MANY:
            await self._store(region, [answered])
            return
        storing = self._storing.setdefault(
            region,
            Gathering(
                partial(self._store, region), most=_MOST_TOGETHER, nobodys=OUT_OF_REACH
            ),
        )
        await storing.ask(answered)

    async def _store(
        self, region: int, answered: Sequence[_Answered]
    ) -> list[Exception | None]:
        async with self._work.unit(region) as uow:
            # Of two polls of a source that end at the same time the first one counts.
            first = {each.asked.id: each for each in reversed(answered)}
            still = await _still(uow, [each.asked for each in first.values()])
            polled = [first[id_].of(source) for id_, source in still.items()]
            await poll_stored.store(uow, polled, self._vault)
            used = {token for id_ in still for token in first[id_].observed.tokens}
            ids = sorted(credential_ids(used))
            await credentials.note_use(uow.session, ids, now=uow.now)
        return [None] * len(answered)

    async def _note_failure(
        self, region: int, asked: Asked, error: SourceError, observed: Observed
    ) -> None:
        """Stop a refused token first of all, then write down how the source fares."""
        token = error.token or observed.token
        refused = token if error.kind is ErrorKind.REAUTH else None
        if refused is not None:
            await self._networks.means.budget.stop(refused)
        async with self._work.unit(region) as uow:
            is_replaced = refused is not None and await refuse(
                uow, asked.place.network, refused, error
            )
            source = (await _still(uow, [asked])).get(asked.id)
            if source is None:
                return
            if is_replaced:
                poll_failed.go_on(uow, source)
            else:
                poll_failed.note(uow, source, error, self._dice())


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
    uow: UnitOfWork, ids: Sequence[UUID], networks: Networks, vault: Vault
) -> list[Asked]:
    """Find out what to ask, and how; what is not to be asked now is left out."""
    found = await source_store.several(uow.session, uow.region_id, ids)
    connectors = {
        source.id: connector
        for source in found.values()
        if source.state == "active" and source.url is not None
        if source.kind in source_store.POLLED
        if (connector := networks.of(source.kind, source.network)) is not None
    }
    sources = [found[id_] for id_ in connectors]
    tokens = await tokens_of_each(uow, vault, sources)
    zone = await identity.zone_of(uow.session, uow.region_id) if sources else "UTC"
    return [
        Asked(
            source.id,
            connectors[source.id],
            place_of(source),
            source.cursor,
            cursors.opened(source.cursor, vault, source.id),
            tuple(tokens[source.id]),
            _options(source, zone),
            uow.now,
        )
        for source in sources
    ]


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
    return _options(source, await identity.zone_of(uow.session, uow.region_id))


def _options(source: Source, zone: str) -> dict[str, Any]:
    pause = source_store.pause_of(source).total_seconds()
    return {**source.options, "zone": zone, "pause_s": pause}


async def _still(uow: UnitOfWork, asked: Iterable[Asked]) -> dict[UUID, Source]:
    """Lock the sources; those that were changed since they were asked are left out.

    What hooks leave in the cursor meanwhile is no change.
    """
    before = {each.id: each for each in asked}
    found = await source_store.several(uow.session, uow.region_id, before, lock=True)
    return {id_: each for id_, each in found.items() if _is_as_asked(each, before[id_])}


def _is_as_asked(source: Source, asked: Asked) -> bool:
    before = (asked.place.url or None, _without_touched(asked.stored))
    is_same = (source.url, _without_touched(source.cursor)) == before
    return is_same and source.state == "active"


def _without_touched(cursor: Cursor) -> dict[str, Any]:
    return {name: each for name, each in cursor.items() if name != TOUCHED}
