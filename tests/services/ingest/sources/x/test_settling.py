"""Whatever happens on X, our archive is like it in the end."""

import pytest

from tests.services.ingest.sources.contract import World
from tests.services.ingest.sources.settling import SETTINGS, Settling
from tests.services.ingest.sources.x.test_contract import XWorld

pytestmark = pytest.mark.no_cover  # many histories over the same lines


class XSettling(Settling):
    """Refusals, bursts of 503 and lost tokens of pages strike any call."""

    world: XWorld
    _broken = 0

    def make_world(self) -> World:
        return XWorld()

    def break_next_call(self) -> None:
        self._broken += 1
        self.world.x.fail(503 if self._broken % 2 else 429)

    def mend(self) -> None:
        self.world.x.network.faults.clear()


TestXSettles = XSettling.TestCase
TestXSettles.settings = SETTINGS
