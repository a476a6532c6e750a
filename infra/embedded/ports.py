"""Ports of this machine: is one free, which one is."""

import random
import socket
from pathlib import Path

from infra.embedded.errors import CannotStart

_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
_OUTGOING_ELSEWHERE = (49152, 65535)  # RFC 6335, section 6
_LOWEST = 20_000  # below it lie the defaults of most servers, ours among them
_HIGHEST = 65_535
_ENOUGH = 1_000

_handed_out: set[int] = set()


def require_free_port(host: str, port: int, setting: str) -> None:
    """Raise CannotStart when somebody listens there already."""
    try:
        _bind(host, port)
    except OSError as error:
        raise CannotStart(
            f"Port {port} on {host} is in use ({error.strerror}). Stop the "
            f"program that uses it, or choose another: {setting}={port + 10} "
            "make up"
        ) from error


def free_port() -> int:
    """Return a port of the loopback nobody uses now; never the same one twice.

    It is for a server that binds it seconds later. So it lies outside the range from
    which the system serves outgoing connections: each of those keeps its port for a
    minute after its end. Raises CannotStart when every port is taken.
    """
    candidates = _not_for_connections(*_for_connections())
    for port in random.sample(candidates, len(candidates)):  # not a secret
        if port in _handed_out:
            continue
        try:
            _bind("127.0.0.1", port)
        except OSError:
            continue
        _handed_out.add(port)
        return port
    raise CannotStart("No port of 127.0.0.1 is free.")


def _bind(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _for_connections() -> tuple[int, int]:
    """First and last port of outgoing connections, both inclusive."""
    try:
        first, last = _OUTGOING.read_text().split()
    except (OSError, ValueError):
        return _OUTGOING_ELSEWHERE
    return int(first), int(last)


def _not_for_connections(first: int, last: int) -> list[int]:
    """Ports for servers; all there are when connections leave too few."""
    every = range(_LOWEST, _HIGHEST + 1)
    outside = [port for port in every if not first <= port <= last]
    return outside if len(outside) >= _ENOUGH else list(every)
