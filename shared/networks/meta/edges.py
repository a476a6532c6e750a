"""Pages of an edge: what is on one, and how the next one is asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

_ID: Final = re.compile(r"[1-9]\d{0,19}(?:_[1-9]\d{0,19})?")


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `after` asks for the next one, None at the end.

    A page may be empty and still have a next one: what may not be seen is left out
    after the page was cut.
    """

    data: tuple[Any, ...]
    after: str | None = None


def page_of(answer: Mapping[str, Any], asked: str | None = None) -> Page | None:
    """Read a page; None for what is none. `asked` is the cursor it was asked with.

    Only `next` says that there is more: cursors stand on the last page, too. Its
    address is not followed (it has the token in it); its cursor is enough.
    """
    data = answer.get("data")
    if not isinstance(data, list):
        return None
    return Page(tuple(data), _after(answer.get("paging"), asked))


def _after(paging: object, asked: str | None) -> str | None:
    if not isinstance(paging, dict) or not isinstance(paging.get("next"), str):
        return None
    cursors = paging.get("cursors")
    told = cursors.get("after") if isinstance(cursors, dict) else None
    if not isinstance(told, str) or not told:
        told = _asked_for_by(paging["next"])
    # A cursor that leads back to itself would never end.
    return told if told and told != asked else None


def _asked_for_by(address: str) -> str:
    try:
        return parse_qs(urlsplit(address).query).get("after", [""])[0]
    except ValueError:
        return ""


def is_id(text: object) -> bool:
    """Say whether this is an id of Graph, and so may stand in a path."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None
