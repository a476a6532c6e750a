"""The updates that wait for one bot: a day long, committed by passing the marker."""

from collections import deque
from collections.abc import Collection
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.max.shapes import updates_of
from infra.sandbox.stage.plans import DeliveryMode
from infra.sandbox.stage.tokens import Token

KEPT: Final = timedelta(hours=24)
_FIRST: Final = 40_001


class Update(NamedTuple):
    """An update and its number in the bot's queue."""

    number: int
    at: datetime
    json: dict[str, Any]


class Inbox:
    """A bot's queue. The bot does not hear itself (`own`: page and item)."""

    def __init__(
        self, network: NetworkContext, token: Token, own: set[tuple[str, int]]
    ) -> None:
        self._network = network
        self._token = token
        self._own = own
        self._seq = 0
        self._held: tuple[datetime, dict[str, Any]] | None = None
        self.marker = _FIRST
        self.types: Collection[str] = ()
        self.waiting: deque[Update] = deque()

    def collect(self, *, planned: bool = True) -> None:
        """Take in what happened since the last time, and drop what is too old.

        `planned`: the delivery plan may drop, repeat and swap updates here; for a
        webhook the line does that.
        """
        stage, before = self._network.stage, self.marker
        for line in stage.happenings(after=self._seq):
            self._seq = line.seq
            is_own = line.item and (line.page, line.item.id) in self._own
            if self._token.owner in {None, line.page} and not is_own:
                for told in updates_of(line, stage):
                    self._enqueue(line.at, told, planned=planned)
        if self.marker == before:
            self._release_held()
        oldest = self._network.clock() - KEPT
        while self.waiting and self.waiting[0].at < oldest:
            self.waiting.popleft()

    def commit(self, marker: int) -> None:
        """Forget what is before a marker: it is never told again."""
        while self.waiting and self.waiting[0].number < marker:
            self.waiting.popleft()

    def _enqueue(self, at: datetime, told: dict[str, Any], *, planned: bool) -> None:
        kind = told["update_type"]
        if self.types and kind not in self.types:
            return
        plan = None
        if planned:
            plan = self._network.deliveries.take(
                lambda one: fnmatchcase(kind, one.event)
            )
        mode = None if plan is None else plan.mode
        if mode is DeliveryMode.DROP:
            return
        if mode is DeliveryMode.REORDER:
            self._release_held()
            self._held = (at, told)
            return
        self._add(at, told)
        if mode is DeliveryMode.DUPLICATE:
            self._add(at, told)
        self._release_held()

    def _release_held(self) -> None:
        """Let the update go that was to come after another one."""
        if self._held is not None:
            held, self._held = self._held, None
            self._add(*held)

    def _add(self, at: datetime, told: dict[str, Any]) -> None:
        self.waiting.append(Update(self.marker, at, told))
        self.marker += 1
