"""Ports of this machine: is one free, which one is."""

import socket

from infra.embedded.errors import CannotStart


def require_free_port(host: str, port: int, setting: str) -> None:
    """Raise CannotStart when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} is in use ({error.strerror}). Stop the "
                f"program that uses it, or choose another: {setting}={port + 10} "
                "make up"
            ) from error


def free_port() -> int:
    """Return a port of the loopback nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
