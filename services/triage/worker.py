"""The job process of triage: `python -m services.triage.worker`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.triage import jobs
from services.triage.publishers.all import open_publishers
from services.triage.settings import Settings
from shared import worker
from shared.delivery import Courier, Duties
from shared.process import parts_of


@asynccontextmanager
async def open_duties(settings: Settings) -> AsyncIterator[Duties]:
    """Open the connections of the process and say what it does with them."""
    async with (
        parts_of(settings, "triage") as parts,
        open_publishers(settings, parts.work) as publishers,
    ):
        yield jobs.duties(Courier(parts.work, jobs.HANDLERS), publishers)


def main() -> None:
    """Run until told to stop."""
    settings = Settings()
    worker.run(settings, "triage", open_duties(settings))


if __name__ == "__main__":
    main()
