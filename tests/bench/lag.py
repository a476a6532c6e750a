"""How long a complaint takes from its page to the queue: `python -m tests.bench.lag`.

Five hundred places of four networks, 200 posts a second, the real servers and
processes of an installation, and the fake networks in a process beside them.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Final

import httpx
import psutil

from infra.embedded.ports import free_port
from tests.bench.lag_queue import Queue
from tests.bench.lag_report import (
    FAKE,
    Report,
    Seen,
    is_in,
    show,
    show_processors,
)
from tests.bench.lag_town import Town
from tests.installation import ROOT, Installation, installation

_TROUBLES_SHOWN: Final = 10
_SERVERS: Final = ("postgres", "valkey")
_STRAGGLERS: Final = 60


@dataclass(frozen=True)
class Plan:
    """How long, how much and with how many tokens."""

    per_second: float
    seconds: int
    warm_up: int
    settle: int
    every_s: int | None
    vk_keys: int
    ok_users: int


@contextmanager
def networks(plan: Plan) -> Iterator[tuple[str, psutil.Process]]:
    """Run the fake networks; give their address and their process."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "tests.bench.lag_networks"),
        *("--port", str(port)),
        *("--vk-keys", str(plan.vk_keys)),
        *("--ok-users", str(plan.ok_users)),
    ]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 -- our own program
    try:
        Installation.wait(
            lambda: _answers(f"{address}/bench/report"),
            patience=30,
            what="the fake networks",
        )
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=2).is_success
    except httpx.HTTPError:
        return False


def told(address: str) -> dict[str, str]:
    """What the installation is told about the fakes, beside its own settings."""
    options = {"telegram": {"preview_base": f"{address}/tme"}}
    return {
        "OTKLIK_VK_BASE": f"{address}/vk",
        "OTKLIK_OK_BASE": f"{address}/ok",
        "OTKLIK_TELEGRAM_BASE": f"{address}/telegram",
        "OTKLIK_FEED_ALLOW": address.removeprefix("http://"),
        "OTKLIK_NETWORK_OPTIONS": json.dumps(options),
    }


def processor_seconds(one: Installation, fake: psutil.Process) -> Counter[str]:
    """Add up the time of each group of processes, their ended children included."""
    names = {pid: name for name, pid in one.processes().items()}
    used: Counter[str] = Counter()
    for process in [*one.tree(), fake, psutil.Process()]:
        try:
            times = process.cpu_times()
            name = names.get(process.pid) or _name_of(process, fake)
        except psutil.Error:
            continue
        used[name] += times.user + times.system
        used[name] += times.children_user + times.children_system
    return used


def _seen(one: Installation, fake: psutil.Process, api: httpx.Client) -> Seen:
    status = api.get("/ingest/status").raise_for_status().json()
    return Seen(
        time.time(),
        processor_seconds(one, fake),
        status["posts"],
        status["batches_waiting"],
        psutil.getloadavg()[0],
    )


def _name_of(process: psutil.Process, fake: psutil.Process) -> str:
    if process.pid == fake.pid:
        return FAKE
    if process.pid == psutil.Process().pid:
        return "bench"
    named = process.name().lower()
    return next((each for each in _SERVERS if each in named), "supervisor")


def run(one: Installation, address: str, fake: psutil.Process, plan: Plan) -> bool:
    """Watch everything, write for a while, and say how late complaints came."""
    key = one.region_with_key("north", scopes="admin ingest triage")
    with (
        one.client(key) as api,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as control,
    ):
        town = Town(api, address=one.address, networks=address, every_s=plan.every_s)
        _set_up(town, plan)
        queue = Queue(one.database_url)
        queue.start()
        _rate(control, plan.per_second)
        time.sleep(plan.warm_up)
        begun = _seen(one, fake, api)
        time.sleep(plan.seconds)
        ended = _seen(one, fake, api)
        _rate(control, 0)
        report = control.get("/bench/report").raise_for_status().json()
        _wait_for(queue, report, (begun.at, ended.at))
        queue.end()
        holds = show(report, queue, (begun.at, ended.at))
        show_processors(begun, ended)
        for trouble in islice(town.troubles(), _TROUBLES_SHOWN):
            print(f"  ! {trouble}")
        return holds


def _set_up(town: Town, plan: Plan) -> None:
    town.write_rules()
    town.give_tokens(vk_keys=plan.vk_keys, ok_users=plan.ok_users)
    since = time.monotonic()
    added = town.watch()
    print(f"\n{added} sources added in {time.monotonic() - since:.0f} s")
    time.sleep(plan.settle)


def _rate(control: httpx.Client, per_second: float) -> None:
    control.post("/bench/rate", params={"per_second": per_second}).raise_for_status()


def _wait_for(queue: Queue, report: Report, window: tuple[float, float]) -> None:
    """Give complaints that are still on their way a while."""
    marks = {mark for mark, _, at in report["complaints"] if is_in(window, at)}
    end = time.monotonic() + _STRAGGLERS
    while time.monotonic() < end and not marks <= queue.seen.keys():
        time.sleep(0.5)


def add_options(reader: argparse.ArgumentParser) -> None:
    """Name the bench's options."""
    reader.add_argument("--rate", type=float, default=200)
    reader.add_argument("--seconds", type=int, default=75)
    reader.add_argument("--warm-up", type=int, default=30)
    reader.add_argument("--settle", type=int, default=30)
    reader.add_argument("--every", type=int, default=None)
    reader.add_argument("--vk-keys", type=int, default=8)
    reader.add_argument("--ok-users", type=int, default=16)


def measure(options: argparse.Namespace) -> bool:
    """Start everything and measure; return whether the promise holds."""
    plan = Plan(
        options.rate,
        options.seconds,
        options.warm_up,
        options.settle,
        options.every,
        options.vk_keys,
        options.ok_users,
    )
    with (
        networks(plan) as (address, fake),
        installation(told=told(address)) as one,
    ):
        return run(one, address, fake, plan)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    measure(parser.parse_args())
