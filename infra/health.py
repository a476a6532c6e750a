"""Health checks of our containers: `python -m infra.health http|worker NAME`."""

import asyncio
import sys
from http import HTTPStatus
from http.client import HTTPConnection

from shared.process import valkey_url
from shared.queue import ArqQueue
from shared.settings import Base

PORT = 8000
PATIENCE = 8.0


def http(port: int = PORT) -> str | None:
    """Ask the process for /readyz; return what is wrong."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read(2000).decode("utf-8", "replace")
    except OSError as error:
        return str(error)
    finally:
        connection.close()
    return None if answer.status == HTTPStatus.OK else body


def worker(name: str) -> str | None:
    """Look for the worker's heartbeat in the queue; return what is wrong."""
    beat = asyncio.run(_heartbeat(name))
    return None if beat else f"no sign of life of the {name} worker"


async def _heartbeat(name: str) -> str | None:
    queue = ArqQueue(valkey_url(Base()))
    try:
        async with asyncio.timeout(PATIENCE):
            return await queue.heartbeat(name)
    finally:
        await queue.close()


def main(arguments: list[str]) -> int:
    """Check what is named; 0 when it is well."""
    match arguments:
        case ["http"]:
            wrong = http()
        case ["worker", name]:
            wrong = worker(name)
        case _:
            wrong = "say `http` or `worker NAME`"
    if wrong:
        print(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
