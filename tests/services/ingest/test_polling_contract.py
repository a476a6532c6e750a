"""The fake network keeps the contract that true networks are held to."""

from collections.abc import Mapping
from datetime import datetime

import httpx
import pytest

from tests.services.ingest.doubles import Clock
from tests.services.ingest.fake_network import LINK, FakeNetwork
from tests.services.ingest.polling_contract import PollingContract, Stage


class FakeStage:
    """The fake network as a stage."""

    def __init__(self, network: FakeNetwork, clock: Clock, source_id: str) -> None:
        self.source_id = source_id
        self._network = network
        self._clock = clock

    async def publish(self, text: str) -> str:
        return self._network.publish(text, self._clock())

    async def edit(self, key: str, text: str) -> None:
        thing = self._network.thing(key)
        thing.text, thing.edited_at = text, self._clock()

    async def delete(self, key: str) -> None:
        self._network.thing(key).flagged = True

    async def restore(self, key: str) -> None:
        self._network.thing(key).flagged = False

    async def world(self) -> Mapping[str, str | None]:
        return {
            each.key: None if each.flagged else each.text
            for each in self._network.world
        }

    async def when_paging(self, text: str) -> None:
        now: datetime = self._clock()

        def appear() -> None:
            self._network.between = None
            self._network.publish(text, now)

        self._network.between = appear


class TestFakeNetwork(PollingContract):
    """Polling, as tried on the fake network."""

    @pytest.fixture
    async def stage(
        self, client: httpx.AsyncClient, network: FakeNetwork, clock: Clock
    ) -> Stage:
        made = await client.post("/ingest/sources", json={"link": LINK})
        assert made.status_code == 201, made.text
        return FakeStage(network, clock, made.json()["id"])
