"""Measures a real installation: 50,000 posts down the whole road, then the lag."""

import argparse
import json
import re
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import psutil

from tests.bench import lag
from tests.bench.texts import texts
from tests.installation import Installation, installation

CALL = 1000
PATIENCE = 900


@dataclass(eq=False)
class Memory(threading.Thread):
    """Samples the proportional memory of the whole process tree."""

    one: Installation
    peak: int = 0
    by_name: dict[str, int] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Become a background thread."""
        super().__init__(daemon=True)

    def run(self) -> None:
        """Sample four times a second until told to end."""
        while not self.ended.wait(0.25):
            total = 0
            for process in self.one.tree():
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)


def lines(count: int, *, run: str) -> Iterator[str]:
    """Make `count` posts as NDJSON, spread over the last 30 days."""
    start = datetime.now(UTC) - timedelta(days=30)
    step = timedelta(days=30) / count
    for number, text in zip(range(count), texts(), strict=False):
        yield json.dumps(
            {
                "schema": "ingest.v1",
                "source": "bench-portal",
                "external_id": f"{run}-{number}",
                "kind": "post",
                "url": f"https://portal.example/{run}/{number}",
                "author": {"id": f"u{number}", "name": "Житель"},
                "text": text,
                "published_at": (start + step * number).isoformat(),
            },
            ensure_ascii=False,
        )


def push(client: httpx.Client, count: int, *, run: str) -> list[float]:
    """Push in calls of CALL; return the seconds of each call."""
    seconds = []
    batch: list[str] = []
    accepted = 0
    for line in [*lines(count, run=run), ""]:
        if line:
            batch.append(line)
        if batch and (len(batch) == CALL or not line):
            begun = time.perf_counter()
            answer = client.post(
                "/ingest/posts",
                content="\n".join(batch).encode(),
                headers={"Content-Type": "application/x-ndjson"},
            )
            answer.raise_for_status()
            seconds.append(time.perf_counter() - begun)
            accepted += answer.json()["accepted"]
            batch = []
    if accepted != count:
        sys.exit(f"accepted {accepted} of {count}")
    return seconds


def until(client: httpx.Client, reached: Callable[[dict[str, int]], bool]) -> None:
    """Wait for a state of the whole road; give up after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if reached(standing(client)):
            return
        time.sleep(0.2)
    sys.exit(f"stuck: {standing(client)}")


def standing(client: httpx.Client) -> dict[str, int]:
    """Read how many posts stand where."""
    ingest = client.get("/ingest/status").raise_for_status().json()
    triage = client.get("/triage/status").raise_for_status().json()
    return {
        "posts": ingest["posts"],
        "unmatched": ingest["batches_waiting"],
        "unindexed": ingest["index_queue"],
        "candidates": triage["candidates"]["new"],
    }


def road(one: Installation, client: httpx.Client, count: int, before: int) -> float:
    """Send `count` posts down the road and print a line per stage."""
    memory = Memory(one)
    memory.start()
    begun = time.monotonic()
    calls = push(client, count, run=f"r{count}")
    accepted = time.monotonic() - begun
    until(client, lambda now: now["candidates"] >= before + count)
    candidates = time.monotonic() - begun
    until(client, lambda now: now["unindexed"] == 0 and now["unmatched"] == 0)
    indexed = time.monotonic() - begun
    memory.ended.set()
    memory.join()
    now = standing(client)
    whole = now["posts"] == now["candidates"] == before + count
    print(f"\n{count:,} posts in calls of {CALL:,}")
    for stage, took in (
        ("accepted and stored", accepted),
        ("last candidate", candidates),
        ("last post findable", indexed),
    ):
        print(f"  {stage:<22}{took:8.1f} s  {count / took:8.0f} posts/s")
    print(f"  {'one call, median/max':<22}{statistics.median(calls):8.2f} s / ", end="")
    print(f"{max(calls):.2f} s")
    print(f"  {'peak memory (PSS)':<22}{memory.peak / 2**20:8.0f} MiB")
    print(f"  stored = candidates = accepted: {'yes' if whole else f'NO {now}'}")
    return candidates


