"""When complaints came into the moderators' queue, seen from outside by the clock."""

import asyncio
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from shared.ids import lowest_id_at
from tests.bench.lag_writer import MARK

LOOKS_EVERY: Final = 0.1
"""Seconds between two looks: so much too late at most is a complaint seen."""

_MARKED: Final = re.compile(rf"{MARK} (\w+)")
_LOOKED_BACK: Final = timedelta(seconds=15)
_NEW: Final = "SELECT text FROM triage.candidate WHERE status = 'new' AND id >= $1"


class Queue(threading.Thread):
    """Looks at the candidates ten times a second; `seen` has moments by their marks.

    A row is visible once its transaction has ended, which is when the queue shows it.
    """

    def __init__(self, database_url: str) -> None:
        super().__init__(daemon=True)
        self._url = database_url
        self._ended = threading.Event()
        self.seen: dict[str, float] = {}
        self.unmarked = 0

    def run(self) -> None:
        """Look until told to end."""
        asyncio.run(self._look())

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        self.join()

    async def _look(self) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            while not self._ended.is_set():
                since = datetime.now(UTC) - _LOOKED_BACK
                rows = await connection.fetch(_NEW, lowest_id_at(since))
                self._note([row["text"] for row in rows], time.time())
                await asyncio.sleep(LOOKS_EVERY)
            self.unmarked = await connection.fetchval(
                "SELECT count(*) FROM triage.candidate WHERE text !~ $1", MARK
            )
        finally:
            await connection.close()

    def _note(self, texts: list[str], now: float) -> None:
        for text in texts:
            found = _MARKED.search(text)
            if found is not None:
                self.seen.setdefault(found[1], now)
