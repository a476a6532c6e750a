"""How fast rules are matched, ours and the peers': `python -m tests.bench.rules`.

All figures are processor time of one core. Ratios come from races in one process, in
turns and round by round; time to compile and memory from a process for each set.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.ingest.rules import Matcher
from tests.bench.rule_alone import compiled, measured
from tests.bench.rule_chart import chart
from tests.bench.rule_corpus import RuleSet, corpus
from tests.bench.rule_peers import HYPERSCAN, Server, has_hyperscan, hyperscan
from tests.bench.rule_race import Racer, Spread, Times, race, rates, ratios, timed
from tests.bench.rule_report import (
    AIMED_AT,
    LARGE,
    OURS,
    PLACED,
    SMALL,
    Figures,
    costs,
    speeds,
    verdicts,
)

SIZES = (100, SMALL, AIMED_AT, LARGE)
CHART = Path(__file__).parents[2] / "docs" / "rules-speed.svg"


def main() -> None:
    """Measure, print tables, draw the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--chart", type=Path, default=CHART)
    given = parser.parse_args()
    largest = max(given.sizes)
    made = corpus(given.posts, largest, min(AIMED_AT, largest))
    sets = [RuleSet("narrow", made.narrow[:size]) for size in sorted(given.sizes)]
    sets.append(RuleSet("broad", made.broad))
    if not has_hyperscan():
        print("(hyperscan is not installed: `pip install hyperscan` to compare)")
    figures = _figures(sets, made.posts, given.rounds)
    for table in (speeds(figures), costs(figures), verdicts(figures, sets)):
        print(f"\n{table}")
    print(f"\nin brackets: the least and the greatest of {given.rounds} rounds")
    _draw(figures.races, sets, given.chart)


def _figures(sets: Sequence[RuleSet], posts: Sequence[str], rounds: int) -> Figures:
    alone = {one.label: measured(one, posts) for one in sets}
    matchers = {one.label: compiled([rule.query for rule in one.rules]) for one in sets}
    with Server.started() as server:
        races = {
            one.label: race(_racers(one, matchers[one.label], server), posts, rounds)
            for one in sets
        }
    return Figures(races, alone, _growth(matchers, posts, rounds))


def _racers(rules: RuleSet, matcher: Matcher, server: Server) -> list[Racer]:
    racers = [
        Racer(OURS, timed(matcher.numbers)),
        Racer(PLACED, timed(lambda post: matcher.match([post]))),
        server.racer(rules),
    ]
    return [*racers, hyperscan(rules)] if has_hyperscan() else racers


def _growth(
    matchers: Mapping[str, Matcher], posts: Sequence[str], rounds: int
) -> Spread | None:
    """How many times as long a post takes with many narrow rules as with few."""
    few, many = (f"{size:,} narrow" for size in (SMALL, LARGE))
    if not {few, many} <= matchers.keys():
        return None
    racers = [Racer(label, timed(matchers[label].numbers)) for label in (few, many)]
    times = race(racers, posts, rounds)
    return ratios(times[many], times[few])


def _draw(
    races: Mapping[str, Mapping[str, Times]], sets: Sequence[RuleSet], file: Path
) -> None:
    narrow = [one for one in sets if one.kind == "narrow"]
    lines = {
        _short(name): [
            (len(one.rules), rates(races[one.label][name]).median) for one in narrow
        ]
        for name in races[narrow[0].label]
    }
    file.write_text(chart("Posts a second on one core, narrow rules", lines), "utf-8")


def _short(name: str) -> str:
    """Name a line beside which little room is left."""
    if name in (OURS, PLACED):
        return f"ours, {name.replace(' match', '')}"
    return (
        "hyperscan, bare words" if name == HYPERSCAN else "PostgreSQL, stored tsquery"
    )


if __name__ == "__main__":
    main()
