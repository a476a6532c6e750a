"""Whatever happens in MAX, and whoever tells of it, our archive follows."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from infra.sandbox.stage.plans import DeliveryMode, FaultMode
from services.ingest.sources.base import Evidence
from tests.services.ingest.sources.contract import World, read
from tests.services.ingest.sources.max.worlds import BotWorld, ChannelWorld, ChatWorld
from tests.services.ingest.sources.settling import SETTINGS, Settling

pytestmark = pytest.mark.no_cover  # many histories over the same lines


class MaxSettling(Settling):
    """Adds the faults of MAX's fake."""

    world: ChatWorld

    def break_next_call(self) -> None:
        self.world.max.fault(FaultMode.STATUS, status=502)

    def mend(self) -> None:
        self.world.max.context.faults.clear()


class ChannelSettling(MaxSettling):
    """A post, and with it its comments, may go between two looks."""

    def make_world(self) -> World:
        return ChannelWorld()


class ChatSettling(MaxSettling):
    """Answers in a chat stand by themselves."""

    def make_world(self) -> World:
        return ChatWorld()


class BotSettling(MaxSettling):
    """Adds updates that come twice or late; a day's silence would lose some."""

    def make_world(self) -> World:
        return BotWorld()

    def deliver(self) -> None:
        """Read twice: an update that lags behind comes with the second look."""
        self.mend()
        for _ in range(2):
            self.runner.run(read(self.world, self.poller))

    @rule(minutes=st.sampled_from([1, 5, 45, 180]))
    def time_passes(self, minutes: int) -> None:
        self.deliver()
        self.world.forward(minutes=minutes)

    @rule(mode=st.sampled_from([DeliveryMode.DUPLICATE, DeliveryMode.REORDER]))
    def updates_go_astray(self, mode: DeliveryMode) -> None:
        self.world.max.deliver(mode)

    @rule(key=Settling.keys)
    def delete_for_all(self, key: str) -> None:
        """Delete what nobody has commented: of comments nothing more is told then."""
        item = self.world.max.item(key)
        is_commented = bool(self.world.max.stage.comments(item.page, item.id))
        if key in self.world.standing() and not is_commented:
            self.world.forward(seconds=1)
            self.world.delete(key, Evidence.EVENT)


FEWER = settings(SETTINGS, max_examples=8)
"""Three sources share the time of one."""

TestChannelSettles = ChannelSettling.TestCase
TestChannelSettles.settings = FEWER
TestChatSettles = ChatSettling.TestCase
TestChatSettles.settings = FEWER
TestBotSettles = BotSettling.TestCase
TestBotSettles.settings = FEWER
