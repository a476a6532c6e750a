"""Reads Instagram's media and comments; tolerant, because fields come and go."""

import re
from dataclasses import dataclass
from typing import Any, Final

from services.ingest.domain.posts import Network, PostKind
from services.ingest.domain.redaction.marks import MARKS, PersonalData
from services.ingest.sources.connector import without_authors
from services.ingest.sources.meta.items import (
    Item,
    Json,
    Unknown,
    Words,
    number_in,
    object_in,
    text_in,
)
from shared.networks.meta.edges import is_id, page_of
from shared.networks.meta.times import unix_of

WORDS: Final = Words(Network.INSTAGRAM, "media")
MEDIA_FIELDS: Final = (
    "id,caption,media_type,permalink,timestamp,comments_count,like_count"
)
# Whose a comment is, is asked for one question only: is it the account's own?
REPLY_FIELDS: Final = "id,text,timestamp,like_count,hidden,from{id},username"
COMMENT_FIELDS: Final = f"{REPLY_FIELDS},replies.limit(50){{{REPLY_FIELDS}}}"

_MEDIA: Final = frozenset({"CAROUSEL_ALBUM", "IMAGE", "VIDEO"})
_ABOUT_PEOPLE: Final = ("owner", "mentioned_users", "user_tags", "collaborators")
_PERMALINK: Final = re.compile(
    r"(https://www\.instagram\.com/(?:p|reel|tv)/([\w-]{1,40})/)(?:\?.*)?"
)
_HANDLE: Final = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,29}))")
_MARK: Final = MARKS[PersonalData.PROFILE]


@dataclass(frozen=True, slots=True)
class Account:
    """A professional account of our own: its id and its name in addresses."""

    id: str
    name: str

    def wrote(self, data: object) -> bool:
        """Say whether the account itself wrote a comment."""
        author = text_in(object_in(data, "from"), "id")
        name = text_in(data, "username").lower()
        return self.id == author or (bool(name) and name == self.name.lower())


def media_of(
    data: object, unknown: Unknown, *, account: Account, is_own: bool
) -> Item | None:
    """Read a publication; None for what is none.

    The comments below those of others may not be read.
    """
    name = text_in(data, "id")
    if not is_id(name) or not isinstance(data, dict):
        unknown["media without id"] += 1
        return None
    kind = text_in(data, "media_type")
    if kind not in _MEDIA:
        unknown[f"media: {kind[:40]}"] += 1
    told = {
        "comments": number_in(data, "comments_count"),
        "likes": number_in(data, "like_count"),
    }
    return Item(
        kind=PostKind.POST,
        id=name,
        post=name,
        date=unix_of(data.get("timestamp")),
        text=without_people(text_in(data, "caption"), account),
        url=permalink_in(data),
        metrics={each: count for each, count in told.items() if count is not None},
        by_page=is_own,
        has_thread=is_own,
        raw=_raw(data, account),
    )


def comment_of(
    data: object,
    unknown: Unknown,
    *,
    post: str,
    account: Account,
    url: str | None,
    parent: str = "",
) -> Item | None:
    """Read a comment with the replies that came with it; None for what is none."""
    name = text_in(data, "id")
    if not is_id(name) or not isinstance(data, dict):
        unknown["comment without id"] += 1
        return None
    page = page_of(object_in(data, "replies"))
    found = (
        comment_of(each, unknown, post=post, account=account, url=url, parent=name)
        for each in (page.data if page else ())
    )
    likes = number_in(data, "like_count")
    above = text_in(data, "parent_id")
    return Item(
        kind=PostKind.COMMENT,
        id=name,
        post=post,
        date=unix_of(data.get("timestamp")),
        text=without_people(text_in(data, "text"), account),
        parent=parent or (above if is_id(above) else ""),
        url=url,
        metrics={} if likes is None else {"likes": likes},
        by_page=account.wrote(data),
        replies=tuple(item for item in found if item is not None),
        more_replies=page.after if page else None,
        raw=_raw({**data, "replies": None}, account),
    )


def permalink_in(data: object) -> str | None:
    """Read the address of a publication; it has nobody's name in it."""
    found = _PERMALINK.fullmatch(text_in(data, "permalink"))
    return found[1] if found else None


def shortcode_in(url: str | None) -> str:
    """Read the short code out of an address; empty where there is none."""
    found = _PERMALINK.fullmatch(url or "")
    return found[2] if found else ""


def without_people(text: str, account: Account) -> str:
    """Replace handles by the mark that redaction uses; the account's own stays."""

    def marked(handle: re.Match[str]) -> str:
        name = handle[1].rstrip(".")
        rest = handle[1][len(name) :]
        is_own = name.lower() == account.name.lower()
        return handle[0] if is_own else f"{_MARK}{rest}"

    return _HANDLE.sub(marked, text) if "@" in text else text


def _raw(data: Json, account: Account) -> Json:
    told: dict[str, Any] = without_authors(data, *_ABOUT_PEOPLE)
    return {
        name: without_people(each, account) if isinstance(each, str) else each
        for name, each in told.items()
        if each is not None
    }
