"""`otklik up` as a newcomer meets it: start, stop, start again, go wrong clearly."""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from tests.installation import OTKLIK, ROOT, Installation


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder every user may enter (PostgreSQL runs as its own user under root)."""
    path = Path(tempfile.mkdtemp(prefix="otklik-up-"))
    path.chmod(0o755)
    return path


def test_a_second_start_finds_the_data_and_ctrl_c_leaves_nothing_behind(
    folder: Path,
) -> None:
    one = Installation(folder)
    one.start()
    one.otklik("region", "create", "north", "Северный край")
    tree = one.tree()

    first_code = one.stop()
    alive = [process for process in tree if process.is_running()]
    one.start()
    again = subprocess.run(
        [*OTKLIK, "region", "create", "north", "Северный край"],
        cwd=ROOT,
        env=one.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    one.stop()

    assert first_code == 0
    assert alive == []
    assert (again.returncode, again.stderr) == (
        1,
        "otklik: There is a region 'north' already.\n",
    )


def test_a_busy_port_is_a_message_and_not_a_traceback(folder: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        one = Installation(folder, busy.getsockname()[1])

        done = subprocess.run(
            [*OTKLIK, "up"],
            cwd=ROOT,
            env=one.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert f"Port {one.port} on 127.0.0.1 is in use" in done.stderr
    assert "OTKLIK_PORT=" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_two_supervisors_do_not_share_a_data_folder(folder: Path) -> None:
    one = Installation(folder)
    one.start()
    two = Installation(folder)

    done = subprocess.run(
        [*OTKLIK, "up"],
        cwd=ROOT,
        env=two.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    one.stop()

    assert done.returncode == 1
    assert "Otklik runs already" in done.stderr
    assert "OTKLIK_DATA" in done.stderr


def test_a_killed_supervisor_takes_everything_with_it_and_can_start_again(
    folder: Path,
) -> None:
    one = Installation(folder)
    one.start()
    one.otklik("region", "create", "north", "Северный край")
    children = one.tree()[1:]

    assert one.process is not None
    one.process.send_signal(signal.SIGKILL)
    one.process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    one.start()
    # The pages come up first; the workers' first sign of life follows.
    status = one.wait(
        lambda: _status_when_ready(one), patience=30, what="every part ready"
    )
    one.stop()

    assert alive == []
    assert status["parts"]["postgresql"]["ready"]


def test_status_names_every_part_with_its_version(folder: Path) -> None:
    one = Installation(folder)
    one.start()

    status = one.wait(
        lambda: _status_when_ready(one), patience=30, what="every part ready"
    )
    one.stop()
    after = subprocess.run(
        [*OTKLIK, "status"],
        cwd=ROOT,
        env=one.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert set(status["parts"]) == {
        "postgresql",
        "valkey",
        "search",
        "web",
        "ingest-worker",
        "triage-worker",
        "reports-worker",
    }
    assert status["parts"]["postgresql"]["version"].startswith("18.")
    assert after.returncode == 1
    assert json.loads(after.stdout)["ready"] is False


def _status_when_ready(one: Installation) -> dict[str, object] | None:
    done = subprocess.run(
        [*OTKLIK, "status"],
        cwd=ROOT,
        env=one.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found if found["ready"] else None


@pytest.mark.parametrize("server", ["valkey-server", "postgres"])
def test_a_killed_server_comes_back_by_itself(folder: Path, server: str) -> None:
    one = Installation(folder)
    one.start()
    top = one.tree()[0]
    victim = next(p for p in top.children() if p.name() == server)

    victim.send_signal(signal.SIGKILL)
    victim.wait(10)
    one.wait(lambda: _status_when_ready(one), patience=60, what="every part ready")
    printed = one.printed()
    one.stop()

    assert "ended (-9); starting it again." in printed


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_it_runs_as_an_ordinary_user_too(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    one = Installation(folder)
    try:
        subprocess.run(
            [sys.executable, "-c", "import infra.cli"],
            cwd=ROOT,
            user="nobody",
            env=one.environment,
            capture_output=True,
            check=True,
        )
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("the user nobody cannot read this checkout or its interpreter")

    process = subprocess.Popen(
        [*OTKLIK, "up"],
        cwd=ROOT,
        env={**one.environment, "PYTHONDONTWRITEBYTECODE": "1"},
        user="nobody",
        group=nobody.pw_gid,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    one.process = process
    one.wait(one._ready, patience=90, what="the pages, as nobody")
    owner = (folder / "data" / "postgres" / "data").stat().st_uid
    one.stop()

    assert owner == nobody.pw_uid
