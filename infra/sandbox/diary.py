"""What the sandbox remembers between starts: its world's beginning, what was pushed."""

import json
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Diary:
    """The memory of one seed; `pushed_until` is the last moment all pushed."""

    seed: int
    start: datetime
    pushed_until: datetime | None = None

    def pushed(self, until: datetime) -> "Diary":
        return replace(self, pushed_until=until)


def open_diary(path: Path, seed: int, now: datetime) -> Diary:
    """Read the memory of this seed, or begin one now."""
    known = _read(path)
    if known is not None and known.seed == seed:
        return known
    diary = Diary(seed, now)
    save(path, diary)
    return diary


def save(path: Path, diary: Diary) -> None:
    """Write it whole or not at all."""
    pushed = diary.pushed_until
    text = json.dumps(
        {
            "seed": diary.seed,
            "start": diary.start.isoformat(),
            "pushed_until": None if pushed is None else pushed.isoformat(),
        }
    )
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(path: Path) -> Diary | None:
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    pushed = data["pushed_until"]
    return Diary(
        data["seed"],
        datetime.fromisoformat(data["start"]),
        None if pushed is None else datetime.fromisoformat(pushed),
    )
