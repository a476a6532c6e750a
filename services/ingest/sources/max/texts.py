"""The words of a message: its own, else those it passes on; nobody's name in it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.networks.mentions import SOMEBODY, without_mentions

_BROKEN: Final = re.compile("[\ud800-\udfff]")


def words_of(message: Mapping[str, Any]) -> str:
    """Give a message's words; an empty string for a picture without any.

    MAX marks people who are mentioned: their names are cut out.
    """
    own = _words(message.get("body"))
    link = message.get("link")
    if own or not isinstance(link, Mapping) or link.get("type") != "forward":
        return own
    return _words(link.get("message"))


def _words(body: object) -> str:
    text = body.get("text") if isinstance(body, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(text, str):
        return ""
    marks = body.get("markup")
    spans = [
        (mark["from"], mark["length"])
        for mark in (marks if isinstance(marks, list) else [])
        if isinstance(mark, Mapping)
        and mark.get("type") == "user_mention"
        and isinstance(mark.get("from"), int)
        and isinstance(mark.get("length"), int)
    ]
    return _unnamed(text, spans).strip()


def _unnamed(text: str, spans: list[tuple[int, int]]) -> str:
    """Cut at UTF-16 units, as MAX's Java has them; else at characters.

    MAX does not say which it means. Where the first would tear a character in two, it
    must have been the second.
    """
    cut = without_mentions(text, spans)
    if not _BROKEN.search(cut) or _BROKEN.search(text):
        return cut
    for start, length in sorted(spans, reverse=True):
        text = f"{text[:start]}{SOMEBODY}{text[start + length :]}"
    return text
