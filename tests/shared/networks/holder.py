"""A process that uses a session until it is killed: `holder DATABASE SECRET`."""

import asyncio
import sys

from shared.db import Database
from shared.networks.keeping import Keeping
from shared.vault import Vault


async def main(url: str, secret: str) -> None:
    """Say when the session is ours, then stand still."""
    keeping = Keeping(Database(url, role="otklik_ingest"), Vault(bytes(32)))
    async with keeping.alone(secret):
        print("held", flush=True)  # noqa: T201 -- how the test hears of it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
