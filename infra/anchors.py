"""Heads of the audit chains, written down outside the database.

Whoever can rewrite the whole database could also recompute the chain; the lines in
this file (copy it off the machine) still say what the head was at a moment.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from shared.db import EVERY_REGION, Database


@dataclass(frozen=True)
class Anchor:
    """The length and last hash of a region's chain at a moment (UTC)."""

    at: str
    region_id: int
    seq: int
    hash: str


def read(file: Path) -> Iterator[Anchor]:
    """Yield the anchors of a file; a torn last line (power cut) is passed over."""
    if not file.exists():
        return
    for line in file.read_text("utf-8").splitlines():
        try:
            yield Anchor(**json.loads(line))
        except (ValueError, TypeError):
            continue


async def drop(database: Database, file: Path, *, now: datetime) -> int:
    """Append the heads that moved since their last anchor; return how many."""
    last = {anchor.region_id: anchor.seq for anchor in read(file)}
    async with database.session(EVERY_REGION) as session:
        heads = await session.execute(
            text("SELECT region_id, seq, hash FROM audit.head")
        )
        moved = [
            Anchor(now.isoformat(), row.region_id, row.seq, row.hash)
            for row in heads
            if last.get(row.region_id) != row.seq
        ]
    if moved:
        with file.open("a", encoding="utf-8") as output:
            for anchor in moved:
                output.write(json.dumps(asdict(anchor)) + "\n")
    return len(moved)


async def contradicted(database: Database, file: Path, region_id: int) -> int | None:
    """Return the first anchored entry the log no longer holds as it was."""
    anchors = [anchor for anchor in read(file) if anchor.region_id == region_id]
    async with database.session(EVERY_REGION) as session:
        rows = await session.execute(
            text(
                "SELECT seq, hash FROM audit.event "
                "WHERE region_id = :region AND seq = ANY(:numbers)"
            ),
            {"region": region_id, "numbers": [anchor.seq for anchor in anchors]},
        )
        stored = {row.seq: row.hash for row in rows}
    wrong = [a.seq for a in anchors if a.seq and stored.get(a.seq) != a.hash]
    return min(wrong, default=None)
