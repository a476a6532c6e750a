"""How fast rules are matched, ours and the peers': `python -m tests.bench.rules`.

All figures are processor time of one core, so that a busy machine spoils them less;
each size runs in a process of its own, so that memory is that of its rules.
"""

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from services.ingest.rules import Matcher, compile_rule
from tests.bench.rule_chart import chart
from tests.bench.rule_corpus import Corpus, FlatRule, corpus
from tests.bench.rule_peers import has_hyperscan, hyperscan, postgres

SIZES = (100, 1_000, 10_000, 100_000)
CHART = Path(__file__).parents[2] / "docs" / "rules-speed.svg"
ROUNDS = 3


def main() -> None:
    """Measure, print a table, draw the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=4_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--chart", type=Path, default=CHART)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        _measure_here(Path(given.one[0]), given.one[1], int(given.one[2]))
        return
    made = corpus(given.posts, max(given.sizes), min(10_000, max(given.sizes)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "corpus"
        file.write_text(json.dumps(asdict(made), ensure_ascii=False), "utf-8")
        ours = {
            (kind, size): _measured(file, kind, size)
            for kind, sizes in (("narrow", given.sizes), ("broad", [len(made.broad)]))
            for size in sizes
        }
    _report(made, ours, given.sizes, given.chart)


def _report(
    made: Corpus,
    ours: dict[tuple[str, int], dict[str, float]],
    sizes: Sequence[int],
    file: Path,
) -> None:
    for (kind, size), figures in ours.items():
        print(f"\n{size:,} {kind} rules, ours")
        for name, figure in figures.items():
            print(f"  {name:<34}{figure:>12,.2f}")
    sets = [*(made.narrow[:size] for size in sizes), made.broad]
    scans = postgres(sets, made.posts)
    print("\nposts/s" + " " * 22 + "".join(f"{len(rules):>12,}" for rules in sets))
    rows = {
        "ours, which rules": [
            figures["posts/s, which rules"] for figures in ours.values()
        ],
        "ours, with positions": [
            figures["posts/s, with positions"] for figures in ours.values()
        ],
        "PostgreSQL, stored tsquery": scans,
    }
    if has_hyperscan():
        rows["hyperscan, bare words"] = [hyperscan(one, made.posts) for one in sets]
    else:
        print("(hyperscan is not installed: `pip install hyperscan` to compare)")
    for name, rates in rows.items():
        print(f"{name:<29}" + "".join(f"{rate:>12,.0f}" for rate in rates))
    print("(the last column: broad rules)")
    _ratios(rows, sizes)
    drawn = {
        name: list(zip(sizes, rates[: len(sizes)], strict=True))
        for name, rates in rows.items()
    }
    file.write_text(chart("Posts a second on one core, narrow rules", drawn), "utf-8")


def _ratios(rows: dict[str, list[float]], sizes: Sequence[int]) -> None:
    fast = rows["ours, which rules"]
    print("\nbroad rules, which of them match, ours over")
    for name, rates in rows.items():
        if not name.startswith("ours"):
            print(f"  {name:<34}{fast[-1] / rates[-1]:>12,.2f}")
    if {1_000, 100_000} <= set(sizes):
        few, many = (fast[list(sizes).index(size)] for size in (1_000, 100_000))
        print(f"time per post, 100,000 over 1,000 narrow rules: {few / many:.2f}")


def _measured(file: Path, kind: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, "--one", str(file), kind, str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- our own program
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measure_here(file: Path, kind: str, size: int) -> None:
    made = json.loads(file.read_text("utf-8"))
    queries = [FlatRule(**rule).query for rule in made[kind][:size]]
    posts: list[str] = made["posts"]
    del made
    compile_rule(UUID(int=0), 1, "яма")  # the dictionary is opened
    gc.collect()
    gc.freeze()
    gc.disable()
    begun = time.process_time()
    compiled = [compile_rule(UUID(int=n), 1, q) for n, q in enumerate(queries)]
    matcher = Matcher(compiled)
    took = time.process_time() - begun
    gc.freeze()
    gc.enable()
    hits = sum(len(found) for found in matcher.match(posts))
    latencies = sorted(
        _timed(lambda post=post: matcher.match([post])) for post in posts
    )
    figures: dict[str, Any] = {
        "seconds to compile": took,
        "MiB of memory, whole process": psutil.Process().memory_info().rss / 2**20,
        "hits per post": hits / len(posts),
        "posts/s, which rules": _rate(
            lambda: [matcher.numbers(p) for p in posts], posts
        ),
        "posts/s, with positions": _rate(lambda: matcher.match(posts), posts),
        "ms per post with positions, p99": latencies[int(len(posts) * 0.99)] * 1000,
    }
    print(json.dumps(figures))


def _rate(work: Callable[[], object], posts: Sequence[str]) -> float:
    return len(posts) / min(_timed(work) for _ in range(ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
