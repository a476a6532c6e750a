"""Whatever happens on TikTok, our archive is like it in the end."""

import pytest
from hypothesis import settings

from tests.services.ingest.sources.contract import World
from tests.services.ingest.sources.settling import SETTINGS, Settling
from tests.services.ingest.sources.tiktok.test_contract import TikTokWorld

pytestmark = pytest.mark.no_cover  # many histories over the same lines


class TikTokSettling(Settling):
    """Server errors, too many requests, lost results and tokens strike any call."""

    world: TikTokWorld
    _broken = 0

    def make_world(self) -> World:
        return TikTokWorld(watched_days=30, first_days=30)

    def break_next_call(self) -> None:
        self._broken += 1
        code = (500, 429, 4000, 401)[self._broken % 4]
        self.world.tiktok.fail(code, route="v2/research/*")

    def mend(self) -> None:
        self.world.tiktok.network.faults.clear()


TestTikTokSettles = TikTokSettling.TestCase
# Each round reads every comment again: fewer are enough here.
TestTikTokSettles.settings = settings(SETTINGS, max_examples=16)
