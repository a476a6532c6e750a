"""Races in turns, with racers whose times are known."""

from collections.abc import Callable, Sequence

from tests.bench.rule_race import SLICE, Racer, Spread, race, rates, ratios


def _taking(seconds: float, seen: list[int]) -> Callable[[Sequence[str]], float]:
    def spent(posts: Sequence[str]) -> float:
        seen.append(len(posts))
        return seconds * len(posts)

    return spent


def test_every_racer_goes_through_its_share_of_every_slice_and_of_a_first_round() -> (
    None
):
    quick: list[int] = []
    slow: list[int] = []
    racers = [
        Racer("quick", _taking(0.25, quick)),
        Racer("slow", _taking(4.0, slow), posts=2),
    ]

    times = race(racers, ["яма"] * (SLICE + 3), rounds=2)

    assert times == {"quick": [0.25, 0.25], "slow": [4.0, 4.0]}
    assert (quick, slow) == ([SLICE, 3] * 3, [2, 2] * 3)


def test_racers_take_turns_in_an_order_that_changes_but_is_the_same_at_every_run() -> (
    None
):
    def order() -> list[int]:
        turns: list[int] = []
        racers = [
            Racer(name, _taking(1.0, turns), posts=share)
            for name, share in (("a", 1), ("b", 2))
        ]
        race(racers, ["яма"] * (8 * SLICE), rounds=1)
        return turns

    turns = order()

    pairs = {tuple(turns[at : at + 2]) for at in range(0, len(turns), 2)}
    assert pairs == {(1, 2), (2, 1)}
    assert order() == turns


def test_ratios_are_taken_round_by_round() -> None:
    found = ratios([2.0, 8.0, 3.0], [1.0, 2.0, 1.0])

    assert found == Spread(median=3.0, least=2.0, greatest=4.0)


def test_rates_are_posts_a_second() -> None:
    assert rates([0.5, 0.25, 0.125]) == Spread(median=4.0, least=2.0, greatest=8.0)
