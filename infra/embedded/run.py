"""`otklik up`: settings in, a supervisor running, a clear exit."""

import sys

from infra.connect import layout
from infra.embedded.layout import UpSettings
from infra.embedded.supervisor import Supervisor


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, file=sys.stdout, flush=True)


async def up() -> None:
    """Start everything and stay until Ctrl-C or SIGTERM."""
    settings = UpSettings(data=layout().root)
    await Supervisor(settings, say).run()
