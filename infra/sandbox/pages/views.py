"""Posts and pages as values that the templates print as they are."""

import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, PackageLoader, select_autoescape

from infra.sandbox.replies import Reply
from infra.sandbox.world import Page, Post, Region

_TINTS: Final = 5


@dataclass(frozen=True, slots=True)
class PageView:
    code: str
    name: str
    network: str
    place: str


@dataclass(frozen=True, slots=True)
class ReplyView:
    id: str
    text: str
    at: str
    at_iso: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class PostView:
    id: str
    author: str
    tint: int
    text: str
    at: str
    at_iso: str
    is_edited: bool
    likes: int
    replies: tuple[ReplyView, ...]
    comments: tuple["PostView", ...] = ()

    def under(self, comments: tuple["PostView", ...]) -> "PostView":
        """Put comments under a post."""
        return replace(self, comments=comments)


class Pages:
    """Renders the pages of the network."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._labels = _labels()
        self._templates = Environment(
            loader=PackageLoader(__package__),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["labels"] = self._labels

    def index(self) -> str:
        pages = [self._page(page) for page in self._region.pages]
        return self._templates.get_template("index.html").render(pages=pages)

    def page(self, page: Page, posts: Sequence[PostView]) -> str:
        template = self._templates.get_template("page.html")
        return template.render(page=self._page(page), posts=posts)

    def post(self, page: Page, post: PostView) -> str:
        template = self._templates.get_template("post.html")
        return template.render(page=self._page(page), post=post)

    def missing(self) -> str:
        return self._templates.get_template("missing.html").render()

    def view(
        self, post: Post, replies: Sequence[Reply], comments: Sequence[PostView] = ()
    ) -> PostView:
        """Make a post ready for printing, with what stands under it."""
        return PostView(
            id=post.id,
            author=post.author.name,
            tint=self.tint(post.author.id),
            text=post.text,
            at=self.said(post.published_at),
            at_iso=post.published_at.isoformat(),
            is_edited=post.edited_at is not None,
            likes=post.likes,
            replies=tuple(
                ReplyView(
                    reply.id,
                    reply.text,
                    self.said(reply.published_at),
                    reply.published_at.isoformat(),
                )
                for reply in replies
            ),
            comments=tuple(comments),
        )

    def tint(self, author: str) -> int:
        """Choose the colour of a resident's face."""
        return zlib.crc32(author.encode()) % _TINTS

    def said(self, moment: datetime) -> str:
        """Write a moment as people of the region say it."""
        return _said(moment, self._region.zone)

    def _page(self, page: Page) -> PageView:
        place = self._labels["region_wide"]
        if page.municipality is not None:
            place = self._region.municipality(page.municipality).name
        network = self._labels["networks"][page.network]
        return PageView(page.code, page.name, network, place)


def _said(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return str(format_datetime(local, "d MMMM, HH:mm", locale="ru"))


def _labels() -> dict[str, Any]:
    text = files(__package__).joinpath("labels.toml").read_text("utf-8")
    return tomllib.loads(text)
