"""The sandbox as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr

from infra.sandbox import __main__ as command_line
from infra.sandbox.server import build_network
from infra.sandbox.settings import Settings
from infra.sandbox.world import World

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {"OTKLIK_SANDBOX_TOKEN": "t", "OTKLIK_SANDBOX_PER_DAY": "50"}


@contextmanager
def running(*arguments: str, data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the sandbox on a free port until the block ends."""
    path = data / "sandbox.log"
    with path.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(  # noqa: S603 -- our own module
            [
                sys.executable,
                "-m",
                "infra.sandbox",
                "--port=0",
                f"--data={data}",
                *arguments,
            ],
            cwd=ROOT,
            env=os.environ | ENVIRONMENT,
            stderr=file,
            text=True,
        )
    try:
        yield process, told_address(path)
    finally:
        process.kill()
        process.wait(10)


def told_address(path: Path) -> str:
    """Wait until the process has said where it listens."""
    wait_until(lambda: "sandbox.started" in path.read_text("utf-8"))
    return str(json.loads(path.read_text("utf-8").splitlines()[0])["url"])


def wait_until(holds: Callable[[], bool]) -> None:
    """Look often, not for long."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ready(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.ConnectError:
        return False


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_process_serves_and_stops_cleanly(tmp_path: Path, with_signal: int) -> None:
    with (
        running("--seed=3", data=tmp_path) as (process, url),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        wait_until(lambda: ready(client))
        world = client.get("/control/world").json()
        process.send_signal(with_signal)

        assert process.wait(10) == 0

    assert world["seed"] == 3
    assert url.startswith("http://127.0.0.1:")


class Desk(BaseHTTPRequestHandler):
    """A receiver that remembers what it was sent."""

    posts: ClassVar[list[dict[str, Any]]] = []
    keys: ClassVar[set[str | None]] = set()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.add(self.headers["Authorization"])
        self.posts.extend(json.loads(line) for line in body.splitlines())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"accepted": 1, "duplicates": 0, "rejected": []}')

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


def test_process_pushes_with_its_key_while_it_serves(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("secret-key\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as desk:
        Thread(target=desk.serve_forever, daemon=True).start()
        target = f"--target=http://127.0.0.1:{desk.server_port}"
        arguments = (target, f"--key-file={key}", "--days=1")
        with running(*arguments, data=tmp_path) as (process, url):
            wait_until(lambda: bool(Desk.posts))
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        desk.shutdown()

    assert Desk.keys == {"Bearer secret-key"}
    assert Desk.posts[0]["url"].startswith(f"{url}/pages/")
    assert json.loads((tmp_path / "diary.json").read_text())["pushed_until"]


def test_lost_answer_is_published_all_the_same(tmp_path: Path) -> None:
    authorized = {"Authorization": "Bearer t"}
    with (
        running(data=tmp_path) as (_, url),
        httpx.Client(base_url=url, trust_env=False, headers=authorized) as client,
    ):
        wait_until(lambda: ready(client))
        start = client.get("/control/time").json()["start"]
        world = World(seed=1, start=datetime.fromisoformat(start))
        post = next(world.stream())
        client.post("/control/time", json={"seconds": 60})
        fault = {"route": "replies", "mode": "lose"}
        client.post("/control/faults", json=fault)
        path = f"/pages/{post.page}/posts/{post.id}/replies"
        body = {"text": "Починили.", "guid": "g"}

        with pytest.raises(httpx.RemoteProtocolError):
            client.post(path, json=body)
        again = client.post(path, json=body)
        ledger = client.get("/control/replies").json()

    assert again.status_code == 200
    assert len(ledger) == 1


def test_busy_port_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code = command_line.main([f"--port={port}", f"--data={tmp_path}"])

    assert code == 1
    assert capsys.readouterr().err == (
        f"The sandbox cannot use port {port}: Address already in use\n"
    )


def test_second_start_finds_its_world_and_token(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new", seed=5)

    first, second = build_network(settings), build_network(settings)

    assert second.world.start == first.world.start
    assert second.token == first.token
    assert first.token is not None
    assert len(first.token.get_secret_value()) >= 32
    assert (tmp_path / "new" / "token").stat().st_mode & 0o077 == 0


def test_given_token_is_used(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, token=SecretStr("given"))

    assert build_network(settings).token == SecretStr("given")


def test_open_sandbox_has_no_token_unless_one_is_given(tmp_path: Path) -> None:
    opened = Settings(data=tmp_path, open=True)
    closed = Settings(data=tmp_path, open=True, token=SecretStr("given"))

    assert build_network(opened).token is None
    assert build_network(closed).token == SecretStr("given")


def test_command_prints_its_address_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.cli", "sandbox", "--port=0", "--seed=4"]
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603 -- our own module
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with httpx.Client(base_url=url, trust_env=False) as client:
            wait_until(lambda: ready(client))
            seed = client.get("/control/world").json()["seed"]
            moved = client.post("/control/time", json={"seconds": 60})
            client.post("/control/vk/faults", json={"mode": "reset"})
        process.send_signal(signal.SIGINT)
        code = process.wait(10)

    assert (code, seed, moved.status_code) == (0, 4, 200)
    assert url.startswith("http://127.0.0.1:")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("reset", "disconnected without sending a response|reset by peer"),
        ("hang", "disconnected without sending a response|reset by peer"),
        ("break", "peer closed connection|reset by peer"),
    ],
)
def test_connection_to_a_fake_network_ends_as_planned(
    tmp_path: Path, mode: str, told: str
) -> None:
    asked = {"access_token": "vk-service", "v": "5.199"}
    path = "/vk/method/utils.getServerTime"
    with (
        running(data=tmp_path) as (_, url),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        wait_until(lambda: ready(client))
        authorized = {"Authorization": "Bearer t"}
        fault = {"mode": mode, "seconds": 0.05, "route": "utils.*"}
        client.post("/control/vk/faults", json=fault, headers=authorized)

        with pytest.raises(httpx.TransportError, match=told):
            client.post(path, data=asked)
        after = client.post(path, data=asked)

    assert after.json()["response"] == pytest.approx(time.time(), abs=30)
    assert len(after.headers.get_list("Date")) == 1
