"""Bots Long Poll: the community's events for who has no public address."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Cursor, ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.remarks import Remark, put_off
from services.ingest.sources.vk.events import Events, read
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.wall import WallSource
from shared.networks.calls import call
from shared.networks.vk import Vk

WAIT: Final = timedelta(seconds=5)
"""How long VK may hold the call when nothing happens; a worker waits with it."""

_WALL_EVERY: Final = timedelta(minutes=10)
_KEY_TRIES: Final = 2
_OUTDATED, _KEY_EXPIRED = 1, 2


class LongPollSource:
    """Events of one community, with its wall read from time to time as well.

    Events do not tell of edited and deleted posts, and may be lost: then, and every ten
    minutes, the wall is read. Its place among the events (`ts`) is in the cursor; the
    key to them is asked for anew by every poll, because cursors are no place for keys.
    """

    def __init__(self, wall: WallSource, owner: int, access: Access) -> None:
        self._wall = wall
        self._owner = owner
        self._access = access
        self._vk = Vk(access, group=-owner)

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Events since the last poll, and the wall where it must be read."""
        events = Events(self._owner, Harvest(now))
        ts, is_lost = await self._events(cursor.get("ts"), events)
        touched = [*cursor.get("touched", ()), *events.touched]
        time = int(now.timestamp())
        is_due = time - cursor.get("wall_at", 0) >= _WALL_EVERY.total_seconds()
        wall = cursor.get("wall", {})
        is_changed = any(not name.startswith("+") for name in touched)
        read_wall = is_lost or is_due or is_changed or cursor.get("more", False)
        fetched: Fetched | None = None
        notes: tuple[Remark, ...] = ()
        if read_wall:
            try:
                asked = {**wall, "touched": touched}
                if is_lost:
                    asked["head_at"] = 0  # however recently it was read
                fetched = await self._wall.fetch(asked, now=now)
            except SourceError as error:
                if error.kind not in {ErrorKind.RETRY, ErrorKind.WAIT}:
                    raise
                notes = (put_off(error),)
        after = {
            "ts": ts,
            "wall": fetched.cursor if fetched else wall,
            "wall_at": time if fetched else cursor.get("wall_at", 0),
            "touched": [] if fetched else touched,
            "more": fetched.more if fetched else is_lost,
        }
        return _joined(events.harvest, fetched, after, notes)

    async def _events(self, ts: str | None, events: Events) -> tuple[str, bool]:
        """Read events on from `ts`; say where to go on, and whether some were lost."""
        server = await self._server()
        if ts is None:
            return str(server["ts"]), True
        for _ in range(_KEY_TRIES):
            answer = await self._ask(server, ts)
            failed = answer.get("failed")
            if failed is None:
                for event in answer.get("updates") or []:
                    read(event if isinstance(event, dict) else {}, events)
                return str(answer.get("ts", ts)), False
            if failed != _KEY_EXPIRED:
                fresh = answer if failed == _OUTDATED else await self._server()
                return str(fresh["ts"]), True
            server = await self._server()
        raise SourceError("VK does not take the key to the events that it gave")

    async def _server(self) -> Mapping[str, Any]:
        server = await self._vk.call("groups.getLongPollServer", group_id=-self._owner)
        if not isinstance(server, dict) or not {"server", "key", "ts"} <= set(server):
            raise SourceError("VK did not say where its events are")
        return server

    async def _ask(self, server: Mapping[str, Any], ts: str) -> Mapping[str, Any]:
        usual = int(WAIT.total_seconds())
        wait = int(self._access.options.get("long_poll_s", usual))
        asked = {"act": "a_check", "key": server["key"], "ts": ts, "wait": str(wait)}
        http = self._access.http
        request = http.build_request("GET", str(server["server"]), params=asked)
        answer = await call(
            http,
            request,
            now=self._access.clock(),
            patience=timedelta(seconds=wait + 10),
        )
        if not isinstance(answer.data, dict):
            raise SourceError("VK's events can not be read")
        return answer.data


def _joined(
    harvest: Harvest, wall: Fetched | None, cursor: Cursor, notes: tuple[Remark, ...]
) -> Fetched:
    """Events first: where the wall shows the same, the wall has the last word."""
    unknown = dict(harvest.unknown)
    for name, count in (wall.unknown or {}).items() if wall else ():
        unknown[name] = unknown.get(name, 0) + count
    return Fetched(
        posts=(*harvest.posts, *(wall.posts if wall else ())),
        cursor=cursor,
        refused=(*harvest.refused, *(wall.refused if wall else ())),
        notes=notes or (wall.notes if wall else ()),
        more=wall.more if wall else False,
        unknown=unknown or None,
    )
