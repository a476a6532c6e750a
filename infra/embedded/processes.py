"""Our own processes: what is started and what each is told."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.demo_networks import PUSHED, environment_of
from infra.embedded import children
from infra.embedded.layout import Layout, State, UpSettings

WORKERS = ("ingest", "triage", "reports")


@dataclass
class Part:
    """One of our own processes."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process with its log."""
        self.process = await children.start(
            self.command, log=self.log, env=self.environment
        )

    async def stop(self) -> None:
        """End the process, politely first."""
        if self.process is not None:
            await children.stop(self.process, with_signal=signal.SIGTERM, patience=10)


def own_parts(layout: Layout, settings: UpSettings, state: State) -> list[Part]:
    """List our processes; the pages first, because people wait for them."""
    told = environment(layout, settings, state)
    python = sys.executable

    def part(name: str, *arguments: str) -> Part:
        log = layout.logs / f"{name}.log"
        return Part(name, [python, *arguments], told, log)

    parts = [
        part("web", "-m", "infra.embedded.serve"),
        *(part(f"{name}-worker", "-m", f"services.{name}.worker") for name in WORKERS),
    ]
    if state.sandbox_url is not None:
        parts.append(part("sandbox", "-m", "infra.sandbox"))
    return parts


def past_import(layout: Layout, settings: UpSettings, state: State, file: Path) -> Part:
    """Import the demonstration's past, once, the way a region imports its own."""
    command = [sys.executable, "-m", "infra.cli", "import", str(file)]
    return Part(
        "demo-import",
        [*command, "--region", "demo", "--profile", "im47"],
        environment(layout, settings, state),
        layout.logs / "demo-import.log",
    )


def demo_watch(layout: Layout, settings: UpSettings, state: State, mark: str) -> Part:
    """Let the demonstration watch the fake networks, as an operator would."""
    return Part(
        "demo-watch",
        [sys.executable, "-m", "infra.demo_watch", str(layout.watched), mark],
        environment(layout, settings, state),
        layout.logs / "demo-watch.log",
    )


def environment(layout: Layout, settings: UpSettings, state: State) -> dict[str, str]:
    """Return what our processes are told."""
    told = {
        "OTKLIK_DATABASE_URL": state.database_url,
        "OTKLIK_VALKEY_URL": state.valkey_url,
        "OTKLIK_SECRET_KEY": layout.secret("secret_key"),
        "OTKLIK_WEB_SECRET": layout.secret("web_secret"),
        "OTKLIK_DATA": str(layout.root),
        "OTKLIK_PORT": str(settings.port),
        "OTKLIK_HOST": settings.host,
        "OTKLIK_LOG_LEVEL": settings.log_level,
        "PYTHONUNBUFFERED": "1",
    }
    if state.sandbox_url:
        told |= _sandbox_environment(layout, settings, state, state.sandbox_url)
    if state.meili_url:
        told["OTKLIK_MEILI_URL"] = state.meili_url
    if state.meili_key:
        told["OTKLIK_MEILI_KEY"] = state.meili_key
    return {**os.environ, **told}


def _sandbox_environment(
    layout: Layout, settings: UpSettings, state: State, url: str
) -> dict[str, str]:
    """Tell the world where to push, and the services where the fake networks are."""
    return environment_of(url, os.environ) | {
        "OTKLIK_WEB_STAND_IN": f"{url}/site",
        "OTKLIK_SANDBOX_URL": url,
        "OTKLIK_SANDBOX_PORT": str(settings.world_port),
        "OTKLIK_SANDBOX_DATA": str(layout.sandbox),
        "OTKLIK_SANDBOX_TOKEN": layout.secret("sandbox_token"),
        "OTKLIK_SANDBOX_TARGET": state.address,
        "OTKLIK_SANDBOX_KEY": layout.secret("sandbox_key"),
        "OTKLIK_SANDBOX_PUSHED": ",".join(PUSHED),
    }
