"""How stages and tokens tell what was done to them, for a journal."""

from collections.abc import Callable, Mapping
from typing import Any

Record = Callable[[str, Mapping[str, Any]], None]


def unrecorded(_action: str, _facts: Mapping[str, Any]) -> None:
    """Keep nothing."""
