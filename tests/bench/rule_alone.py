"""What one set of rules costs in a process of its own: time to compile, memory.

`measured` starts the process, `python -m tests.bench.rule_alone FILE` is the process.
"""

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import psutil

from services.ingest.rules import Matcher, compile_rule
from tests.bench.rule_corpus import RuleSet
from tests.bench.rule_race import timed

_MANY = 20_000
"""Sets above this size are compiled once: it takes long."""

TRIES = 3


@dataclass(frozen=True, slots=True)
class Alone:
    """Seconds of processor time, MiB of the whole process, milliseconds per post."""

    compiling: float
    memory: float
    p99: float
    hits: float


def measured(rules: RuleSet, posts: Sequence[str]) -> Alone:
    """Measure in up to three processes: quickest compiling, of the rest the worst."""
    tries = 1 if len(rules.rules) > _MANY else TRIES
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.json"
        given = {"queries": [rule.query for rule in rules.rules], "posts": list(posts)}
        file.write_text(json.dumps(given, ensure_ascii=False), "utf-8")
        found = [_in_own_process(file) for _ in range(tries)]
    return Alone(
        compiling=min(one.compiling for one in found),
        memory=max(one.memory for one in found),
        p99=max(one.p99 for one in found),
        hits=found[0].hits,
    )


def compiled(queries: Sequence[str]) -> Matcher:
    """Compile without collections meanwhile, then freeze, as a worker does."""
    gc.disable()
    rules = [compile_rule(UUID(int=n), 1, query) for n, query in enumerate(queries)]
    matcher = Matcher(rules)
    gc.freeze()
    gc.enable()
    return matcher


def _in_own_process(file: Path) -> Alone:
    command = [sys.executable, "-m", __spec__.name, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- our own program
    return Alone(**json.loads(done.stdout))


def _main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    queries, posts = given["queries"], given["posts"]
    compile_rule(UUID(int=0), 1, "яма")  # the dictionary is opened
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    matcher = compiled(queries)
    compiling = time.process_time() - begun
    hits = sum(len(found) for found in matcher.match(posts))
    one = timed(lambda post: matcher.match([post]))
    spent = sorted(one([post]) for post in posts)
    found = Alone(
        compiling,
        psutil.Process().memory_info().rss / 2**20,
        spent[int(len(posts) * 0.99)] * 1000,
        hits / len(posts),
    )
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    _main()
