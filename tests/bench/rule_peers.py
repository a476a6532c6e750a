"""What the matcher is compared with: PostgreSQL's stored queries and hyperscan."""

import asyncio
import importlib.util
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import asyncpg
import psutil

from infra.embedded.postgres import Postgres
from tests.bench.rule_corpus import RuleSet
from tests.bench.rule_race import SLICE, Racer, timed

POSTGRES = "PostgreSQL, scan of stored `tsquery`"
HYPERSCAN = "hyperscan, the bare words of the rules"

_SCANNED = 500_000
"""Rules times posts that PostgreSQL goes through in its turn, about."""


class Server:
    """PostgreSQL with a table for each set of rules, spoken to from plain code."""

    def __init__(self, runner: asyncio.Runner, connection: asyncpg.Connection) -> None:
        self._runner = runner
        self._connection = connection
        pid = runner.run(connection.fetchval("SELECT pg_backend_pid()"))
        self._backend = psutil.Process(pid)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Self]:
        """Start a server of our own in a folder that does not last."""
        with (
            tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder,
            asyncio.Runner() as runner,
        ):
            Path(folder).chmod(0o755)  # the server's own user enters
            server = Postgres(Path(folder) / "postgres")
            runner.run(server.start())
            try:
                connection = runner.run(asyncpg.connect(server.url))
                yield cls(runner, connection)
                runner.run(connection.close())
            finally:
                runner.run(server.stop())

    def racer(self, rules: RuleSet) -> Racer:
        """Store the rules; the racer asks for each post which of them match."""
        scan = self._runner.run(self._stored(rules))
        count = max(1, min(SLICE, _SCANNED // len(rules.rules)))
        return Racer(POSTGRES, lambda posts: self._seconds(scan, posts), count)

    async def _stored(self, rules: RuleSet) -> asyncpg.prepared_stmt.PreparedStatement:
        table = f"{rules.kind}_{len(rules.rules)}"
        await self._connection.execute(f"CREATE TABLE {table} (id int, query tsquery)")
        await self._connection.execute(
            f"INSERT INTO {table} SELECT n, to_tsquery('russian', q)"  # noqa: S608 -- the table is ours
            " FROM unnest($1::text[]) WITH ORDINALITY AS given (q, n)",
            [rule.tsquery for rule in rules.rules],
        )
        await self._connection.execute(f"VACUUM ANALYZE {table}")
        await self._connection.execute("SET max_parallel_workers_per_gather = 0")
        scan = (
            "WITH post AS MATERIALIZED (SELECT to_tsvector('russian', $1) AS words)"  # noqa: S608 -- the same
            f" SELECT id FROM {table}, post WHERE words @@ query"
        )
        return await self._connection.prepare(scan)

    def _seconds(
        self, scan: asyncpg.prepared_stmt.PreparedStatement, posts: Sequence[str]
    ) -> float:
        """Processor time of the backend, which is idle between its turns."""
        before = self._spent()
        self._runner.run(_fetched(scan, posts))
        return self._spent() - before

    def _spent(self) -> float:
        times = self._backend.cpu_times()
        return float(times.user + times.system)


async def _fetched(
    scan: asyncpg.prepared_stmt.PreparedStatement, posts: Sequence[str]
) -> None:
    for post in posts:
        await scan.fetch(post)


def has_hyperscan() -> bool:
    """Say whether the library is installed: for development, and on Linux only."""
    return importlib.util.find_spec("hyperscan") is not None


def hyperscan(rules: RuleSet) -> Racer:
    """Look for all words of the rules, as they stand, with a callback for each."""
    import hyperscan as library  # noqa: PLC0415 -- may not be installed

    words = sorted({word for rule in rules.rules for word in rule.words})
    base = library.Database(mode=library.HS_MODE_BLOCK)
    base.compile(
        expressions=[word.encode() for word in words],
        ids=list(range(len(words))),
        elements=len(words),
        flags=[library.HS_FLAG_SINGLEMATCH] * len(words),
        literal=True,
    )

    def scan(post: str) -> None:
        found: set[int] = set()
        base.scan(
            post.lower().encode(),
            match_event_handler=lambda number, *_, to=found: to.add(number),
        )

    return Racer(HYPERSCAN, timed(scan))
