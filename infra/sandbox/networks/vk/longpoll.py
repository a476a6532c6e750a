"""The Bots Long Poll: the same events for those without a public address."""

import asyncio
from typing import Any, Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.vk.events import event
from infra.sandbox.networks.vk.servers import Servers
from infra.sandbox.stage import StagePage

KEPT: Final = 200
"""Lines of the log behind the newest that can still be asked for."""

LONGEST: Final = 90
_LOOK_EVERY: Final = 0.05


class Poll:
    """Answers `a_check`; `ts` is a line number of the community's log."""

    def __init__(self, network: NetworkContext, servers: Servers) -> None:
        self._network = network
        self._servers = servers

    async def check(
        self, page: StagePage, *, key: str, ts: str, wait: float
    ) -> dict[str, Any]:
        """Give events after `ts`; wait for one up to that many seconds of the wall."""
        if not self._servers.is_key(page.code, key):
            return {"failed": 2}
        newest = self._network.stage.last_seq
        since = int(ts) if ts.isdecimal() else -1
        if not newest - KEPT <= since <= newest:
            # Here it is a number, everywhere else a string.
            return {"failed": 1, "ts": newest}
        looks = int(min(wait, LONGEST) / _LOOK_EVERY)
        for look in range(looks + 1):
            updates = self._updates(page, since)
            if updates or look == looks:
                break
            await asyncio.sleep(_LOOK_EVERY)
            self._network.catch_up()
        return {"ts": str(self._network.stage.last_seq), "updates": updates}

    def _updates(self, page: StagePage, since: int) -> list[dict[str, Any]]:
        stage = self._network.stage
        wanted = self._servers.long_poll(page.code).events
        written = (event(stage, line) for line in stage.happenings(since, page.code))
        return [one for one in written if one is not None and one["type"] in wanted]
