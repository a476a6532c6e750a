"""Ten kills with -9 in the middle of the road lose nothing and double nothing."""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from tests.bench.texts import texts
from tests.installation import Installation, installation

KILLS = 10
CALL = 100
CALLS = 60
OURS = ("web", "ingest-worker", "triage-worker", "reports-worker")

pytestmark = [pytest.mark.crash]


def bodies() -> list[bytes]:
    """Make the calls: every post distinct, ids known."""
    source = texts(seed=11)
    calls = []
    for call in range(CALLS):
        lines = [
            json.dumps(
                {
                    "schema": "ingest.v1",
                    "source": "crash-portal",
                    "external_id": f"post-{call * CALL + number}",
                    "kind": "post",
                    "text": next(source),
                    "published_at": datetime.now(UTC).isoformat(),
                },
                ensure_ascii=False,
            )
            for number in range(CALL)
        ]
        calls.append("\n".join(lines).encode())
    return calls


def push_until_accepted(one: Installation, key: str, body: bytes) -> int:
    """Push as a careful program does: the same Idempotency-Key until an answer."""
    headers = {
        "Content-Type": "application/x-ndjson",
        "Idempotency-Key": str(uuid4()),
    }
    for _ in range(300):
        try:
            with one.client(key) as client:
                answer = client.post("/ingest/posts", content=body, headers=headers)
            if answer.is_success:
                counts = answer.json()
                return int(counts["accepted"] + counts["duplicates"])
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError("never accepted")


def kill_at_random(
    one: Installation, ended: threading.Event, victims: list[str]
) -> None:
    """Kill one of our processes again and again, ten times in all."""
    chosen = random.Random(5)  # noqa: S311 -- which process dies is no secret
    for number in range(KILLS):
        if ended.wait(1.5):
            break
        name = OURS[number % len(OURS)] if number < len(OURS) else chosen.choice(OURS)
        pid = one.processes().get(name)
        if pid is not None:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            victims.append(name)


def standing(one: Installation, key: str) -> dict[str, int] | None:
    """Read how many posts stand where; None while something is down."""
    try:
        with one.client(key) as client:
            ingest = client.get("/ingest/status").raise_for_status().json()
            triage = client.get("/triage/status").raise_for_status().json()
    except httpx.HTTPError:
        return None
    return {
        "posts": ingest["posts"],
        "candidates": triage["candidates"]["new"],
        "unmatched": ingest["batches_waiting"],
        "unindexed": ingest["index_queue"],
        "dead": ingest["dead_letters"] + triage["dead_letters"],
    }


def found_ids(one: Installation, key: str) -> list[str]:
    """Page through the whole archive."""
    found: list[str] = []
    cursor = None
    with one.client(key) as client:
        while True:
            query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
            page = client.get("/archive/posts", params=query).raise_for_status().json()
            found += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found


def test_ten_kills_lose_nothing_and_double_nothing() -> None:
    with installation() as one:
        key = one.region_with_key()
        ended = threading.Event()
        victims: list[str] = []
        killer = threading.Thread(target=kill_at_random, args=(one, ended, victims))
        killer.start()

        accepted = sum(push_until_accepted(one, key, body) for body in bodies())
        killer.join()
        ended.set()

        expected = {
            "posts": CALL * CALLS,
            "candidates": CALL * CALLS,
            "unmatched": 0,
            "unindexed": 0,
            "dead": 0,
        }
        settled: Callable[[], bool] = lambda: standing(one, key) == expected  # noqa: E731 -- read once, below
        one.wait(settled, patience=180, what="accepted = stored = matched = indexed")
        ids = found_ids(one, key)

        assert len(victims) == KILLS
        assert set(victims) >= set(OURS)
        assert accepted == CALL * CALLS
        assert len(ids) == len(set(ids)) == CALL * CALLS
        assert all(
            chain["intact"]
            for chain in map(json.loads, one.otklik("verify-audit").splitlines())
        )
