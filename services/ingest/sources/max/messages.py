"""Messages and comments of MAX as posts: what they are, and where they stand."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from services.ingest.domain.checks import LONGEST_TEXT, Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.connector import without_authors
from services.ingest.sources.max.texts import words_of
from shared.networks.max.names import Spot, key_of, spot_of

CHANNEL: Final = "channel"
_PUBLIC: Final = frozenset({"chat", CHANNEL})
_PRIVATE: Final = "dialog"
_ATTACHMENTS: Final = frozenset(
    {
        "audio",
        "contact",
        "data",
        "file",
        "image",
        "inline_keyboard",
        "location",
        "reply_keyboard",
        "share",
        "sticker",
        "video",
    }
)
# Where messages name people besides what every network does.
_PEOPLE: Final = (
    "alias",
    "constructor",  # who made a message by a button
    "link",  # somebody else's words: that message has its own row
    "payload",  # of attachments: a contact's card, addresses of pictures
    "sender",
    "user_link",
)
_DIGEST: Final = 8


@dataclass(frozen=True, slots=True)
class Item:
    """A message or comment, read. `post` is the `mid` of what it comments.

    `date` is in Unix milliseconds. `by_page` says that the page itself wrote it.
    """

    mid: str
    chat: int
    kind: PostKind
    date: int
    text: str
    parent: str | None = None
    post: str | None = None
    by_page: bool = False
    metrics: Mapping[str, int | None] = field(default_factory=dict)
    raw: Mapping[str, Any] | None = None

    @property
    def spot(self) -> Spot | None:
        return spot_of(self.mid)

    @property
    def digest(self) -> str:
        return hashlib.blake2b(self.text.encode(), digest_size=_DIGEST).hexdigest()


def read(
    message: object,
    unknown: Counter[str],
    *,
    me: int | None = None,
    post: str | None = None,
) -> Item | None:
    """Read a message, or a comment on `post`; None for what is none or is private.

    `me` is our bot's number.
    """
    if not isinstance(message, Mapping) or not _is_readable(message):
        unknown["message"] += 1
        return None
    body, recipient = message["body"], message["recipient"]
    chat_type = recipient.get("chat_type")
    if chat_type not in _PUBLIC:
        unknown[f"chat: {str(chat_type)[:40]}"] += chat_type != _PRIVATE
        return None
    _count_attachments(body, unknown)
    told = recipient.get("post_id")
    post = post or (told if isinstance(told, str) else None)
    is_channels = chat_type == CHANNEL
    above = post or (None if is_channels else _answered(message))
    text = words_of(message)
    return Item(
        mid=body["mid"],
        chat=recipient["chat_id"],
        kind=PostKind.POST if above is None else PostKind.COMMENT,
        date=message["timestamp"],
        text=text[:LONGEST_TEXT],
        parent=None if above is None else key_of(above),
        post=post,
        by_page=_is_by_page(message, me, is_post=is_channels and post is None),
        metrics=_metrics(message),
        raw=_kept(message, text),
    )


def _is_readable(message: Mapping[str, Any]) -> bool:
    body, recipient = message.get("body"), message.get("recipient")
    return (
        isinstance(body, Mapping)
        and isinstance(body.get("mid"), str)
        and body["mid"] != ""
        and isinstance(recipient, Mapping)
        and isinstance(recipient.get("chat_id"), int)
        and isinstance(message.get("timestamp"), int)
    )


def _count_attachments(body: Mapping[str, Any], unknown: Counter[str]) -> None:
    attachments = body.get("attachments")
    for each in attachments if isinstance(attachments, list) else []:
        kind = each.get("type") if isinstance(each, Mapping) else None
        if kind not in _ATTACHMENTS:
            unknown[f"attachment: {str(kind)[:40]}"] += 1


def _answered(message: Mapping[str, Any]) -> str | None:
    link = message.get("link")
    if not isinstance(link, Mapping) or link.get("type") != "reply":
        return None
    above = link.get("message")
    mid = above.get("mid") if isinstance(above, Mapping) else None
    return mid if isinstance(mid, str) and mid else None


def _is_by_page(message: Mapping[str, Any], me: int | None, *, is_post: bool) -> bool:
    """Say whether the page itself speaks: an answer or news, no complaint.

    1. Our bot: yes.
    2. A channel's post without a sender: it was posted on behalf of the channel.
    3. A comment whose sender is told to be nobody: the channel as well. Where MAX
       tells nothing of the sender, it may be a resident.
    """
    sender = message.get("sender")
    if isinstance(sender, Mapping):
        return me is not None and sender.get("user_id") == me
    is_channels = message["recipient"].get("chat_type") == CHANNEL
    return is_channels and (is_post or "sender" in message)


def _metrics(message: Mapping[str, Any]) -> dict[str, int | None]:
    stat = message.get("stat")
    views = stat.get("views") if isinstance(stat, Mapping) else None
    is_told = isinstance(views, int) and not isinstance(views, bool) and views >= 0
    return {"views": views} if is_told else {}


def _kept(message: Mapping[str, Any], text: str) -> dict[str, Any]:
    body = {**message["body"], "text": text}
    return without_authors({**message, "body": body}, *_PEOPLE)


def alive(
    item: Item, *, now: datetime, edited_at: datetime | None = None, seen: bool = False
) -> FetchedPost | None:
    """Make a post of an item; None for one without words. Raises `Refused`.

    `seen`: MAX shows it, as against an update that tells of it.
    """
    text = clean_text(item.text)
    if not text:
        return None
    published_at = moment_of(item.date)
    if published_at is None:
        raise Refused("timestamp", "is no time")
    post = IncomingPost(
        network=Network.MAX,
        source=str(item.chat),
        external_id=key_of(item.mid),
        kind=item.kind,
        parent_id=item.parent,
        url=_url(item.mid, item.post),
        text=text,
        published_at=in_range(published_at, "timestamp", now=now),
        edited_at=edited_at,
        metrics=dict(item.metrics),
    )
    return FetchedPost(
        post, raw=item.raw, seen=seen, place=str(item.chat), from_page=item.by_page
    )


def gone(  # noqa: PLR0913 -- what names a message, by name
    mid: str,
    chat: int,
    *,
    evidence: Evidence,
    now: datetime,
    post: str | None = None,
    at: datetime | None = None,
    date: int = 0,
) -> FetchedPost:
    """Make the tombstone of a message, or of a comment on `post`.

    `at` is when it went, if that was told. Without a `date` its time is a guess.
    """
    tombstone = IncomingPost(
        network=Network.MAX,
        source=str(chat),
        external_id=key_of(mid),
        kind=PostKind.POST if post is None else PostKind.COMMENT,
        parent_id=None if post is None else key_of(post),
        url=_url(mid, post),
        text="",
        published_at=moment_of(date or _written(mid)) or now,
        edited_at=at or now,
        deleted=True,
    )
    is_guessed = not (date or _written(mid))
    return FetchedPost(
        tombstone, date_guessed=is_guessed, evidence=evidence, place=str(chat)
    )


def _url(mid: str, post: str | None) -> str | None:
    """Give the address of a message; comments have none but their post's."""
    spot = spot_of(post or mid)
    return None if spot is None else spot.url


def _written(mid: str) -> int:
    """Unix milliseconds at which a message was written, which its number tells."""
    spot = spot_of(mid)
    return 0 if spot is None else spot.seq >> 16


def moment_of(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
