"""What the matcher is compared with: PostgreSQL's stored queries and hyperscan."""

import asyncio
import importlib.util
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import psutil

from infra.embedded.postgres import Postgres
from tests.bench.rule_corpus import FlatRule

ROUNDS = 3


def postgres(sets: Sequence[Sequence[FlatRule]], posts: Sequence[str]) -> list[float]:
    """Posts a second of processor time of the server for each set of rules."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        Path(folder).chmod(0o755)  # the server's own user enters
        server = Postgres(Path(folder) / "postgres")
        return asyncio.run(_scans(server, sets, posts))


async def _scans(
    server: Postgres, sets: Sequence[Sequence[FlatRule]], posts: Sequence[str]
) -> list[float]:
    await server.start()
    try:
        connection = await asyncpg.connect(server.url)
        found = [await _scanned(connection, rules, posts) for rules in sets]
        await connection.close()
    finally:
        await server.stop()
    return found


async def _scanned(
    connection: asyncpg.Connection, rules: Sequence[FlatRule], posts: Sequence[str]
) -> float:
    await connection.execute("DROP TABLE IF EXISTS rule")
    await connection.execute("CREATE TABLE rule (id int, query tsquery)")
    await connection.execute(
        "INSERT INTO rule SELECT n, to_tsquery('russian', q)"
        " FROM unnest($1::text[]) WITH ORDINALITY AS given (q, n)",
        [rule.tsquery for rule in rules],
    )
    await connection.execute("VACUUM ANALYZE rule")
    await connection.execute("SET max_parallel_workers_per_gather = 0")
    scan = await connection.prepare(
        "WITH post AS MATERIALIZED (SELECT to_tsvector('russian', $1) AS words)"
        " SELECT id FROM rule, post WHERE words @@ query"
    )
    sample = posts[: max(50, 3_000_000 // len(rules))]
    backend = psutil.Process(await connection.fetchval("SELECT pg_backend_pid()"))
    await scan.fetch(sample[0])
    spent = sum(backend.cpu_times()[:2])
    for post in sample:
        await scan.fetch(post)
    return len(sample) / (sum(backend.cpu_times()[:2]) - spent)


def has_hyperscan() -> bool:
    """Say whether the library is installed: for development, and on Linux only."""
    return importlib.util.find_spec("hyperscan") is not None


def hyperscan(rules: Sequence[FlatRule], posts: Sequence[str]) -> float:
    """Posts a second of processor time; bare words of the rules, as they stand."""
    import hyperscan as library  # noqa: PLC0415 -- may not be installed

    words = sorted({word for rule in rules for word in rule.words})
    base = library.Database(mode=library.HS_MODE_BLOCK)
    base.compile(
        expressions=[word.encode() for word in words],
        ids=list(range(len(words))),
        elements=len(words),
        flags=[library.HS_FLAG_SINGLEMATCH] * len(words),
        literal=True,
    )
    best = 0.0
    for _ in range(ROUNDS):
        begun = time.process_time()
        for post in posts:
            found: set[int] = set()
            base.scan(
                post.lower().encode(),
                match_event_handler=lambda number, *_, to=found: to.add(number),
            )
        best = max(best, len(posts) / (time.process_time() - begun))
    return best
