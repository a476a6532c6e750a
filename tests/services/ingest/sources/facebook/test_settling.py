"""Whatever happens on a page, and however its events come, our archive follows."""

from datetime import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.ingest.sources.connector import Delivery
from services.ingest.sources.facebook import FacebookHook
from tests.services.ingest.sources.contract import World
from tests.services.ingest.sources.facebook.hooks import SECRETS, batch_of, delivery
from tests.services.ingest.sources.facebook.test_contract import FacebookWorld
from tests.services.ingest.sources.facebook.world import PLACE
from tests.services.ingest.sources.settling import SETTINGS, Settling

pytestmark = pytest.mark.no_cover  # many histories over the same lines


class PageSettling(Settling):
    """Adds events that are lost, doubled, late or in another order; errors strike."""

    world: FacebookWorld

    def make_world(self) -> World:
        self.line: list[tuple[datetime, Delivery]] = []
        self.seen = 0
        return FacebookWorld()

    def break_next_call(self) -> None:
        self.world.meta.fail("*", 2)

    def mend(self) -> None:
        self.world.meta.network.faults.clear()

    def deliver(self) -> None:
        self._push()
        while self.line:
            self._deliver(0)

    @rule(place=st.integers(0, 5), stays=st.booleans())
    def one_event_arrives(self, place: int, *, stays: bool) -> None:
        self._push()
        if place < len(self.line):
            self._deliver(place, stays=stays)

    @rule()
    def events_are_lost(self) -> None:
        self._push()
        self.line.clear()

    def _push(self) -> None:
        stage = self.world.meta.stage
        for line in stage.happenings(self.seen):
            if batch := batch_of(stage, line):
                self.line.append((self.world.now, delivery(batch)))
        self.seen = stage.last_seq

    def _deliver(self, place: int, *, stays: bool = False) -> None:
        _, told = self.line[place] if stays else self.line.pop(place)
        now = self.world.now
        reception = FacebookHook().receive(PLACE, told, SECRETS, now)
        assert reception.fetched is not None
        self.poller.archive.take(reception.fetched.posts, now)
        touched = [*self.poller.cursor.get("touched", []), *reception.touched]
        self.poller.cursor = {**self.poller.cursor, "touched": touched}


TestPageSettles = PageSettling.TestCase
# Each call goes through a whole web application: fewer are enough here.
TestPageSettles.settings = settings(SETTINGS, max_examples=12)
