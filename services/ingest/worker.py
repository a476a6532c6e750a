"""The job process of the ingest service: `python -m services.ingest.worker`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import tzinfo

from services.ingest import jobs
from services.ingest.deps import open_search
from services.ingest.handlers.operations import HANDLERS
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.settings import Settings
from services.ingest.sources.feed import FeedSource
from services.ingest.sources.safe_http import safe_client
from services.ingest.store.vault import vault_of
from shared import worker
from shared.delivery import Courier, Duties
from shared.process import parts_of
from shared.settings import comma_list

USER_AGENT = "Otklik/1 (complaint desk of a regional government; feed reader)"


@asynccontextmanager
async def open_tools(settings: Settings) -> AsyncIterator[jobs.Tools]:
    """Open what the jobs share."""
    vault = vault_of(settings.secret_key)
    async with (
        parts_of(settings, "ingest") as parts,
        open_search(settings, parts.work.database) as search,
        safe_client(
            user_agent=USER_AGENT, allowed=comma_list(settings.feed_allow)
        ) as client,
    ):
        await search.prepare()

        def open_feed(url: str, name: str, zone: tzinfo) -> FeedSource:
            return FeedSource(client, url=url, source=name, zone=zone)

        courier = Courier(parts.work, HANDLERS)
        yield jobs.Tools(parts.work, courier, Rulebooks(), search, vault, open_feed)


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
