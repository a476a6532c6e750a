"""Polling the sandbox's OK as a worker does."""

from services.ingest.sources.base import Fetched
from services.ingest.sources.ok.group import GroupSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.ok.world import PLACE, OkServer
from tests.services.ingest.sources.polls import read_all


def poller(ok: OkServer, *tokens: object, **options: object) -> Poller:
    return Poller(GroupSource(PLACE, ok.access(*tokens, **options)))


async def later(ok: OkServer, one: Poller, **by: float) -> None:
    ok.forward(**by)
    await read_all(ok, one)


async def first(ok: OkServer, **options: object) -> Fetched:
    source = GroupSource(PLACE, ok.access(**options))
    return await source.fetch({}, now=ok.now)
