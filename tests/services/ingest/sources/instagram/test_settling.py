"""Whatever happens on an account, our archive is like it in the end."""

import pytest
from hypothesis import settings

from tests.services.ingest.sources.contract import World
from tests.services.ingest.sources.instagram.test_contract import InstagramWorld
from tests.services.ingest.sources.settling import SETTINGS, Settling

pytestmark = pytest.mark.no_cover  # many histories over the same lines


class AccountSettling(Settling):
    """Instagram tells of no edit and no deletion: everything is found by reading."""

    world: InstagramWorld

    def make_world(self) -> World:
        return InstagramWorld()

    def break_next_call(self) -> None:
        self.world.meta.fail("*", 2)

    def mend(self) -> None:
        self.world.meta.network.faults.clear()


TestAccountSettles = AccountSettling.TestCase
# Each call goes through a whole web application: fewer are enough here.
TestAccountSettles.settings = settings(SETTINGS, max_examples=12)
