"""What the lag bench found: how late complaints came, and what that cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import psutil

from tests.bench.lag_plan import Lane
from tests.bench.lag_queue import Queue

ASKED_WITHIN: Final = 60.0
PUSHED_WITHIN: Final = 2.0
"""The promise, in seconds."""

Report: TypeAlias = dict[str, Any]
"""What the fake networks tell: `complaints` are mark, lane and Unix seconds."""

FAKE: Final = "fake networks"


@dataclass(frozen=True)
class Seen:
    """What stands at one moment (Unix seconds), at an end of the measuring."""

    at: float
    processors: Counter[str]
    posts: int
    unmatched: int
    load: float


def is_in(window: tuple[float, float], at: float) -> bool:
    """Say whether a moment lies in the measured time."""
    return window[0] <= at < window[1]


def show(report: Report, queue: Queue, window: tuple[float, float]) -> bool:
    """Print a line per lane and the verdict; return whether the promise holds."""
    lags: dict[Lane, list[float]] = {lane: [] for lane in Lane}
    lost: Counter[Lane] = Counter()
    for mark, lane, at in report["complaints"]:
        if not is_in(window, at):
            continue
        if mark in queue.seen:
            lags[Lane(lane)].append(max(0.0, queue.seen[mark] - at))
        else:
            lost[Lane(lane)] += 1
    names = ("count", "lost", "p50", "p95", "p99", "max")
    print(f"\n{'lag, s':24}" + "".join(f"{name:>8}" for name in names))
    for lane in Lane:
        line(lane.value, lags[lane], lost[lane])
    asked = [lag for lane in Lane if not lane.is_pushed for lag in lags[lane]]
    pushed = [lag for lane in Lane if lane.is_pushed for lag in lags[lane]]
    line("all that is asked", asked, sum(lost[x] for x in Lane if not x.is_pushed))
    line("all that is pushed", pushed, sum(lost[x] for x in Lane if x.is_pushed))
    holds = (
        not lost.total()
        and max(asked, default=0) <= ASKED_WITHIN
        and max(pushed, default=0) <= PUSHED_WITHIN
    )
    print(
        f"published {report['published']}, fake late {report['late_s']:.2f} s at most; "
        f"calls {report['requests']}, over the limit {report['over_limit']}, "
        f"after a fatal error {report['after_fatal']}; other candidates "
        f"{queue.unmarked}"
    )
    timeline(report, queue, window)
    print("calls: " + ", ".join(f"{n} {c}" for n, c in report["calls"].items()))
    print(
        f"within {ASKED_WITHIN:.0f} s asked, {PUSHED_WITHIN:.0f} s pushed, none lost: "
        f"{'yes' if holds else 'NO'}"
    )
    return holds


def timeline(report: Report, queue: Queue, window: tuple[float, float]) -> None:
    """Print how late the asked complaints of each ten seconds came.

    What grows from line to line would grow for ever.
    """
    found: dict[int, list[float | None]] = {}
    for mark, lane, at in report["complaints"]:
        if not Lane(lane).is_pushed:
            seen = queue.seen.get(mark)
            tens = int((at - window[0]) // 10)
            found.setdefault(tens, []).append(None if seen is None else seen - at)
    print("\nasked, by when written: p50 / max (lost)")
    for tens, lags in sorted(found.items()):
        came = sorted(lag for lag in lags if lag is not None)
        p50, most = _share(came, 0.5), _share(came, 1.0)
        print(f"{10 * tens:5} s {p50:6.1f} / {most:5.1f} ({len(lags) - len(came)})")


def line(name: str, lags: Sequence[float], lost: int) -> None:
    """Print how late one kind of complaints came."""
    ordered = sorted(lags)
    figures = [_share(ordered, share) for share in (0.5, 0.95, 0.99, 1.0)]
    shown = "".join(f"{figure:8.2f}" for figure in figures)
    print(f"{name:24}{len(lags):8}{lost:8}{shown}")


def _share(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show_processors(begun: Seen, ended: Seen) -> None:
    """Print how many processors each group of processes kept busy, and for what.

    The load of the machine says whether they could have had more.
    """
    seconds, used = ended.at - begun.at, ended.processors - begun.processors
    stored = ended.posts - begun.posts
    print(f"\n{'processors busy':24}{'busy':>6}{'ms a post':>12}")
    for name, spent in [*used.most_common(), ("all", used.total())]:
        each = 1000 * spent / max(1, stored)
        print(f"  {name:22}{spent / seconds:6.2f}{each:12.2f}")
    share = used[FAKE] / used.total() if used else 0
    print(
        f"the fake networks' share {share:.0%}; "
        f"stored {stored / seconds:.0f} posts/s, at the end {ended.unmatched} batches "
        f"unmatched; load of the machine {ended.load:.1f}, of {psutil.cpu_count()}"
    )
