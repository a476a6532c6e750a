"""Official answers under the posts of the world, kept in a file across restarts."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One published answer; `guid` is the caller's mark against publishing twice."""

    id: str
    page: str
    post_id: str
    guid: str
    text: str
    published_at: datetime


class ReplyBook:
    """All published answers; without a path they live as long as the process."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._replies = [] if path is None else _read(path)

    @property
    def all(self) -> tuple[Reply, ...]:
        """Everything published, oldest first: the ledger."""
        return tuple(self._replies)

    def under(self, page: str, post_id: str) -> list[Reply]:
        """Answers under one post, oldest first."""
        wanted = (page, post_id)
        return [one for one in self._replies if (one.page, one.post_id) == wanted]

    def publish(
        self, page: str, post_id: str, *, guid: str, text: str, now: datetime
    ) -> tuple[Reply, bool]:
        """Publish once per guid; say whether this call did it."""
        for reply in self.under(page, post_id):
            if reply.guid == guid:
                return reply, False
        number = len(self._replies) + 1
        reply = Reply(f"r{number}", page, post_id, guid, text, now)
        if self._path is not None:
            _append(self._path, reply)
        self._replies.append(reply)
        return reply, True


def _append(path: Path, reply: Reply) -> None:
    line = json.dumps(asdict(reply), ensure_ascii=False, default=_moment)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _moment(value: Any) -> str:  # noqa: ANN401 -- what json.dumps hands over
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _read(path: Path) -> list[Reply]:
    """Read the ledger; a line cut short by a crash was never answered for."""
    if not path.exists():
        return []
    whole = path.read_text("utf-8").rpartition("\n")[0]
    path.write_text(f"{whole}\n" if whole else "", "utf-8")
    return [_reply(json.loads(line)) for line in whole.splitlines()]


def _reply(data: dict[str, Any]) -> Reply:
    data["published_at"] = datetime.fromisoformat(data["published_at"])
    return Reply(**data)
