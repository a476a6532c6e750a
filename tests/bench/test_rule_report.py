"""The tables of the bench of the rules."""

from tests.bench.rule_alone import Alone
from tests.bench.rule_corpus import FlatRule, RuleSet
from tests.bench.rule_peers import HYPERSCAN, POSTGRES
from tests.bench.rule_race import Spread
from tests.bench.rule_report import OURS, PLACED, Figures, costs, speeds, verdicts

RULE = FlatRule(("яма",), ("дорога",), ())
BROAD = RuleSet("broad", [RULE] * 10_000)
FIGURES = Figures(
    races={
        "10,000 broad": {
            OURS: [1 / 20_000, 1 / 10_000, 1 / 16_000],
            PLACED: [1 / 9_000, 1 / 5_000, 1 / 7_123],
            POSTGRES: [1 / 125, 1 / 100, 1 / 200],
            HYPERSCAN: [1 / 40_000, 1 / 25_000, 1 / 30_000],
        }
    },
    alone={"10,000 broad": Alone(compiling=2.5, memory=100.0, p99=0.444, hits=11.06)},
    growth=Spread(3.5, 3.25, 4.125),
)


def test_speeds_are_medians_with_a_column_for_each_set() -> None:
    assert speeds(FIGURES).splitlines() == [
        "| posts/s | 10,000 broad |",
        "| --- | --- |",
        f"| {OURS} | 16,000 |",
        f"| {PLACED} | 7,120 |",
        f"| {POSTGRES} | 125 |",
        f"| {HYPERSCAN} | 30,000 |",
    ]


def test_costs_are_those_of_a_process_for_each_set() -> None:
    assert costs(FIGURES).splitlines() == [
        "| alone | 10,000 broad |",
        "| --- | --- |",
        "| compiled in, s | 2.50 |",
        "| memory of the process, MiB | 100 |",
        "| p99 per post with positions, ms | 0.44 |",
        "| hits per post | 11.06 |",
    ]


def test_every_aim_stands_beside_its_figure_and_says_whether_it_is_held() -> None:
    assert verdicts(FIGURES, [BROAD]).splitlines() == [
        "| aim | found |  |",
        "| --- | --- | --- |",
        "| 10,000 broad: 100 times PostgreSQL | 100 (80.0–160) | held |",
        "| 10,000 broad: half of hyperscan's speed | 0.50 (0.40–0.53) | held |",
        (
            "| 10,000 broad: 10,000 posts/s, which rules match"
            " | 16,000 (10,000–20,000) | held |"
        ),
        (
            "| 10,000 broad: 10,000 posts/s, with positions"
            " | 7,120 (5,000–9,000) | **not held** |"
        ),
        (
            "| time per post, 100,000 over 1,000 narrow: below 4"
            " | 3.50 (3.25–4.12) | held |"
        ),
        "| 10,000 broad: compiled in 3 s | 2.50 s | held |",
        "| 10,000 broad: in 400 MB | 105 MB | held |",
    ]


def test_without_hyperscan_its_aim_is_left_out() -> None:
    race = dict(FIGURES.races["10,000 broad"])
    del race[HYPERSCAN]
    figures = Figures({"10,000 broad": race}, FIGURES.alone, None)

    found = verdicts(figures, [BROAD])

    assert "hyperscan" not in found
    assert "100 times PostgreSQL" in found
