"""One chat or channel: its messages, their comments, edits and losses."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Cursor, ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.max import threads
from services.ingest.sources.max.bot import number_of
from services.ingest.sources.max.harvest import Harvest
from services.ingest.sources.max.messages import CHANNEL
from services.ingest.sources.max.reading import Reading
from services.ingest.sources.max.state import Chain, ChatState, load, save
from services.ingest.sources.remarks import clock
from shared.networks.max.client import Max
from shared.networks.max.errors import status_of

MOST_CALLS: Final = 20
"""Calls in one poll; the rest waits in the cursor, and `more` asks to come again."""

HISTORY: Final = timedelta(days=7)
WATCHED: Final = timedelta(days=7)
_OVERLAP: Final = timedelta(minutes=10)
_HEAD_EVERY: Final = timedelta(seconds=20)
_SWEEP_EVERY: Final = timedelta(minutes=30)
_CONFIRM_EVERY: Final = timedelta(minutes=1)
_LOOK_EVERY: Final = timedelta(hours=1)
_NOT_FOUND: Final = 404
_NO_NAMES: Final = (
    "MAX does not tell which channel has this name; give its address with the number, "
    "such as https://max.ru/c/-70000000000001, which a link to any of its posts shows"
)
_STATUSES: Final = {
    "removed": "the bot was removed from the chat",
    "left": "the bot has left the chat",
    "closed": "the chat was closed",
    "suspended": "the bot was stopped in the chat",
}


class ChatSource:
    """One chat. A poll reads the newest messages, then what else is due.

    The operator's options: `history_days` (first reading), `calls_per_poll`.
    """

    def __init__(self, place: Place, access: Access) -> None:
        self._place = place
        self._access = access

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Messages that are new, changed or missing; raises `SourceError`.

        When only a part can not be had just now, the rest is brought, with a note.
        """
        api, state = Max.of(self._access), load(cursor)
        harvest = Harvest(now)
        reading = Reading(api, state, harvest, now)
        await self._look(api, state, reading.time)
        self._begin(state, now)
        for _ in range(self._most_calls):
            if not await reading.go_on():
                break
        if state.is_channel and not state.branches:
            threads.plan(state, reading.time)
        state.forget(_milliseconds(now - WATCHED))
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            notes=reading.notes or clock(api.skew),
            more=state.is_busy and not reading.notes,
            unknown=dict(harvest.unknown) or None,
        )

    @property
    def _most_calls(self) -> int:
        return int(self._access.options.get("calls_per_poll", MOST_CALLS))

    async def _look(self, api: Max, state: ChatState, time: int) -> None:
        """Ask now and then whose chat this is, and whether we are still in it."""
        if state.chat and time - state.looked_at < _LOOK_EVERY.total_seconds():
            return
        told = await chat_at(self._place.native, state.chat, api)
        state.chat, state.looked_at = told["chat_id"], time
        state.is_channel = told.get("type") == CHANNEL
        state.me = state.me or await number_of(api)

    def _begin(self, state: ChatState, now: datetime) -> None:
        """Decide what this poll looks at: the news, then what may have changed."""
        time = int(now.timestamp())
        if time - state.head_at >= _HEAD_EVERY.total_seconds() and not any(
            chain.before is None for chain in state.chains
        ):
            state.chains.insert(0, Chain(self._until(state, now)))
        is_missing = state.messages.is_missing_some()
        pause = _CONFIRM_EVERY if is_missing else _SWEEP_EVERY
        is_fresh = [chain.before for chain in state.chains] == [None]
        if is_fresh and time - state.swept_at >= pause.total_seconds():
            state.swept_at = time
            state.chains = [Chain(_lowest(state, state.chains[0].until))]

    def _until(self, state: ChatState, now: datetime) -> int:
        if state.high:
            return state.high - _milliseconds(_OVERLAP)
        days = float(self._access.options.get("history_days", HISTORY.days))
        return _milliseconds(now - timedelta(days=days))


async def chat_at(native: str, number: int, api: Max) -> Mapping[str, Any]:
    """Ask MAX for a chat by its number, or by the name of a channel.

    Raises `SourceError`: DISABLE where the bot is not in it any more.
    """
    name = str(number) if number else native.removeprefix("@")
    try:
        told = await api.get(f"chats/{name}")
    except SourceError as error:
        if number or not native.startswith("@") or status_of(error) != _NOT_FOUND:
            raise
        raise SourceError(_NO_NAMES, ErrorKind.HUMAN, code=error.code) from error
    if not isinstance(told, dict) or not isinstance(told.get("chat_id"), int):
        raise SourceError("MAX did not say which chat this is")
    if told.get("type") == "dialog":
        raise SourceError("this is a private conversation", ErrorKind.DISABLE)
    reason = _STATUSES.get(str(told.get("status")))
    if reason is not None:
        raise SourceError(reason, ErrorKind.DISABLE, code="max:403")
    return told


def _lowest(state: ChatState, until: int) -> int:
    """Go down to the oldest message that is remembered."""
    known = (state.messages.get(number) for number in state.messages)
    return min([until, *(each.date - 1 for each in known if each is not None)])


def _milliseconds(moment: datetime | timedelta) -> int:
    if isinstance(moment, timedelta):
        return int(moment.total_seconds() * 1000)
    return int(moment.timestamp() * 1000)
