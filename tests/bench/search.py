"""How fast the index takes documents in and answers: `python -m tests.bench.search`.

PostgreSQL is started from its wheel; Meilisearch is measured when OTKLIK_MEILI_URL
names a server. Texts are put together from invented parts, so absolute figures say
little: compare the two, or one with itself of yesterday.
"""

import argparse
import asyncio
import os
import random
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from pathlib import Path
from time import perf_counter
from uuid import UUID, uuid4

from infra.embedded.postgres import Postgres
from infra.migrations import run as migrations
from shared.db import Database
from shared.search import Document, Query, Search
from shared.search.meili import MeiliSearch
from shared.search.postgres import PostgresSearch

REGION = 1
BATCH = 1_000
ROUNDS = 100
END = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)

PROBLEMS = (
    "яма на дороге глубиной по колено",
    "не вывозят мусор вторую неделю",
    "нет горячей воды с понедельника",
    "во дворе не горят фонари",
    "автобус опять не пришёл",
    "сугробы у подъезда никто не чистит",
    "свалка за гаражами дымит",
    "лифт стоит третий день",
    "течёт крыша после ремонта",
    "в поликлинике нет записи к врачу",
    "бродячие собаки у школы",
    "в квартире холодные батареи",
)
ENDINGS = (
    "Куда смотрит управляющая компания?",
    "Звонили диспетчеру, обещали разобраться.",
    "Дети ходят здесь каждый день!",
    "Прошу принять меры и ответить.",
    "Спасибо, что читаете нас.",
    "Пишем уже не в первый раз, фотографии приложены.",
)
STARTS = tuple(map("".join, product("бвгдклмнпрст", "аеиоу", "бвгдклмнпрст")))
TAILS = ("ская", "овая", "инская", "овка", "ино", "ичи", "ово", "енка", "ушка", "ский")

QUESTIONS: Mapping[str, Query] = {
    "one common word": Query(region_id=REGION, q="яма"),
    "two words": Query(region_id=REGION, q="мусор неделя"),
    "three words": Query(region_id=REGION, q="лифт стоит диспетчер"),
    "rare word": Query(region_id=REGION, q="барская"),
    "phrase": Query(region_id=REGION, q="«горячая вода»"),
    "slip": Query(region_id=REGION, q="павтобус диспечер"),
    "no words": Query(region_id=REGION),
    "filters": Query(region_id=REGION, network="ok", topic="topic-3", status="closed"),
    "word, month, filter": Query(
        region_id=REGION,
        q="собаки",
        network="vk",
        published_from=END - timedelta(days=30),
        published_to=END,
    ),
    "no facets": Query(region_id=REGION, q="яма", with_facets=False),
}


def documents(number: int) -> Iterator[Document]:
    """Invented posts of two years, the same at every run."""
    luck = random.Random(7)  # noqa: S311 -- texts, not secrets
    for place in range(number):
        problem = luck.randrange(len(PROBLEMS))
        street = luck.choice(STARTS) + luck.choice(TAILS)
        details = " ".join(luck.choice(STARTS) + luck.choice(TAILS) for _ in range(8))
        yield Document(
            id=UUID(int=place),
            region_id=REGION,
            network=luck.choice(("vk", "vk", "vk", "ok", "telegram", "rss")),
            kind="post",
            source_name="Подслушано",
            url=f"https://vk.example/wall-1_{place}",
            published_at=END - timedelta(minutes=luck.randrange(730 * 24 * 60)),
            text=f"Улица {street.title()}, дом {luck.randrange(1, 150)}: "
            f"{PROBLEMS[problem]}. {details}. {luck.choice(ENDINGS)}",
            topic=f"topic-{problem}",
            topic_name=f"Тема {problem}",
            municipality=f"place-{luck.randrange(40)}",
            status=luck.choice(("taken_in", "candidate", "noise", "closed")),
        )


async def index(search: Search, number: int) -> float:
    """Put all documents in, in batches of one queue job; return documents a second."""
    started, source = perf_counter(), documents(number)
    while batch := list(islice(source, BATCH)):
        await search.upsert(batch)
    return number / (perf_counter() - started)


async def answer(search: Search, query: Query) -> tuple[float, float, int]:
    """The 50th and 95th of a hundred times in ms, and how much was found."""
    times: list[float] = []
    for _ in range(ROUNDS):
        started = perf_counter()
        page = await search.search(query)
        times.append((perf_counter() - started) * 1_000)
    times.sort()
    return times[ROUNDS // 2], times[ROUNDS * 95 // 100], page.estimated_total


async def report(name: str, search: Search, number: int) -> None:
    """Print a line per question."""
    await search.prepare()
    speed = await index(search, number)
    print(f"{name}: {number} documents, {speed:.0f} a second")
    for title, query in QUESTIONS.items():
        p50, p95, found = await answer(search, query)
        print(f"  {title:20} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  found {found}")


@asynccontextmanager
async def indexes(folder: Path) -> AsyncIterator[Sequence[tuple[str, Search]]]:
    """Every index that can be had on this machine."""
    postgres = Postgres(folder / "postgres")
    await postgres.start()
    await migrations.create_database(postgres.url, "bench")
    url = migrations.with_database(postgres.url, "bench")
    await migrations.upgrade(url)
    database = Database(url, role="otklik_ingest")
    found: list[tuple[str, Search]] = [("postgres", PostgresSearch(database.engine))]
    if meili := os.environ.get("OTKLIK_MEILI_URL"):
        key = os.environ.get("OTKLIK_MEILI_KEY")
        found.append(("meili", MeiliSearch(meili, key, index=f"bench-{uuid4().hex}")))
    try:
        yield found
    finally:
        for _, search in found:
            await search.close()
        await database.close()
        await postgres.stop()


async def main() -> None:
    """Measure with as many documents as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=50_000)
    number = parser.parse_args().documents
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 -- the server's own user enters
        async with indexes(Path(folder)) as found:
            for name, search in found:
                await report(name, search, number)


if __name__ == "__main__":
    asyncio.run(main())
