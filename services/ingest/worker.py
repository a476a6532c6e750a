"""The job process of the ingest service: `python -m services.ingest.worker`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.ingest import jobs
from services.ingest.deps import open_search
from services.ingest.handlers.operations import HANDLERS
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.settings import Settings
from services.ingest.sources.networks import open_networks
from shared import worker
from shared.delivery import Courier, Duties
from shared.networks.keeping import Keeping
from shared.networks.valkey_budget import open_budget
from shared.process import parts_of, valkey_url
from shared.vault import vault_of


@asynccontextmanager
async def open_tools(settings: Settings) -> AsyncIterator[jobs.Tools]:
    """Open what the jobs share."""
    vault = vault_of(settings.secret_key)
    async with (
        parts_of(settings, "ingest") as parts,
        open_search(settings, parts.work.database) as search,
        open_budget(valkey_url(settings)) as budget,
        open_networks(
            settings,
            budget,
            parts.work.clock,
            Keeping(parts.work.database, vault),
        ) as networks,
    ):
        await search.prepare()
        courier = Courier(parts.work, HANDLERS)
        yield jobs.Tools(
            parts.work,
            courier,
            Rulebooks(),
            search,
            vault,
            networks,
            raw_kept=timedelta(days=settings.raw_kept_days),
        )


@asynccontextmanager
async def open_duties(settings: Settings) -> AsyncIterator[Duties]:
    """Open the tools and say what the process does with them."""
    async with open_tools(settings) as tools:
        await jobs.make_partitions(tools)
        yield jobs.duties(tools)


def main() -> None:
    """Run until told to stop."""
    settings = Settings()
    worker.run(settings, "ingest", open_duties(settings))


if __name__ == "__main__":
    main()
