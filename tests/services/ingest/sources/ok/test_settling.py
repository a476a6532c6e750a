"""Whatever happens in a group of OK, our archive is like it in the end."""

import pytest

from tests.services.ingest.sources.contract import World
from tests.services.ingest.sources.ok.test_group_contract import OkWorld
from tests.services.ingest.sources.ok.world import admin, user
from tests.services.ingest.sources.settling import SETTINGS, Settling

pytestmark = pytest.mark.no_cover  # many histories over the same lines


class GroupSettling(Settling):
    """Watched by its administrator; errors and `null` strike any call."""

    world: OkWorld
    _broken = 0

    def make_world(self) -> World:
        return OkWorld(admin())

    def break_next_call(self) -> None:
        """Fail with an error of OK and answer `null`, in turn."""
        self._broken += 1
        self.world.ok.fail("*", 2 if self._broken % 2 else 0)

    def mend(self) -> None:
        self.world.ok.network.faults.clear()


class ReaderSettling(GroupSettling):
    """Watched by a reader, who is shown topics whole."""

    def make_world(self) -> World:
        return OkWorld(user("ok-reader"))


TestGroupSettles = GroupSettling.TestCase
TestGroupSettles.settings = SETTINGS
TestReaderSettles = ReaderSettling.TestCase
TestReaderSettles.settings = SETTINGS
