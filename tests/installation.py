"""A whole Otklik started as a user starts it, for e2e, crash tests and the bench."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from infra.embedded.ports import free_port

ROOT = Path(__file__).parent.parent
OTKLIK = [sys.executable, "-m", "infra.cli"]


@dataclass
class Installation:
    """A running supervisor, its data folder and how to talk to it."""

    folder: Path
    port: int = field(default_factory=free_port)
    demo: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    sandbox_port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    output: Path = field(init=False)

    def __post_init__(self) -> None:
        """Name the file the supervisor prints to."""
        self.output = self.folder / "up.txt"

    @property
    def address(self) -> str:
        """Where the pages and the API are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the supervisor and the command line are told."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("OTKLIK_")}
        return kept | {
            "OTKLIK_DATA": str(self.folder / "data"),
            "OTKLIK_PORT": str(self.port),
            "OTKLIK_SANDBOX_PORT": str(self.sandbox_port),
            "OTKLIK_DEMO": "1" if self.demo else "0",
            "PATH": os.environ["PATH"],
            **self.told,
        }

    def start(self, *, patience: float = 90) -> float:
        """Start and wait until the pages answer; return the seconds it took."""
        begun = time.monotonic()
        with self.output.open("a") as output:
            self.process = subprocess.Popen(  # noqa: S603 -- our own program
                [*OTKLIK, "up"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.wait(self._ready, patience=patience, what="the pages")
        return time.monotonic() - begun

    def _ready(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"otklik up ended:\n{self.printed()}")
        try:
            answer = httpx.get(f"{self.address}/readyz", timeout=2, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.is_success

    def printed(self) -> str:
        """Return what the supervisor has printed."""
        return self.output.read_text() if self.output.exists() else ""

    def stop(self) -> int:
        """Press Ctrl-C and wait; return the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def otklik(self, *arguments: str) -> str:
        """Run the command line and return what it printed; fails loudly."""
        done = subprocess.run(  # noqa: S603 -- our own program
            [*OTKLIK, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"otklik {arguments}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def region_with_key(self, code: str = "north", *, scopes: str = "") -> str:
        """Create a region and an API key of it; return the key."""
        self.otklik("region", "create", code, f"Регион {code}")
        wanted = scopes.split() or ["ingest", "archive", "triage", "reports"]
        flags = [part for scope in wanted for part in ("--scope", scope)]
        return self.otklik("apikey", "create", "--region", code, *flags)

    def client(self, key: str) -> httpx.Client:
        """Make an API client."""
        return httpx.Client(
            base_url=f"{self.address}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
            trust_env=False,
        )

    def processes(self) -> dict[str, int]:
        """Return the process ids the supervisor wrote down, by part."""
        state = json.loads((self.folder / "data" / "state.json").read_text())
        found: dict[str, int] = state["processes"]
        return found

    @property
    def database_url(self) -> str:
        """Return the owner's way to the database, for looking at what is there."""
        state = json.loads((self.folder / "data" / "state.json").read_text())
        url: str = state["database_url"]
        return url

    def tree(self) -> list[psutil.Process]:
        """Return the supervisor with all its descendants."""
        if self.process is None:
            return []
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    @staticmethod
    def wait(
        until: Callable[[], Any], *, patience: float, what: str, every: float = 0.1
    ) -> Any:  # noqa: ANN401 -- hands on what the condition answered
        """Ask again and again until the answer is true; fail after `patience` s."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            answer = until()
            if answer:
                return answer
            time.sleep(every)
        raise AssertionError(f"{what}: not within {patience:.0f} s")


@contextmanager
def installation(
    *, demo: bool = False, told: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    """Start a fresh Otklik in a folder of its own and stop it afterwards.

    `told` are variables of the environment for all its processes.
    """
    with tempfile.TemporaryDirectory(prefix="otklik-") as folder:
        Path(folder).chmod(0o755)
        one = Installation(Path(folder), demo=demo, told=told or {})
        one.start()
        try:
            yield one
        finally:
            one.stop()
