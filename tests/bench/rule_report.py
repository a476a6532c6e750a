"""Tables of what the bench of the rules found, as docs/rules.md has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import NamedTuple

from tests.bench.rule_alone import Alone
from tests.bench.rule_corpus import RuleSet
from tests.bench.rule_peers import HYPERSCAN, POSTGRES
from tests.bench.rule_race import Spread, Times, rates, ratios

OURS = "which rules match"
PLACED = "with positions"
AIMED_AT = 10_000
"""Rules for which most aims are set."""

LARGE = 100_000
SMALL = 1_000
"""Narrow rules between which the time per post is to grow little."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured, by the label of the set; `growth` is that of the time."""

    races: Mapping[str, Mapping[str, Times]]
    alone: Mapping[str, Alone]
    growth: Spread | None


class Aim(NamedTuple):
    """What was aimed at, what was found, and whether that is enough."""

    what: str
    found: str
    is_held: bool


def speeds(figures: Figures) -> str:
    """Posts a second on one core, medians of the rounds."""
    names = dict.fromkeys(name for race in figures.races.values() for name in race)
    rows = [
        [name, *(_rate(race.get(name)) for race in figures.races.values())]
        for name in names
    ]
    return _table(["posts/s", *figures.races], rows)


def costs(figures: Figures) -> str:
    """Show what each set takes in a process of its own."""
    alone = figures.alone.values()
    rows = [
        ["compiled in, s", *(f"{one.compiling:.2f}" for one in alone)],
        ["memory of the process, MiB", *(f"{one.memory:.0f}" for one in alone)],
        ["p99 per post with positions, ms", *(f"{one.p99:.2f}" for one in alone)],
        ["hits per post", *(f"{one.hits:.2f}" for one in alone)],
    ]
    return _table(["alone", *figures.alone], rows)


def verdicts(figures: Figures, sets: Sequence[RuleSet]) -> str:
    """Every aim with the figure beside it: the median, least and greatest round."""
    rows = [
        [aim.what, aim.found, "held" if aim.is_held else "**not held**"]
        for aim in aims(figures, sets)
    ]
    return _table(["aim", "found", ""], rows)


def aims(figures: Figures, sets: Sequence[RuleSet]) -> Iterable[Aim]:
    """Hold the figures against what the matcher is to reach; leave out the unmeasured.

    The aims are set for 10,000 rules, narrow and broad, and for large narrow sets.
    """
    for one in sets:
        if len(one.rules) == AIMED_AT:
            yield from _speed_aims(one.label, figures.races[one.label])
    if figures.growth is not None:
        grown = figures.growth
        what = f"time per post, {LARGE:,} over {SMALL:,} narrow: below 4"
        yield Aim(what, _shown(grown), grown.median < 4)
    for one in sets:
        cost = figures.alone[one.label]
        if len(one.rules) == AIMED_AT:
            yield _below(f"{one.label}: compiled in 3 s", cost.compiling, 3, "s")
            memory = cost.memory * 2**20 / 1e6
            yield _below(f"{one.label}: in 400 MB", memory, 400, "MB")
        if len(one.rules) == LARGE:
            yield _below(f"{one.label}: p99 per post below 5 ms", cost.p99, 5, "ms")


def _speed_aims(label: str, race: Mapping[str, Times]) -> Iterable[Aim]:
    ours = race[OURS]
    for peer, name, least in (
        (POSTGRES, "100 times PostgreSQL", 100),
        (HYPERSCAN, "half of hyperscan's speed", 0.5),
    ):
        if peer in race:
            yield _at_least(f"{label}: {name}", ratios(race[peer], ours), least)
    for name in (OURS, PLACED):
        what = f"{label}: 10,000 posts/s, {name}"
        yield _at_least(what, rates(race[name]), 10_000)


def _at_least(what: str, found: Spread, least: float) -> Aim:
    return Aim(what, _shown(found), found.median >= least)


def _below(what: str, found: float, most: float, unit: str) -> Aim:
    return Aim(what, f"{_short(found)} {unit}", found < most)


def _rate(times: Times | None) -> str:
    return _short(rates(times).median) if times else "–"


def _shown(found: Spread) -> str:
    least, greatest = _short(found.least), _short(found.greatest)
    return f"{_short(found.median)} ({least}–{greatest})"


def _short(figure: float) -> str:
    """Three digits are enough, two behind the point."""
    digits = 2 - int(log10(figure)) if figure >= 1 else 2
    return f"{round(figure, digits):,.{max(0, digits)}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
