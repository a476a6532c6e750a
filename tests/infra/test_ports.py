"""A server that starts in a second finds its port as free as it was drawn."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.embedded import ports
from infra.embedded.errors import CannotStart


@contextmanager
def listening(port: int) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", port)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's file that names the ports of outgoing connections."""
    file = tmp_path / "ip_local_port_range"
    monkeypatch.setattr(ports, "_OUTGOING", file)
    return file


def test_no_port_is_drawn_twice() -> None:
    drawn = [ports.free_port() for _ in range(30)]

    assert len(set(drawn)) == 30


def test_a_drawn_port_can_be_bound() -> None:
    port = ports.free_port()

    with listening(port) as bound:
        assert bound == port


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ("32768\t60999\n", 32768, 60999),
        ("20000 64000\n", 20000, 64000),
        ("nonsense", 49152, 65535),
        (None, 49152, 65535),
    ],
)
def test_connections_of_this_machine_cannot_take_it(
    connections: Path, told: str | None, first: int, last: int
) -> None:
    if told is not None:
        connections.write_text(told)

    drawn = [ports.free_port() for _ in range(50)]

    assert not [port for port in drawn if first <= port <= last]
    assert min(drawn) >= 20_000


def test_where_connections_take_everything_a_port_is_drawn_all_the_same(
    connections: Path,
) -> None:
    connections.write_text("1024 65535")

    with listening(ports.free_port()) as port:
        assert port >= 20_000


def test_a_port_somebody_listens_on_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = ports.free_port()
    with listening(ports.free_port()) as taken:
        monkeypatch.setattr(ports, "_not_for_connections", lambda *_: [taken, free])
        monkeypatch.setattr(ports, "_handed_out", set())

        drawn = ports.free_port()
        with pytest.raises(CannotStart, match="No port"):
            ports.free_port()

    assert drawn == free


def test_a_required_port_that_is_taken_is_said_with_the_way_out() -> None:
    with (
        listening(ports.free_port()) as port,
        pytest.raises(CannotStart) as refused,
    ):
        ports.require_free_port("127.0.0.1", port, "OTKLIK_PORT")

    assert f"Port {port} on 127.0.0.1 is in use" in str(refused.value)
    assert f"OTKLIK_PORT={port + 10} make up" in str(refused.value)


def test_a_required_port_that_is_free_is_left_free() -> None:
    port = ports.free_port()

    ports.require_free_port("127.0.0.1", port, "OTKLIK_PORT")

    with listening(port) as bound:
        assert bound == port
