"""Reads the public preview of a channel, t.me/s/<name>; pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.ingest.sources.feed_text import text_of_html

_POST: Final = re.compile(r"(?P<name>\w{1,64})/(?P<id>\d{1,12})")
_BEFORE: Final = re.compile(r"[?&]before=(\d{1,12})")
_COUNT: Final = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))?\s?([KM]?)", re.IGNORECASE)
_FACTORS: Final = {"": 1, "K": 1_000, "M": 1_000_000}

# Words that are not the post's own stand in these.
_QUOTED: Final = (
    "tgme_widget_message_reply",
    "tgme_widget_message_link_preview",
    "tgme_widget_message_forwarded_from",
)
_MENTION: Final = 'a[href^="tg://user"]'


@dataclass(frozen=True, slots=True)
class PreviewPost:
    """A post as the preview shows it; `views` only where it is an exact number."""

    name: str
    id: int
    text: str
    published_at: datetime
    is_edited: bool
    views: int | None
    views_label: str | None

    @property
    def raw(self) -> dict[str, Any]:
        """What the preview told besides the text."""
        return {
            "data-post": f"{self.name}/{self.id}",
            "edited": self.is_edited,
            "views": self.views_label,
        }


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A page of the preview, its posts from old to new.

    `before` is what to ask for the page above with; `lowest` counts posts without
    words and service messages, too.
    """

    title: str
    posts: tuple[PreviewPost, ...]
    lowest: int | None
    highest: int | None
    before: int | None
    subscribers: str | None
    unknown: Counter[str]


def parse_preview(markup: bytes) -> PreviewPage | None:
    """Read a page; None for the card of a contact, which is shown instead of one.

    Raises ValueError when the page is neither: Telegram has changed it.
    """
    page = LexborHTMLParser(markup)
    if page.css_first(".tgme_channel_history, .tgme_channel_info") is None:
        if page.css_first(".tgme_page") is not None:
            return None
        raise ValueError("neither posts nor a contact's card")
    unknown: Counter[str] = Counter()
    numbers: list[int] = []
    posts = tuple(_posts(page, numbers, unknown))
    if unknown.total() and not posts and unknown.total() == len(numbers):
        raise ValueError("no post of the page can be read")
    return PreviewPage(
        title=_text(page.css_first(".tgme_channel_info_header_title")) or "",
        posts=posts,
        lowest=min(numbers, default=None),
        highest=max(numbers, default=None),
        before=_before(page),
        subscribers=_subscribers(page),
        unknown=unknown,
    )


def _posts(
    page: LexborHTMLParser, numbers: list[int], unknown: Counter[str]
) -> Iterator[PreviewPost]:
    for node in page.css(".tgme_widget_message[data-post]"):
        found = _POST.fullmatch(node.attributes.get("data-post") or "")
        if found is None:
            unknown["data-post"] += 1
            continue
        numbers.append(int(found["id"]))
        if "service_message" in _classes(node):
            continue
        published_at = _published_at(node)
        if published_at is None:
            unknown["time"] += 1
            continue
        text = _own_text(node)
        if text:
            label = _text(node.css_first(".tgme_widget_message_views"))
            yield PreviewPost(
                name=found["name"].lower(),
                id=int(found["id"]),
                text=text,
                published_at=published_at,
                is_edited=_is_edited(node),
                views=exact_count(label),
                views_label=label,
            )


def _own_text(node: LexborNode) -> str:
    """Words of the post: the first text that is not quoted from elsewhere."""
    for text in node.css(".tgme_widget_message_text"):
        if "js-message_reply_text" in _classes(text) or _is_quoted(text, node):
            continue
        for mention in text.css(_MENTION):
            mention.replace_with("@…")
        return text_of_html(text.html or "")
    return ""


def _is_quoted(text: LexborNode, top: LexborNode) -> bool:
    above = text.parent
    while above is not None and above.mem_id != top.mem_id:
        if any(name in _classes(above) for name in _QUOTED):
            return True
        above = above.parent
    return False


def _published_at(node: LexborNode) -> datetime | None:
    times = node.css(".tgme_widget_message_date time[datetime]") or node.css(
        "time[datetime]"
    )
    if not times:
        return None
    try:
        moment = datetime.fromisoformat(times[-1].attributes.get("datetime") or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _is_edited(node: LexborNode) -> bool:
    meta = _text(node.css_first(".tgme_widget_message_meta")) or ""
    return meta.startswith(("edited", "изменено"))


def _before(page: LexborHTMLParser) -> int | None:
    more = page.css_first(".tme_messages_more[data-before]")
    told = more.attributes.get("data-before") if more is not None else None
    if told and told.isdecimal():
        return int(told)
    link = page.css_first('link[rel="prev"]')
    found = _BEFORE.search((link.attributes.get("href") or "") if link else "")
    return int(found[1]) if found else None


def _subscribers(page: LexborHTMLParser) -> str | None:
    for counter in page.css(".tgme_channel_info_counter"):
        kind = _text(counter.css_first(".counter_type")) or ""
        if kind.startswith(("subscriber", "подписчик")):
            return _text(counter.css_first(".counter_value"))
    return None


def exact_count(label: str | None) -> int | None:
    """Give the number of a label that is not rounded."""
    return int(label) if label and label.isdecimal() else None


def rounded_count(label: str | None) -> int | None:
    """Give the number a label such as 15.3K stands for."""
    found = _COUNT.fullmatch((label or "").replace("\u00a0", "").strip())
    if found is None:
        return None
    factor = _FACTORS[found[3].upper()]
    digits = found[2] or ""
    part = int(digits or 0) * factor // int("1" + "0" * len(digits))
    return int(found[1]) * factor + part


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _text(node: LexborNode | None) -> str | None:
    return None if node is None else node.text(strip=True) or None
