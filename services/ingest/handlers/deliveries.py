"""Deliveries of networks that push: checked, stored once, answered as they want it.

What comes while other deliveries of the region are being stored is stored together.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from services.ingest.handlers import poll_stored
from services.ingest.handlers.brought import Brought, TakenIn, take_in_each
from services.ingest.handlers.hooks import (
    HookKey,
    Limits,
    keep_rate,
    read_key,
    slug_of,
    unknown,
)
from services.ingest.handlers.poll_stored import POLL_JOB
from services.ingest.handlers.polling import place_of
from services.ingest.handlers.push import refuse_when_behind
from services.ingest.handlers.received import (
    Answer,
    Received,
    is_noted,
    plainly,
    receipt,
)
from services.ingest.handlers.tokens import credential_ids, tokens_of_each
from services.ingest.sources.connector import Delivery, Reception, Token
from services.ingest.sources.networks import WEBHOOK, Networks
from services.ingest.store import sources as source_store
from services.ingest.store import watched
from shared.db import EVERY_REGION, OUT_OF_REACH
from shared.errors import OtklikError, TooManyRequests
from shared.gathering import Gathering
from shared.models.ingest import Source
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

_GONE, _BUSY = 410, 503

_MOST_TOGETHER: Final = 100
_SMALL: Final = 32 * 1024
"""Bytes of a body that is read within the event loop, sooner than a thread begins, and
stored together with others. Larger ones are stored alone: none waits for them."""

_PAUSED_FOR: Final = 600


@dataclass(frozen=True, slots=True)
class Call:
    """A delivery at the address of a hook of the network `slug`."""

    slug: str
    key: HookKey
    delivery: Delivery


_Outcome: TypeAlias = Answer | OtklikError


class Deliveries:
    """Takes deliveries in, for one process."""

    def __init__(
        self, work: Work, networks: Networks, vault: Vault, limits: Limits
    ) -> None:
        self._work = work
        self._networks = networks
        self._vault = vault
        self._limits = limits
        self._regions: dict[UUID, int] = {}  # a source never moves to another one
        self._gathered: dict[int, Gathering[Call, Answer]] = {}

    async def enter(self, hook_key: str) -> HookKey:
        """Read the key of an address, and count the call.

        Raises NotFound for a key we never made, TooManyRequests for a sender that
        calls too often.
        """
        key = read_key(self._vault, hook_key)
        await keep_rate(self._networks, key, self._limits, self._work.clock())
        return key

    async def take(self, call: Call) -> Answer:
        """Take a delivery: what it brings and that it came are stored in one go.

        What a network is answered with success is stored; a delivery that comes again
        is answered the same and brings nothing. Raises NotFound for an address that
        leads nowhere, TooManyRequests while too much waits to be matched.
        """
        region = await self._region_of(call.key)
        if len(call.delivery.body) > _SMALL:
            gathered = self._gathering(region)
        else:
            gathered = self._gathered.setdefault(region, self._gathering(region))
        return await gathered.ask(call)

    def _gathering(self, region: int) -> Gathering[Call, Answer]:
        return Gathering(
            partial(self._take_all, region), most=_MOST_TOGETHER, nobodys=OUT_OF_REACH
        )

    async def _region_of(self, key: HookKey) -> int:
        known = self._regions.get(key.source_id)
        if known is None:
            async with self._work.unit(EVERY_REGION) as uow:
                source = await source_store.anywhere(uow.session, key.source_id)
            if source is None:
                raise unknown()
            known = self._regions[source.id] = source.region_id
        return known

    async def _take_all(self, region: int, calls: Sequence[Call]) -> list[_Outcome]:
        """Take deliveries of one region in one transaction, in their order."""
        async with self._work.unit(region) as uow:
            ids = {call.key.source_id for call in calls}
            sources = await source_store.several(uow.session, region, ids)
            tokens = await tokens_of_each(uow, self._vault, sources.values())
            outcomes: dict[int, _Outcome] = {}
            received: dict[int, Received] = {}
            for number, call in enumerate(calls):
                source = sources.get(call.key.source_id)
                if source is None or not self._leads_to(call, source):
                    outcomes[number] = unknown()
                elif (closed := _closed(source)) is not None:
                    outcomes[number] = closed
                else:
                    own = tokens[source.id]
                    reception = await self._received(call, source, own, uow.now)
                    received[number] = Received(source, reception)
            outcomes |= await self._store_all(uow, received)
            return [outcomes[number] for number in range(len(calls))]

    def _leads_to(self, call: Call, source: Source) -> bool:
        is_ours = call.slug in self._networks.hooks and slug_of(source) == call.slug
        return is_ours and source.hook_turn == call.key.turn

    async def _received(
        self, call: Call, source: Source, tokens: Iterable[Token], now: datetime
    ) -> Reception:
        hook = self._networks.hooks[call.slug]
        secrets = _secrets(source, tokens)
        given = (place_of(source), call.delivery, secrets, now)
        if len(call.delivery.body) <= _SMALL:
            return hook.receive(*given)
        return await asyncio.to_thread(hook.receive, *given)

    async def _store_all(
        self, uow: UnitOfWork, received: Mapping[int, Received]
    ) -> dict[int, _Outcome]:
        outcomes: dict[int, _Outcome] = {}
        storing: dict[int, Received] = {}
        for number, each in received.items():
            if each.leaves_nothing(uow.now):
                if each.reception.again:
                    uow.ring(POLL_JOB, uow.region_id, str(each.source.id))
                outcomes[number] = plainly(each.reception)
            else:
                storing[number] = each
        if not storing:
            return outcomes
        try:
            await refuse_when_behind(uow, self._limits.most_waiting)
        except TooManyRequests as late:
            return outcomes | dict.fromkeys(storing, late)
        return outcomes | await self._stored(uow, storing)

    async def _stored(
        self, uow: UnitOfWork, storing: Mapping[int, Received]
    ) -> dict[int, Answer]:
        """Deliveries that change a source wait for each other, all others do not."""
        changing = {each.source.id for each in storing.values() if each.changes_source}
        if changing:
            await source_store.several(uow.session, uow.region_id, changing, lock=True)
        fresh = await _fresh(uow, storing)
        brought = [
            Brought(storing[number].source, storing[number].fetched, uow.now)
            for number in fresh
        ]
        told = await take_in_each(uow, brought, self._vault)
        taken_in = dict(zip(fresh, told, strict=True))
        await _leave(uow, [(storing[number], taken_in[number]) for number in fresh])
        return {
            number: receipt(each.reception, taken_in.get(number))
            for number, each in storing.items()
        }


async def _fresh(uow: UnitOfWork, storing: Mapping[int, Received]) -> list[int]:
    """Note the events and leave out those that were delivered before."""
    events = [each.event for each in storing.values() if each.event is not None]
    first = await watched.note_events(uow.session, uow.region_id, events, uow.now)
    fresh = []
    for number, each in storing.items():
        if each.event is None or each.event in first:
            fresh.append(number)
            first.discard(each.event)  # the same one again in this very group
    return fresh


async def _leave(uow: UnitOfWork, stored: Iterable[tuple[Received, TakenIn]]) -> None:
    """Write down what is left of deliveries beside their posts."""
    well: dict[UUID, int | None] = {}
    for each, told in stored:
        source, reception = each.source, each.reception
        if reception.touched:
            source.cursor = poll_stored.with_touched(source.cursor, reception.touched)
        if unknown_shapes := each.fetched.unknown:
            source.unknown = poll_stored.with_unknown(source.unknown, unknown_shapes)
        if reception.again:
            uow.ring(POLL_JOB, uow.region_id, str(source.id))
        if told.taken.accepted:
            poll_stored.audit_posts(uow, source, told.taken, refused=0)
        if each.fetched.unknown or not is_noted(source, uow.now):
            lag = None if told.lag is None else round(told.lag.total_seconds())
            well[source.id] = well.get(source.id) if lag is None else lag
    await source_store.note_well(uow.session, uow.region_id, well, now=uow.now)


def _closed(source: Source) -> Answer | None:
    """Networks come again after 503, and stop after 410."""
    if source.state == "disabled":
        return Answer(_GONE, "", "text/plain")
    if source.state == "paused" and source.stop_reason is None:
        return Answer(_BUSY, "", "text/plain", _PAUSED_FOR)
    return None


def _secrets(source: Source, tokens: Iterable[Token]) -> dict[str, str]:
    """Merge the secrets of all usable credentials; those of the chosen one win.

    A signed webhook has secrets of its own, and may be opened with no others.
    """
    merged: dict[str, str] = {}
    for token in tokens:
        is_chosen = credential_ids([token.id]) == [source.credential_id]
        if is_chosen or source.kind != WEBHOOK:
            merged = {**token.secrets, **merged}
    return merged
