"""HTML of a feed as the text of a post."""

import html
import re
from typing import Final

import nh3

from services.ingest.domain.checks import LONGEST_TEXT

# LiveJournal names people by tags of its own, which a cleaner of HTML removes.
_LJ_TAG: Final = re.compile(
    r"<lj\s{1,5}(?:user|comm)\s?=\s?[\"']?([\w-]{1,40})[\"']?[^>]{0,200}>",
    re.IGNORECASE,
)
_LJ_SPAN: Final = re.compile(
    r"<span[^>]{0,300}\blj:user=[\"']([\w-]{1,40})[\"'][^>]{0,300}>.{0,1000}?</span>",
    re.IGNORECASE | re.DOTALL,
)
_LINE_END: Final = re.compile(
    r"<(?:br|hr|/p|/div|/li|/h[1-6]|/tr|/blockquote|lj-cut)\b[^>]{0,200}>",
    re.IGNORECASE,
)
_SPACES: Final = re.compile(r"[ \t\u00a0]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_SPACE_AT_EDGE: Final = re.compile(r" ?\n ?")
_NO_TEXT: Final = {"script", "style", "noscript", "template", "iframe"}


def text_of_html(markup: str) -> str:
    """Text as a reader sees it: lines kept, tags, scripts and entities gone."""
    if "lj" in markup:
        markup = _LJ_SPAN.sub(r"@\1", _LJ_TAG.sub(r"@\1", markup))
    markup = _LINE_END.sub("\n", markup)
    if "<" in markup:
        markup = nh3.clean(markup, tags=set(), clean_content_tags=_NO_TEXT)
    return _tidy(html.unescape(markup))


def text_of_plain(text: str) -> str:
    """Plain text; many feeds escape it once too often."""
    return _tidy(html.unescape(text))


def joined(title: str, body: str) -> str:
    """Title above the text, unless the text begins with it."""
    if not title or body.startswith(title):
        text = body
    else:
        text = f"{title}\n{body}" if body else title
    return text[:LONGEST_TEXT]


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = _SPACE_AT_EDGE.sub("\n", _SPACES.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip()
