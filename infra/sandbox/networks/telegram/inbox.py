"""The updates that wait for one bot: a day long, confirmed by asking for the next."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.telegram.shapes import updates_of
from infra.sandbox.stage.plans import DeliveryMode
from infra.sandbox.stage.tokens import Token

KEPT: Final = timedelta(hours=24)
_FIRST_UPDATE: Final = 10_001
_A_WAKE: Final = 1_000_000


class Update(NamedTuple):
    """An update; `kind` is the field its message stands in."""

    number: int
    kind: str
    at: datetime
    message: dict[str, Any]

    @property
    def json(self) -> dict[str, Any]:
        return {"update_id": self.number, self.kind: self.message}


class Inbox:
    """A bot's queue. The bot does not hear itself (`own`: page and item).

    After a restart the last day is told once more, under higher numbers (`wakes` is
    how often the queue was made before): a reader who asks from an offset on would
    never see lower ones.
    """

    def __init__(
        self,
        network: NetworkContext,
        token: Token,
        own: set[tuple[str, int]],
        *,
        wakes: int = 0,
    ) -> None:
        self._network = network
        self._token = token
        self._own = own
        self._seq = 0
        self._next = _FIRST_UPDATE + wakes * _A_WAKE
        self._held: Update | None = None
        self.allowed: Collection[str] = ()
        self.waiting: list[Update] = []

    def collect(self, *, planned: bool = True) -> None:
        """Take in what happened since the last time, and drop what is too old.

        `planned`: the delivery plan may drop, repeat and swap updates here; for a
        webhook the line does that.
        """
        news = list(self._news())
        for update in news:
            self._enqueue(update, planned=planned)
        if not news:
            self._release_held()
        oldest = self._network.clock() - KEPT
        self.waiting = [update for update in self.waiting if update.at >= oldest]

    def forget_before(self, number: int) -> None:
        """Confirm updates: they are never told again."""
        self.waiting = [update for update in self.waiting if update.number >= number]

    def _news(self) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
        stage, owner = self._network.stage, self._token.owner
        for line in stage.happenings(after=self._seq):
            self._seq = line.seq
            page = stage.page(line.page)
            is_own = line.item and (line.page, line.item.id) in self._own
            if owner not in {None, line.page} or page.is_banned or is_own:
                continue
            for kind, message in updates_of(line, stage):
                if not self.allowed or kind in self.allowed:
                    yield kind, line.at, message

    def _enqueue(
        self, news: tuple[str, datetime, dict[str, Any]], *, planned: bool
    ) -> None:
        kind, at, message = news
        plan = None
        if planned:
            plan = self._network.deliveries.take(
                lambda one: fnmatchcase(kind, one.event)
            )
        if plan is not None and plan.mode is DeliveryMode.DROP:
            return
        if plan is not None and plan.mode is DeliveryMode.REORDER:
            self._release_held()
            self._held = Update(0, kind, at, message)
            return
        update = self._numbered(kind, at, message)
        if plan is not None and plan.mode is DeliveryMode.DUPLICATE:
            self.waiting.append(update)
        self._release_held()

    def _release_held(self) -> None:
        """Let the update go that was to come after another one."""
        if self._held is not None:
            held, self._held = self._held, None
            self._numbered(held.kind, held.at, held.message)

    def _numbered(self, kind: str, at: datetime, message: dict[str, Any]) -> Update:
        update = Update(self._next, kind, at, message)
        self._next += 1
        self.waiting.append(update)
        return update
