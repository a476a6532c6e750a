"""What was done to the stages besides the world's play, kept across restarts.

The world plays itself again after a restart; what people, programs and tests did on
top of it is read back from here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from infra.sandbox.stage.model import AuthorKind, Counters, Writer
from infra.sandbox.stage.record import Record
from infra.sandbox.stage.stage import Stage


class Journal:
    """Lines of JSON; nothing is written before `open` and without a path."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def read(self) -> list[dict[str, Any]]:
        """Give all lines, oldest first; one cut short by a crash is left out."""
        if self._path is None or not self._path.exists():
            return []
        whole = self._path.read_text("utf-8").rpartition("\n")[0]
        self._path.write_text(f"{whole}\n" if whole else "", "utf-8")
        return [json.loads(line) for line in whole.splitlines()]

    def open(self) -> None:
        """Begin to write; what happens while lines are read back is not written."""
        if self._path is not None:
            self._file = self._path.open("a", encoding="utf-8", buffering=1)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def recorder(self, network: str, about: str) -> Record:
        """Give the function that writes lines about one thing of a network."""

        def record(action: str, facts: Mapping[str, Any]) -> None:
            self._write(
                {"network": network, "about": about, "action": action, "facts": facts}
            )

        return record

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._file is not None:
            text = json.dumps(line, ensure_ascii=False, default=_plain)
            self._file.write(f"{text}\n")


def replay(stage: Stage, action: str, facts: Mapping[str, Any]) -> None:
    """Do once more what a line says was done to a stage."""
    given = dict(facts)
    given["at"] = datetime.fromisoformat(given["at"])
    if given.get("writer") is not None:
        told = given["writer"]
        given["writer"] = Writer(AuthorKind(told["kind"]), told["id"], told["name"])
    if given.get("counters") is not None:
        given["counters"] = Counters(**given["counters"])
    actions: Mapping[str, Callable[..., object]] = {
        "publish": stage.publish,
        "edit": stage.edit,
        "delete": stage.delete,
        "restore": stage.restore,
        "pin": stage.pin,
        "ban": stage.ban,
        "close_comments": stage.close_comments,
    }
    actions[action](**given)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- what json.dumps hands over
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)
