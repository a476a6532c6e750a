"""A line on which a network pushes events to one subscriber, as planned."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

from infra.sandbox.stage.plans import Delivery, DeliveryMode, Plan
from shared.clock import Clock

_BACKOFF: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event on its way; `id` is the same at every attempt.

    `retries` counts the attempts before this one. `is_forged`: to be sent with a
    wrong signature or secret. A held parcel (`is_held`) leaves after the next one.
    """

    id: str
    kind: str
    body: Mapping[str, Any]
    due: datetime
    retries: int = 0
    is_forged: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the subscriber made of a parcel; `wait` is how long it asks to wait.

    `is_gone`: it wants nothing more, ever.
    """

    is_taken: bool
    wait: timedelta | None = None
    is_gone: bool = False


Send = Callable[[Parcel], Awaitable[Receipt]]


def _one_lane(_: Parcel) -> object:
    return None


class PushLine:
    """Parcels of one subscriber, sent in order, again after 1-2-4… seconds.

    After `patience` failures in a row nothing is sent until `resume`; parcels that
    came meanwhile wait. `lane` names what must stay in order: of different lanes,
    `at_once` are sent at a time.
    """

    def __init__(
        self,
        plan: Plan[Delivery],
        now: Clock,
        *,
        patience: int | None = None,
        lane: Callable[[Parcel], object] = _one_lane,
        at_once: int = 1,
    ) -> None:
        self._plan = plan
        self._now = now
        self._patience = patience
        self._lane = lane
        self._connections = asyncio.Semaphore(at_once)
        self._waiting: list[Parcel] = []
        self._outage_until: datetime | None = None
        self._failures = 0
        self._lock = asyncio.Lock()
        self.is_stopped = False

    @property
    def waiting(self) -> tuple[Parcel, ...]:
        return tuple(self._waiting)

    def add(self, event_id: str, kind: str, body: Mapping[str, Any]) -> None:
        """Take an event in, and let the delivery plan have its way with it."""
        now = self._now()
        parcel = Parcel(event_id, kind, body, now)
        plan = self._plan.take(lambda one: fnmatchcase(kind, one.event))
        if plan is not None and plan.mode is DeliveryMode.OUTAGE:
            self._outage_until = now + timedelta(seconds=plan.seconds)
        if plan is not None and plan.mode is DeliveryMode.STOP:
            self._patience = plan.failures
        if self._outage_until is not None and now < self._outage_until:
            parcel = replace(parcel, due=self._outage_until, retries=1)
            self._waiting.append(parcel)
            return
        held = [one for one in self._waiting if one.is_held]
        self._waiting.extend(_planned(parcel, plan))
        for one in held:
            self._waiting.remove(one)
            self._waiting.append(replace(one, is_held=False, due=now))

    def resume(self) -> None:
        """Begin again after the line had given up."""
        self.is_stopped = False
        self._failures = 0

    async def deliver_due(self, send: Send) -> int:
        """Send what is due; return how many parcels were taken."""
        async with self._lock:
            now = self._now()
            lanes: dict[object, list[Parcel]] = {}
            for parcel in self._waiting:
                if parcel.due <= now:
                    lanes.setdefault(self._lane(parcel), []).append(parcel)
            sent = [self._in_order(parcels, send) for parcels in lanes.values()]
            return sum(await asyncio.gather(*sent))

    async def _in_order(self, parcels: Sequence[Parcel], send: Send) -> int:
        taken = 0
        for parcel in parcels:
            async with self._connections:
                if self.is_stopped:
                    break
                taken += await self._attempt(parcel, send)
        return taken

    async def _attempt(self, parcel: Parcel, send: Send) -> bool:
        receipt = await send(parcel)
        self._waiting.remove(parcel)
        if receipt.is_gone:
            self.is_stopped = True
        if receipt.is_taken or parcel.is_forged:
            self._failures = 0 if receipt.is_taken else self._failures
            return receipt.is_taken
        self._failures += 1
        if self._patience is not None and self._failures >= self._patience:
            self.is_stopped = True
        wait = receipt.wait or min(_BACKOFF * 2**parcel.retries, _LONGEST)
        again = replace(parcel, retries=parcel.retries + 1, due=self._now() + wait)
        self._waiting.append(again)
        return False


def _planned(parcel: Parcel, plan: Delivery | None) -> list[Parcel]:
    """Give what is put on the line instead of the one parcel."""
    if plan is None:
        return [parcel]
    later = parcel.due + timedelta(seconds=plan.seconds)
    put: dict[DeliveryMode, list[Parcel]] = {
        DeliveryMode.DUPLICATE: [parcel, replace(parcel, retries=1)],
        DeliveryMode.REORDER: [replace(parcel, is_held=True, due=later)],
        DeliveryMode.DELAY: [replace(parcel, due=later)],
        DeliveryMode.DROP: [replace(parcel, retries=1, due=later)],
        DeliveryMode.FORGE: [replace(parcel, is_forged=True), parcel],
    }
    return put.get(plan.mode, [parcel])
