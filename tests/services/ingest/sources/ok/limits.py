"""OK's stand in the ten minutes: groups read by two users."""

from collections.abc import Sequence
from typing import Final

from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.ok.call import READER
from infra.sandbox.networks.ok.ids import group_id
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from services.ingest.sources.ok import OkConnector
from tests.services.ingest.sources.limits import Stand, Watched, faults
from tests.services.ingest.sources.ok.world import user

_READERS: Final = ("ok-reader", "ok-reader-2")


def _watched(network: NetworkContext) -> Sequence[Watched]:
    network.tokens.issue(READER, value=_READERS[1])
    tokens = tuple(user(value) for value in _READERS)
    return [
        Watched(
            Place(Network.OK, "group", number, f"https://ok.ru/group/{number}"), tokens
        )
        for number in map(group_id, network.stage.pages)
    ]


STAND: Final = Stand(
    connector=OkConnector,
    base="http://sandbox.invalid/ok",
    watched=_watched,
    revoked=_READERS[0],
    options={"per_second": 3},
    # 8 and 11 park a token or a method for so long that nothing was left to count.
    faults=faults(too_fast=2),
)
