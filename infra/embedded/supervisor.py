"""`make up`: starts every part, watches them, stops them together."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

import httpx
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from infra import anchors
from infra.embedded import children, processes
from infra.embedded.errors import CannotStart
from infra.embedded.layout import Layout, State, UpSettings
from infra.embedded.ports import free_port, require_free_port
from infra.embedded.postgres import Postgres
from infra.embedded.processes import Part
from infra.embedded.valkey import Valkey
from infra.migrations import run as migrations
from shared.clock import utc_now
from shared.db import Database

READY_SECONDS = 60
MINUTE = 60.0
WORKERS = ("ingest", "triage", "reports")

Say = Callable[[str], None]


class Watched(Protocol):
    """What is started again when it ends by itself."""

    name: str
    process: asyncio.subprocess.Process | None

    async def start(self) -> None:
        """Start, and for a server wait until it is ready."""
        ...


@contextlib.contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Hold the data folder; a second supervisor gets a clear message."""
    with layout.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(
                f"Otklik runs already with the data in {layout.root}. Stop it with "
                "Ctrl-C in its window, or set OTKLIK_DATA to another folder."
            ) from error
        yield


class Supervisor:
    """Everything one `make up` runs."""

    def __init__(self, settings: UpSettings, say: Say) -> None:
        self.settings = settings
        self.say = say
        self.layout = Layout(settings.data.absolute())
        self.parts: list[Part] = []
        self.servers: list[Watched] = []
        self.state: State | None = None
        self.past: Path | None = None
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Start, announce, watch until a signal, stop. Raises CannotStart."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stopping.set)
        self.layout.prepare()
        with only_one(self.layout):
            require_free_port(self.settings.host, self.settings.port, "OTKLIK_PORT")
            if self.settings.demo:
                require_free_port(
                    "127.0.0.1", self.settings.world_port, "OTKLIK_SANDBOX_PORT"
                )
            async with AsyncExitStack() as stack:
                await self._start(stack)
                await self._watch()
                self.say("Stopping…")
                await self._anchor()
            self.layout.state.unlink(missing_ok=True)
            self.say("Stopped. The data are kept.")

    async def _start(self, stack: AsyncExitStack) -> None:
        started = time.monotonic()
        state = await stack.enter_async_context(self._servers())
        self.state = state
        await self._prepare_database(state)
        pages, *others = processes.own_parts(self.layout, self.settings, state)
        # The pages first and alone: people wait for them, and imports fight for cores.
        await self._begin(stack, pages)
        await self._wait_until_ready(state.address)
        for part in others:
            await self._begin(stack, part)
        seconds = time.monotonic() - started
        self.say(f"Ready in {seconds:.1f} s: {state.address}   (Ctrl-C stops)")
        await self._watch_networks(stack, state)
        if self.past is not None:
            self.say("A month of handled incidents is being imported for the report.")
            importing = processes.past_import(
                self.layout, self.settings, state, self.past
            )
            await importing.start()
            stack.push_async_callback(importing.stop)

    async def _watch_networks(self, stack: AsyncExitStack, state: State) -> None:
        """Have the demonstration's sources added once for these two addresses."""
        if state.sandbox_url is None:
            return
        mark = f"{state.sandbox_url} {state.address}"
        done = self.layout.watched
        if done.exists() and done.read_text() == mark:
            return
        adding = processes.demo_watch(self.layout, self.settings, state, mark)
        await adding.start()
        stack.push_async_callback(adding.stop)

    async def _begin(self, stack: AsyncExitStack, part: Part) -> None:
        await part.start()
        stack.push_async_callback(part.stop)
        self.parts.append(part)
        self._write_state()

    @asynccontextmanager
    async def _servers(self) -> AsyncIterator[State]:
        """Start what is not given by a setting; stop it in reverse order."""
        given = self.settings
        async with AsyncExitStack() as stack:
            sockets = self.layout.root / "run"
            sockets.mkdir(exist_ok=True)
            sockets.chmod(0o700)
            database_url = await self._database(stack)
            if given.valkey_url is not None:
                valkey_url = given.valkey_url.get_secret_value()
            else:
                valkey = Valkey(self.layout.valkey, sockets)
                await valkey.start()
                stack.push_async_callback(valkey.stop)
                self.servers.append(valkey)
                valkey_url = valkey.url
            key = given.meili_key.get_secret_value() if given.meili_key else None
            state = State(
                address=f"http://{given.host}:{given.port}",
                database_url=database_url,
                valkey_url=valkey_url,
                meili_url=given.meili_url,
                meili_key=key,
            )
            if given.demo:
                state.sandbox_url = f"http://127.0.0.1:{self.settings.world_port}"
            await self._meilisearch(stack, state)
            yield state

    async def _database(self, stack: AsyncExitStack) -> str:
        if self.settings.database_url is not None:
            return self.settings.database_url.get_secret_value()
        self.say("PostgreSQL…")
        postgres = Postgres(self.layout.postgres)
        await postgres.start()
        stack.push_async_callback(postgres.stop)
        self.servers.append(postgres)
        await migrations.create_database(postgres.url, "otklik")
        return migrations.with_database(postgres.url, "otklik")

    async def _meilisearch(self, stack: AsyncExitStack, state: State) -> None:
        program = shutil.which("meilisearch")
        if state.meili_url is not None or program is None:
            return
        self.say("Meilisearch…")
        state.meili_key = self.layout.secret("meili_key")
        port = free_port()
        state.meili_url = f"http://127.0.0.1:{port}"
        self.layout.meilisearch.mkdir(exist_ok=True)
        part = Part(
            "meilisearch",
            [
                program,
                "--http-addr",
                f"127.0.0.1:{port}",
                "--db-path",
                str(self.layout.meilisearch / "data.ms"),
                "--no-analytics",
                "--env",
                "production",
            ],
            {**os.environ, "MEILI_MASTER_KEY": state.meili_key},
            self.layout.logs / "meilisearch.log",
        )
        await part.start()
        stack.push_async_callback(part.stop)
        self.parts.append(part)

    async def _prepare_database(self, state: State) -> None:
        self.say("Database…")
        secret = SecretStr(self.layout.secret("secret_key"))
        if await migrations.upgrade(state.database_url, secret):
            self.say("Database: brought to the newest version.")
        if state.sandbox_url is not None:
            await self._prepare_demo(state, state.sandbox_url)

    async def _prepare_demo(self, state: State, sandbox_url: str) -> None:
        # Making sure of the region costs a second of imports: done once an address.
        done = self.layout.sandbox / "prepared-for"
        mark = f"{sandbox_url} with official pages"
        if done.exists() and done.read_text() == mark:
            return
        from infra import demo  # noqa: PLC0415 -- slow import, optional

        people = await demo.prepare(
            state.database_url,
            sandbox_url=sandbox_url,
            push_key=self.layout.secret("sandbox_key"),
        )
        self.layout.sandbox.mkdir(exist_ok=True)
        done.write_text(mark)
        if people is None:
            return
        self.past = await asyncio.to_thread(demo.write_past, self.layout.sandbox)
        self.say("Demonstration region created. Its people (shown once):")
        for login, role, password in people:
            self.say(f"  {login:<12}{role:<12}{password}")

    def _write_state(self) -> None:
        if self.state is not None:
            self.state.processes = {
                part.name: part.process.pid for part in self.parts if part.process
            }
            self.state.write(self.layout.state)

    async def _wait_until_ready(self, address: str) -> None:
        self.say("Services…")
        web = next(part for part in self.parts if part.name == "web")
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(READY_SECONDS * 20):
                if self.stopping.is_set():
                    return
                if web.process is not None and web.process.returncode is not None:
                    break
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{address}/readyz", timeout=2)).is_success:
                        return
                await asyncio.sleep(0.05)
        raise CannotStart(
            f"The pages do not start; the end of {web.log}:\n{children.tail(web.log)}"
        )

    async def _watch(self) -> None:
        """Start again whatever ends by itself, until we are told to stop."""
        watched = [*self.servers, *self.parts]
        watchers = [asyncio.create_task(self._keep(part)) for part in watched]
        watchers.append(asyncio.create_task(self._anchor_each_minute()))
        await self.stopping.wait()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)

    async def _anchor_each_minute(self) -> None:
        while True:
            await asyncio.sleep(MINUTE)
            await self._anchor()

    async def _anchor(self) -> None:
        """Write the heads of the audit chains down; a database that is down waits."""
        if self.state is None:
            return
        database = Database(self.state.database_url, pool_size=1)
        with contextlib.suppress(SQLAlchemyError, OSError):
            await anchors.drop(database, self.layout.anchors, now=utc_now())
        await database.close()

    async def _keep(self, part: Watched) -> None:
        restarts = 0
        while part.process is not None:
            begun = time.monotonic()
            code = await part.process.wait()
            # A part that ran well for a minute starts again at once.
            restarts = restarts + 1 if time.monotonic() - begun < MINUTE else 0
            self.say(f"{part.name} ended ({code}); starting it again.")
            await asyncio.sleep(min(0.2 * 2 ** min(restarts, 7), 20))
            with contextlib.suppress(CannotStart):
                await part.start()
            self._write_state()