API = (
    ("API queue, urgent", "/triage/candidates?status=new&limit=50"),
    ("API queue, newest", "/triage/candidates?status=new&sort=newest&limit=50"),
    ("API incidents", "/triage/incidents?limit=50"),
    ("API archive, a word", "/archive/posts?q=вода&limit=20"),
    ("API archive, a slip", "/archive/posts?q=отоплние&limit=20"),
)
PAGES = (
    ("page queue", "/queue"),
    ("page queue, newest", "/queue?sort=newest"),
    ("page incidents", "/incidents"),
    ("page archive", "/archive?q=вода"),
    ("page report", "/report"),
)


def timed(
    client: httpx.Client, paths: Sequence[tuple[str, str]], *, rounds: int = 60
) -> None:
    """Time whole HTTP requests, one after another."""
    for name, path in paths:
        took = []
        for _ in range(rounds):
            begun = time.perf_counter()
            client.get(path).raise_for_status()
            took.append((time.perf_counter() - begun) * 1000)
        took.sort()
        p95 = took[int(rounds * 0.95) - 1]
        print(f"  {name:<22}p50 {statistics.median(took):6.0f} ms  p95 {p95:6.0f} ms")


def signed_in(one: Installation) -> httpx.Client:
    """Sign in as a browser does: the pages themselves are measured too."""
    password = one.otklik(
        "user", "create", "desk", "--region", "north", "--role", "admin"
    )
    client = httpx.Client(
        base_url=one.address, timeout=60, trust_env=False, follow_redirects=True
    )
    page = client.get("/sign-in").text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    fields |= {"login": "desk", "password": password}
    if "desk" not in client.post("/sign-in", data=fields).text:
        sys.exit("the bench could not sign in")
    return client


def open_incidents(client: httpx.Client, count: int) -> None:
    """Decide `count` candidates so that the incident pages have something to do."""
    done = 0
    while done < count:
        page = client.get(
            "/triage/candidates",
            params={"status": "new", "sort": "newest", "limit": 100},
        ).json()["items"]
        for item in page[: count - done]:
            client.post(
                f"/triage/candidates/{item['id']}/decision",
                json={
                    "decision": "open",
                    "topic": (item["topic"] or {}).get("code") or "roads.pothole",
                    "title": item["text"][:80] or "Без текста",
                },
            ).raise_for_status()
            done += 1


def main() -> None:
    """Run the bench: a small road, a large road, the pages, then the lag."""
    reader = argparse.ArgumentParser(prog="make bench", description=__doc__)
    reader.add_argument("--posts", type=int, default=50_000)
    reader.add_argument("--small", type=int, default=5_000)
    reader.add_argument("--incidents", type=int, default=5_000)
    reader.add_argument("--only", choices=("road", "lag"), help="one part alone")
    lag.add_options(reader)
    options = reader.parse_args()
    if options.only != "lag":
        measure_road(options)
    if options.only != "road":
        lag.measure(options)


def measure_road(options: argparse.Namespace) -> None:
    """Push posts, few and many, and time the pages over them."""
    with installation() as one:
        key = one.region_with_key()
        with one.client(key) as client:
            small = road(one, client, options.small, 0)
            large = road(one, client, options.posts, options.small)
            factor = (large / options.posts) / (small / options.small)
            print(
                f"\ntime per post, {options.posts:,} against {options.small:,}: ",
                end="",
            )
            print(f"x{factor:.2f}")
            begun = time.monotonic()
            open_incidents(client, options.incidents)
            print(f"\n{options.incidents:,} incidents opened one by one in ", end="")
            print(f"{time.monotonic() - begun:.0f} s; pages (whole HTTP request):")
            timed(client, API)
            browser = signed_in(one)
            timed(browser, PAGES)
            browser.close()


if __name__ == "__main__":
    main()
