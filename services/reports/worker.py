"""The job process of the reports service: `python -m services.reports.worker`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.reports import jobs
from services.reports.handlers import HANDLERS
from services.reports.settings import Settings
from shared import worker
from shared.delivery import Courier, Duties
from shared.process import parts_of


@asynccontextmanager
async def open_duties(settings: Settings) -> AsyncIterator[Duties]:
    """Open the connections of the process and say what it does with them."""
    async with parts_of(settings, "reports") as parts:
        yield jobs.duties(Courier(parts.work, HANDLERS))


def main() -> None:
    """Run until told to stop."""
    settings = Settings()
    worker.run(settings, "reports", open_duties(settings))


if __name__ == "__main__":
    main()
