"""The words of a post of X: whole, with its links as they lead, without mentions."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.networks.x.links import without_writers

_LEADING: Final = re.compile(r"(?:@\w{1,15}(?:\s+|$))+")
_OWN_MEDIA: Final = re.compile(
    r"/status(?:es)?/\d{1,19}/(?:photo|video)/\d", re.IGNORECASE
)


def text_of(data: Mapping[str, Any]) -> str:
    """Give the long text where there is one, else the short one.

    Mentions at its start say whom it answers and are left out; links to the post's own
    pictures are, too.
    """
    note = data.get("note_post") or data.get("note_tweet")
    told = note if isinstance(note, dict) and note.get("text") else data
    text = told.get("text")
    if not isinstance(text, str):
        return ""
    for short, leads_to in _links(told):
        is_own_media = _OWN_MEDIA.search(leads_to) is not None
        text = text.replace(short, "" if is_own_media else leads_to)
    text = without_writers(html.unescape(text)).strip()
    return _LEADING.sub("", text, count=1) if _LEADING.match(text) else text


def _links(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    entities = data.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for each in urls if isinstance(urls, list) else []:
        if not isinstance(each, dict):
            continue
        short = each.get("url")
        whole = each.get("unwound_url") or each.get("expanded_url")
        if isinstance(short, str) and short and isinstance(whole, str) and whole:
            yield short, whole


def scrubbed(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Copy a payload with no link that names who wrote a post."""
    if isinstance(value, str):
        return without_writers(value)
    if isinstance(value, list):
        return [scrubbed(each) for each in value]
    if isinstance(value, dict):
        return {name: scrubbed(each) for name, each in value.items()}
    return value
