"""VK's stream beside the search: the same posts sooner, when VK shows them at all."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.ingest.sources.base import Cursor, ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.remarks import Remark
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.stream_endpoint import METHOD
from services.ingest.sources.vk.stream_errors import CODE, KEY, REFUSED, REMARK
from services.ingest.sources.vk.stream_listener import Heard, Listener, Taken

_USUAL_PAUSE: Final = 30

PATIENCE: Final = timedelta(seconds=15)
"""Getting there and listening end in time for the poll, whose own end is at 25 s."""

_QUICK: Final = timedelta(seconds=5)
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 9
_SOMEBODY_LISTENS: Final = timedelta(minutes=5)
_PASSING: Final = frozenset({ErrorKind.RETRY, ErrorKind.WAIT})


@dataclass(slots=True)
class StreamState:
    """When was searched and heard (Unix), and until when the stream is left alone.

    `note` and `code` say what was wrong with it the last time. No key is kept here.
    """

    searched_at: int = 0
    is_behind: bool = False
    heard_at: int = 0
    not_before: int = 0
    failures: int = 0
    note: str = ""
    code: str = ""


class StreamedSearch:
    """A search that listens to VK's stream between its own askings.

    The stream tells a part of what is written, forgets what was written while nobody
    listened, and may be gone tomorrow: the search finds all of it, and a stream that
    fails is only told of. One source listens for all searches with its key.
    """

    def __init__(
        self,
        search: SearchSource,
        words: str,
        access: Access,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._search = search
        self._words = words
        self._access = access
        self._patience = patience

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """What the search found; when it found nothing, what is heard for a while.

        What was found is stored before we listen, and after a long search the next poll
        listens. An error of the search is the source's own, one of the stream never is:
        VK may refuse a key its stream and let it search, and says so with the same code
        as for a key that is no longer good. That the search finds out by itself.
        """
        state = StreamState(**cursor.get("stream", {}))
        found = await self._searched(cursor, state, now)
        heard = Heard(Harvest(now), again=now.timestamp() >= state.not_before)
        if found.posts or found.more or self._access.clock() - now > _QUICK:
            heard.again = heard.again or found.more
        elif heard.again:
            await self._listen(state, heard)
        return _joined(found, heard, state)

    async def _searched(
        self, cursor: Cursor, state: StreamState, now: datetime
    ) -> Fetched:
        """Search when it is time; else what was found is nothing new.

        Listening goes on without a pause; the search keeps the pace it has without it.
        """
        time = int(now.timestamp())
        pause = float(self._access.options.get("pause_s", _USUAL_PAUSE))
        is_due = time - state.searched_at >= pause
        if not is_due and not state.is_behind:
            return Fetched((), cursor)
        found = await self._search.fetch(cursor, now=now)
        state.searched_at, state.is_behind = time, found.more
        return found

    async def _listen(self, state: StreamState, heard: Heard) -> None:
        """Listen for a while, and write down how it went."""
        clock = self._access.clock
        try:
            await self._listen_in_time(heard)
        except Taken:
            heard.again = False
            state.not_before = _unix(clock() + _SOMEBODY_LISTENS)
        except SourceError as error:
            heard.again = False
            await self._leave_alone(state, error)
            return
        else:
            state.heard_at = _unix(clock())
        state.failures, state.note = 0, heard.remark
        state.code = REMARK if heard.remark else ""

    async def _listen_in_time(self, heard: Heard) -> None:
        """Listen, whatever hangs: a stream must not cost the search its poll."""
        seconds = self._patience.total_seconds()
        listener = self._listener()
        try:
            async with asyncio.timeout(seconds):
                await listener.listen(heard)
        except TimeoutError:
            raise SourceError(f"the stream took longer than {seconds:g} s") from None

    def _listener(self) -> Listener:
        token, opening = self._access.token("service"), self._access.socket
        if token is None or opening is None:
            reason = "VK's stream takes the service key of an application only"
            raise SourceError(reason, ErrorKind.DISABLE, code=KEY)
        return Listener(self._access, token, opening, self._words)

    async def _leave_alone(self, state: StreamState, error: SourceError) -> None:
        """Pause twice as long after each failure; a passing one pauses all sources.

        Those that meet the pause of another have not failed, and do not prolong it. The
        code of a method says something about the search: here only our own count.
        """
        is_pause = error.kind is ErrorKind.WAIT and error.code is None
        until = self._access.clock() + _pause(error, 0 if is_pause else state.failures)
        state.not_before = _unix(until)
        state.note, state.code = str(error), _code(error)
        if is_pause:
            return
        state.failures += 1
        token = self._access.token("service")
        if token is not None and error.kind in _PASSING:
            await self._access.budget.park(f"{token.id}/{METHOD}", until)


def _code(error: SourceError) -> str:
    code = error.code or ""
    if error.kind is ErrorKind.REAUTH:
        return REFUSED
    return code if code.startswith(CODE) else CODE


def _pause(error: SourceError, failures: int) -> timedelta:
    if error.kind not in _PASSING:
        return _LONGEST_PAUSE
    doubled = _FIRST_PAUSE * (1 << min(failures, _MOST_DOUBLINGS))
    return min(max(doubled, error.retry_after or timedelta()), _LONGEST_PAUSE)


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())


def _joined(found: Fetched, heard: Heard, state: StreamState) -> Fetched:
    """Keep the search's cursor, with ours beside it: the option can be taken off."""
    harvest = heard.harvest
    told = {"error": state.note, "code": state.code}
    notes = (Remark("vk:stream", told),) if state.note else ()
    return replace(
        found,
        posts=(*found.posts, *harvest.posts),
        cursor={**found.cursor, "stream": asdict(state)},
        refused=(*found.refused, *harvest.refused),
        notes=(*found.notes, *notes),
        code=state.code or None,
        more=heard.again,
        unknown=_added(found.unknown or {}, harvest.unknown) or None,
    )


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
