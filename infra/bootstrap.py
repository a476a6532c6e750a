"""Make the virtual environment of a checkout: standard library only, idempotent.

Called by the Makefile: bootstrap.py VENV LOCK STAMP. Installs the hash-pinned lock
and then this checkout itself (editable), and touches STAMP when all went well.
"""

import subprocess
import sys
import time
from pathlib import Path

NEEDED = (3, 11)


def main(venv: Path, lock: Path, stamp: Path) -> int:
    """Run the steps, say each one; return the exit code."""
    if sys.version_info < NEEDED:
        found = ".".join(map(str, sys.version_info[:3]))
        print(
            f"Otklik needs Python 3.11 or newer; this is {found}. Try PYTHON=python3.12"
        )
        return 1
    begun = time.monotonic()
    python = venv / "bin" / "python"
    if not python.exists():
        print(f"1/3 virtual environment in {venv}", flush=True)
        if not _run([sys.executable, "-m", "venv", str(venv)]):
            print("python3 cannot make a virtual environment. On Debian: apt install")
            print("python3-venv")
            return 1
    print(f"2/3 dependencies of {lock} (about a minute the first time)", flush=True)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    if not _run([*pip, *quiet, "--require-hashes", "--requirement", str(lock)]):
        return 1
    print("3/3 Otklik itself", flush=True)
    own = [
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--editable",
        ".",
    ]
    if not _run([*pip, *own]):
        return 1
    stamp.touch()
    print(f"Installed in {time.monotonic() - begun:.0f} s.", flush=True)
    return 0


def _run(command: list[str]) -> bool:
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
