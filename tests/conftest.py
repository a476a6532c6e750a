"""Real servers for the tests: started once, a fresh database for each test."""

import asyncio
import gc
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import structlog
from fastapi.dependencies import models as fastapi_models
from hypothesis import HealthCheck, settings

from infra.embedded.postgres import Postgres
from infra.embedded.valkey import Valkey
from infra.migrations import run as migrations
from shared.ids import new_id
from tests.fakes import FakeQueue
from tests.quick_disk import quick_folder

# The first draw of Unicode text on a machine builds tables for a second or more, and
# a busy machine is no failure of the code under test.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# What was green stays green: every run tries the same examples. `make explore` looks
# for new ones.
settings.register_profile("steady", _PATIENT, derandomize=True)
settings.register_profile("explore", _PATIENT, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let the workers of a run with several processes measure coverage alone.

    pytest-cov begins to measure while it reads the command line, and once more in each
    worker. A test marked `no_cover` stops the second measuring, which awakes the first:
    such tests were traced all the same, four times as slow, for data nobody reads.
    """
    measuring = session.config.pluginmanager.getplugin("_cov")
    if measuring and measuring.cov_controller and _is_shared(session.config):
        measuring.cov_controller.pause()


def _is_shared(config: pytest.Config) -> bool:
    """Tell whether this is a worker, or the process that waits for workers."""
    return hasattr(config, "workerinput") or bool(config.getoption("tx", None))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the garbage collector from walking through ten thousand tests and modules.

    They live until the end: looking at them again and again was a third of the time of
    the collection.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


IN_A_HURRY = """
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
statement_timeout = 60s
idle_in_transaction_session_timeout = 60s
"""
"""These databases live as long as one test: nothing of them must survive a crash.

A statement that waits for ever fails the test instead of stopping all of them.
"""


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Log as usual, but with plain tracebacks.

    structlog's own show the values of all variables: whole dictionaries of words,
    for minutes.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


@pytest.fixture(scope="module", autouse=True)
def forgotten_apps() -> Iterator[None]:
    """Let go of the applications of a module's tests, and of the worlds behind them.

    FastAPI remembers the last 4,096 functions it looked at; a fake network's close over
    its whole world, so that nearly a hundred of these would stay in memory.
    """
    yield
    for known in vars(fastapi_models).values():
        if hasattr(known, "cache_clear"):
            known.cache_clear()


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Postgres, Valkey]]:
    """PostgreSQL with a migrated template database, and Valkey."""
    place = quick_folder()
    with tempfile.TemporaryDirectory(prefix="otklik-tests-", dir=place) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 -- the server's own user enters
        with asyncio.Runner() as runner:
            postgres = Postgres(Path(folder) / "postgres", extra_config=IN_A_HURRY)
            valkey = Valkey(Path(folder) / "valkey", Path(folder))
            runner.run(_start(postgres, valkey))
            try:
                yield postgres, valkey
            finally:
                runner.run(valkey.stop())
                runner.run(postgres.stop())


async def _start(postgres: Postgres, valkey: Valkey) -> None:
    await postgres.start()
    await valkey.start()
    await migrations.create_database(postgres.url, "template_otklik")
    await migrations.upgrade(migrations.with_database(postgres.url, "template_otklik"))


@pytest.fixture(scope="session")
def as_superuser(servers: tuple[Postgres, Valkey]) -> Iterator[Callable[[str], object]]:
    """Run a statement between tests, over one connection for all of them."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(servers[0].url))
        yield lambda statement: runner.run(connection.execute(statement))
        runner.run(connection.close())


@pytest.fixture
def database_url(
    servers: tuple[Postgres, Valkey], as_superuser: Callable[[str], object]
) -> Iterator[str]:
    """A migrated, empty database of the test's own (owner's URL)."""
    name = f"test_{new_id().hex}"
    as_superuser(
        f'CREATE DATABASE "{name}" TEMPLATE template_otklik STRATEGY FILE_COPY'
    )
    yield migrations.with_database(servers[0].url, name)
    as_superuser(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def valkey_url(servers: tuple[Postgres, Valkey]) -> str:
    """The Valkey server of the test process, emptied: rings of others are not ours."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(servers[1].socket))
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(100) == b"+OK\r\n"
    return servers[1].url


@pytest.fixture
def queue() -> FakeQueue:
    """A doorbell that remembers who rang."""
    return FakeQueue()
