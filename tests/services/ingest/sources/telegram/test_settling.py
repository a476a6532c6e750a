"""Whatever happens on Telegram, and whoever tells of it, our archive follows."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, precondition, rule

from infra.sandbox.stage.plans import DeliveryMode, FaultMode
from services.ingest.sources.base import Evidence
from tests.services.ingest.sources.contract import World, read
from tests.services.ingest.sources.settling import SETTINGS, TEXTS, Settling
from tests.services.ingest.sources.telegram.test_bot_contract import BotWorld
from tests.services.ingest.sources.telegram.test_preview_contract import PreviewWorld
from tests.services.ingest.sources.telegram.worlds import TelegramWorld

pytestmark = pytest.mark.no_cover  # many histories over the same lines

_MOST_POSTS = 20


class TelegramSettling(Settling):
    """Adds the faults of Telegram's fake."""

    world: TelegramWorld

    def break_next_call(self) -> None:
        self.world.telegram.fault(FaultMode.STATUS, status=502)

    def mend(self) -> None:
        self.world.telegram.context.faults.clear()


class BotSettling(TelegramSettling):
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
        self.world.telegram.deliver(mode)


class PreviewSettling(TelegramSettling):
    """A preview shows edits on its newest page alone: no more is written."""

    keys = Bundle("keys")

    def make_world(self) -> World:
        return PreviewWorld()

    @precondition(lambda self: len(self.posts) < _MOST_POSTS)
    @rule(target=keys, text=TEXTS)
    def publish(self, text: str) -> str:
        key = self.world.publish(text)
        self.posts.add(key)
        return key


class AccountSettling(TelegramSettling):
    """Adds deletions, which MTProto tells as events, and changes too many to tell."""

    keys = Bundle("keys")

    def make_world(self) -> World:
        pytest.importorskip("telethon", reason="the extra `mtproto` is not installed")
        from tests.services.ingest.sources.telegram.test_mtproto_contract import (  # noqa: PLC0415 -- optional
            MtprotoWorld,
        )

        return MtprotoWorld()

    def break_next_call(self) -> None:
        self.world.history.faults = [("*", ConnectionError("reset"))]  # type: ignore[attr-defined]

    def mend(self) -> None:
        self.world.history.faults = []  # type: ignore[attr-defined]

    @rule(target=keys, text=TEXTS)
    def publish(self, text: str) -> str:
        key = self.world.publish(text)
        self.posts.add(key)
        return key

    @rule(key=keys)
    def delete_for_all(self, key: str) -> None:
        """Delete; comments of a post outlive it in their group, but are not shown."""
        telegram = self.world.telegram
        item = telegram.item(key)
        is_commented = bool(telegram.stage.comments(item.page, item.id))
        if key in self.world.standing() and not is_commented:
            self.world.delete(key, Evidence.EVENT)


FEWER = settings(SETTINGS, max_examples=15)
"""Three sources share the time of one."""

TestBotSettles = BotSettling.TestCase
TestBotSettles.settings = FEWER
TestPreviewSettles = PreviewSettling.TestCase
TestPreviewSettles.settings = FEWER
TestAccountSettles = AccountSettling.TestCase
TestAccountSettles.settings = FEWER
