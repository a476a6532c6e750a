"""A page of the world as an Atom feed, with what a conditional GET needs."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from xml.etree import ElementTree as ET

from infra.sandbox.world import Page, Post

ENTRIES: Final = 50
_ATOM: Final = "http://www.w3.org/2005/Atom"
_MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Feed:
    """A rendered feed; `changed_at` is when its newest entry changed."""

    body: bytes
    etag: str
    changed_at: datetime

    @property
    def headers(self) -> dict[str, str]:
        return {
            "ETag": self.etag,
            "Last-Modified": format_datetime(self.changed_at, usegmt=True),
            "Cache-Control": "no-cache",
            "Content-Type": _MEDIA_TYPE,
        }

    def is_known(self, etags: str | None, since: str | None) -> bool:
        """Say whether the caller has this state already; an ETag outweighs a date."""
        if etags is not None:
            known = {tag.strip().removeprefix("W/") for tag in etags.split(",")}
            return bool(known & {self.etag, "*"})
        try:
            return since is not None and parsedate_to_datetime(since) >= self.changed_at
        except (ValueError, TypeError):  # no date, or one without a zone
            return False


def render(page: Page, posts: list[Post], *, base_url: str, start: datetime) -> Feed:
    """Write the feed of a page, newest entry first."""
    changed_at = max((post.arrived_at for post in posts), default=start)
    changed_at = changed_at.astimezone(UTC).replace(microsecond=0)
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", f"urn:otklik-sandbox:page:{page.code}")
    _add(feed, "title", page.name)
    _add(feed, "updated", changed_at.isoformat())
    _link(feed, f"{base_url}/feeds/{page.code}.xml", rel="self")
    _link(feed, f"{base_url}/pages/{page.code}", rel="alternate")
    for post in posts:
        _entry(feed, page, post, base_url)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Feed(body, f'"{digest}"', changed_at)


def _entry(feed: ET.Element, page: Page, post: Post, base_url: str) -> None:
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    _add(entry, "id", f"urn:otklik-sandbox:post:{post.id}")
    # Posts of the social networks have no titles; Atom wants the element.
    _add(entry, "title", "")
    _add(entry, "published", post.published_at.isoformat())
    _add(entry, "updated", post.arrived_at.isoformat())
    _link(entry, f"{base_url}/pages/{page.code}/posts/{post.id}", rel="alternate")
    author = ET.SubElement(entry, f"{{{_ATOM}}}author")
    _add(author, "name", post.author.name)
    _add(entry, "content", post.text).set("type", "text")


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = text
    return child


def _link(parent: ET.Element, href: str, *, rel: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", href=href, rel=rel)
