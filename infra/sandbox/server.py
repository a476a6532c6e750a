"""serve(): one process with the network's pages, feeds and the pusher."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from infra.sandbox.app import create_app
from infra.sandbox.clock import VirtualClock
from infra.sandbox.diary import open_diary
from infra.sandbox.network import Network
from infra.sandbox.networks.faulty import Hangable
from infra.sandbox.pusher import Delivery, Pusher
from infra.sandbox.replies import ReplyBook
from infra.sandbox.settings import Settings
from infra.sandbox.stage.journal import Journal
from infra.sandbox.world import Pace, World
from shared import logs
from shared.logs import log
from shared.settings import comma_list

_HOST = "127.0.0.1"
_PATIENCE = 60.0
_GRACE = 3


async def serve(
    settings: Settings, announce: Callable[[str], None] = lambda _: None
) -> None:
    """Run until SIGTERM or Ctrl-C; raise OSError if the port is taken.

    `announce` is told the address once it is ours.
    """
    logs.configure(settings.log_level, process="sandbox")
    with _listening(settings.port) as listener:
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn stops in good order and then raises the signal once more.
            signal.signal(number, lambda *_: None)
        announce(f"http://{_HOST}:{listener.getsockname()[1]}")
        await _serve(settings, listener)


async def serve_alone(port: int, seed: int, announce: Callable[[str], None]) -> None:
    """Serve a world that leaves nothing behind and that everybody here may change.

    A token in the environment (`OTKLIK_SANDBOX_TOKEN`) closes it again.
    """
    with tempfile.TemporaryDirectory(prefix="otklik-sandbox-") as folder:
        settings = Settings(port=port, seed=seed, data=Path(folder), open=True)
        await serve(settings, announce)


def _listening(port: int) -> socket.socket:
    """Take the port on this machine only."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
    except OSError:
        listener.close()
        raise
    return listener


async def _serve(settings: Settings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    network = build_network(settings)
    app = create_app(network, lifespan=_lifespan(network, settings, port))
    log.info("sandbox.started", url=f"http://{_HOST}:{port}", seed=settings.seed)
    config = uvicorn.Config(
        Hangable(app),
        log_config=None,
        access_log=False,
        # The networks' answers carry their own, virtual date.
        date_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    await uvicorn.Server(config).serve(sockets=[listener])
    log.info("sandbox.stopped")


def build_network(settings: Settings) -> Network:
    """Open the data folder and put the parts together."""
    settings.data.mkdir(parents=True, exist_ok=True)
    clock = VirtualClock()
    diary = open_diary(_diary_path(settings), settings.seed, clock())
    pace = Pace(settings.days, settings.per_day, timedelta(seconds=settings.interval))
    return Network(
        world=World(seed=settings.seed, start=diary.start, pace=pace),
        clock=clock,
        replies=ReplyBook(settings.data / "replies.jsonl"),
        token=_token(settings),
        journal=Journal(settings.data / f"stages-{settings.seed}.jsonl"),
    )


def _lifespan(
    network: Network, settings: Settings, port: int
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(_playing(network))
            if settings.target and settings.key:
                await stack.enter_async_context(_pushing(network, settings, port))
            yield

    return lifespan


@contextlib.asynccontextmanager
async def _playing(network: Network) -> AsyncIterator[None]:
    """Let the networks push what happens on them, beside the requests."""
    task = asyncio.create_task(network.networks.run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await network.networks.close()


@contextlib.asynccontextmanager
async def _pushing(
    network: Network, settings: Settings, port: int
) -> AsyncIterator[None]:
    key = settings.key.get_secret_value() if settings.key else ""
    async with httpx.AsyncClient(
        base_url=settings.target or "",
        headers={"Authorization": f"Bearer {key}"},
        timeout=_PATIENCE,
        trust_env=False,
    ) as client:
        delivery = Delivery(
            f"http://{_HOST}:{port}",
            _diary_path(settings),
            pages=frozenset(comma_list(settings.pushed)),
        )
        pusher = Pusher(client, network.world, now=network.clock, delivery=delivery)
        task = asyncio.create_task(pusher.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _diary_path(settings: Settings) -> Path:
    return settings.data / "diary.json"


def _token(settings: Settings) -> SecretStr | None:
    if settings.token is None and settings.open:
        return None
    return settings.token or _kept_token(settings.data / "token")


def _kept_token(path: Path) -> SecretStr:
    """Make up a token on the first start; later starts find it."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return SecretStr(path.read_text("utf-8").strip())
