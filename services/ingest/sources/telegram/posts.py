"""Makes posts of messages of the Bot API, without what tells of people."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.ingest.domain.checks import LONGEST_TEXT, Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import FetchedPost
from services.ingest.sources.connector import without_authors
from services.ingest.sources.telegram.messages import Heard
from services.ingest.sources.telegram.texts import unnamed, words_of
from shared.networks.telegram.names import key_of, link_of

# Where messages name people besides `from` and its like.
_PEOPLE: Final = (
    "actor_chat",
    "contact",
    "direct_messages_topic",
    "external_reply",
    "forward_from",
    "forward_from_chat",
    "forward_origin",
    "forward_sender_name",
    "left_chat_member",
    "new_chat_members",
    "quote",
    "reply_to_message",  # somebody else's words: that message has its own row
    "reply_to_story",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "sender_user",
    "sender_user_name",
    "users_shared",
    "via_bot",
)


def moment_of(seconds: object) -> datetime | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands: the handle its key begins with, and what is above."""

    handle: str
    source: str
    kind: PostKind
    parent: str | None = None


def post_of(
    heard: Heard,
    standing: Standing,
    *,
    now: datetime,
    number: int | None = None,
    text: str | None = None,
    by_page: bool = False,
) -> FetchedPost:
    """Make the post; `number` and `text` are an album's. Raises `Refused`."""
    message = heard.message
    number = heard.id if number is None else number
    published_at = moment_of(message["date"])
    if published_at is None:
        raise Refused("date", "is no time")
    edited_at = moment_of(message.get("edit_date"))
    post = IncomingPost(
        network=Network.TELEGRAM,
        source=standing.source,
        external_id=key_of(standing.handle, number),
        kind=standing.kind,
        parent_id=standing.parent,
        url=link_of(standing.handle, number),
        text=clean_text((words_of(message) if text is None else text)[:LONGEST_TEXT]),
        published_at=in_range(published_at, "date", now=now),
        edited_at=edited_at,
    )
    return FetchedPost(
        post,
        raw=without_authors({**message, **unnamed(message)}, *_PEOPLE),
        place=standing.source,
        from_page=by_page,
    )
