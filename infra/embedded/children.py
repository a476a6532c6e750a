"""Child processes that never outlive the supervisor."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """Make a preexec function: the child gets a signal when its parent dies.

    Without it a supervisor killed with -9 would leave servers on the data folder.
    Linux only; elsewhere the next start stops left-overs by their pid file.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def before_exec() -> None:
        # A terminal's Ctrl-C goes to its whole group: only the supervisor acts on it.
        os.setsid()
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal_number)

    return before_exec


async def start(
    command: Sequence[str],
    *,
    log: Path,
    env: dict[str, str] | None = None,
    user: str | None = None,
    on_parent_death: int = signal.SIGTERM,
) -> asyncio.subprocess.Process:
    """Start a process that writes to its own log file."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            user=user,
            preexec_fn=die_with_parent(on_parent_death),
        )


async def stop(
    process: asyncio.subprocess.Process, *, with_signal: int, patience: float
) -> None:
    """Ask a process to end, and end it when it does not."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(with_signal)
    try:
        await asyncio.wait_for(process.wait(), patience)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def tail(log: Path, lines: int = 15) -> str:
    """Return the end of a log for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
