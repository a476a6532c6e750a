"""Whatever happens on a VK wall, and however its events come, our archive follows."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.ingest.sources.base import Evidence
from services.ingest.sources.connector import Delivery
from services.ingest.sources.vk import VkHook
from tests.services.ingest.sources.contract import World, read
from tests.services.ingest.sources.settling import SETTINGS, Settling
from tests.services.ingest.sources.vk.bodies import OWNER, deleted, event
from tests.services.ingest.sources.vk.test_contract import WALL, VkWorld

pytestmark = pytest.mark.no_cover  # many histories over the same lines

SECRETS = {"secret": "cb-secret"}


class PushingWorld(VkWorld):
    """A wall that also tells of its comments, as long as somebody takes the events."""

    def __init__(self) -> None:
        super().__init__()
        self.line: list[tuple[datetime, bytes]] = []

    def comment(self, post: str, text: str) -> str:
        key = super().comment(post, text)
        self._tell("wall_reply_new", key)
        return key

    def edit(self, key: str, text: str) -> None:
        super().edit(key, text)
        self._tell("wall_reply_edit", key)

    def delete(self, key: str, evidence: Evidence) -> None:
        """Nobody hears of comments whose post went first (docs/networks/vk.md)."""
        self._tell("wall_reply_delete", key)
        super().delete(key, evidence)
        under = f'"post_id": {key.rpartition("_")[2]}'.encode()
        self.line = [(at, body) for at, body in self.line if under not in body]

    def restore(self, key: str) -> None:
        super().restore(key)
        self._tell("wall_reply_restore", key)

    def _tell(self, kind: str, key: str) -> None:
        item = self.vk.items[int(key.rpartition("_")[2])]
        if not item.post or self.vk.items[item.post].state != "stands":
            return
        content = self.vk._shown_comment(item, {})
        if kind == "wall_reply_delete":
            content = deleted(item.id, owner_id=OWNER, post_id=item.post)
        told = event(kind, content, f"e{len(self.line)}")
        self.line.append((self.now, json.dumps(told).encode()))


class WallSettling(Settling):
    """Adds events that are lost, doubled, late or in another order."""

    world: PushingWorld

    def make_world(self) -> World:
        return PushingWorld()

    def break_next_call(self) -> None:
        self.world.vk.faults = [("*", 10)]

    def before_deletion(self, key: str) -> None:
        """A post that only events told of, and no poll saw, is not missed."""
        if key in self.posts:
            self.mend()
            self.world.forward(minutes=1)
            self.runner.run(read(self.world, self.poller))

    def mend(self) -> None:
        self.world.vk.faults = []

    def deliver(self) -> None:
        while self.world.line:
            told_at, body = self.world.line.pop(0)
            self._deliver(body, retries=int(told_at < self.world.now))

    @rule(place=st.integers(0, 5), retries=st.integers(0, 2), stays=st.booleans())
    def one_event_arrives(self, place: int, retries: int, *, stays: bool) -> None:
        if place < len(self.world.line):
            told_at, body = self.world.line[place]
            if not stays:
                del self.world.line[place]
            is_late = self.world.now - told_at > timedelta(seconds=30)
            self._deliver(body, retries=max(retries, int(is_late)))

    @rule()
    def events_are_lost(self) -> None:
        self.world.line.clear()

    def _deliver(self, body: bytes, *, retries: int) -> None:
        self.tick()
        headers = {"x-retry-counter": str(retries)} if retries else {}
        delivery = Delivery("POST", headers, {}, body)
        now = self.world.now
        reception = VkHook().receive(WALL, delivery, SECRETS, now)
        assert reception.fetched is not None
        self.poller.archive.take(reception.fetched.posts, now)
        touched = [*self.poller.cursor.get("touched", []), *reception.touched]
        self.poller.cursor = {**self.poller.cursor, "touched": touched}


TestWallSettles = WallSettling.TestCase
TestWallSettles.settings = SETTINGS
