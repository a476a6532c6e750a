"""What VK pushes, the same by Callback API and by Bots Long Poll."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.parse import Item, Json, comment_of, post_of
from services.ingest.sources.vk.shapes import alive, gone, moment
from services.ingest.sources.vk.text import plain

_Reader: TypeAlias = Callable[[Json, "Events"], None]

# Things that happen in a community and are no posts; VK sends what was ticked.
IGNORED: Final = frozenset(
    {
        "audio_new",
        "group_change_photo",
        "group_change_settings",
        "group_join",
        "group_leave",
        "group_officers_edit",
        "lead_forms_new",
        "like_add",
        "like_remove",
        "market_order_edit",
        "market_order_new",
        "message_allow",
        "message_deny",
        "message_edit",
        "message_event",
        "message_new",
        "message_reaction_event",
        "message_read",
        "message_reply",
        "message_typing_state",
        "messages_edit",
        "photo_new",
        "poll_vote_new",
        "user_block",
        "user_unblock",
        "video_new",
        "wall_schedule_post_delete",
        "wall_schedule_post_new",
    }
)


@dataclass(slots=True)
class Events:
    """What a batch of events brought.

    `touched` names comments (`post_comment`) that must be read again: events do not
    tell when something was edited, and may come late or in another order.
    """

    owner: int
    harvest: Harvest
    is_late: bool = False
    touched: list[str] = field(default_factory=list)


def read(event: Json, events: Events) -> None:
    """Take one event in; what can not be read is counted or refused, never raised."""
    kind = event.get("type")
    content = event.get("object")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None or not isinstance(content, dict):
        if kind not in IGNORED:
            events.harvest.unknown[f"event: {str(kind)[:40]}"] += 1
        return
    try:
        reader(content, events)
    except Refused as error:
        events.harvest.refused.append(f"{kind}: {error.reason}")


def _post_new(content: Json, events: Events) -> None:
    item = post_of(content, events.harvest.unknown)
    if item is not None:
        _add(events, alive(item, edited_at=None, now=events.harvest.now))


def _reposted(content: Json, events: Events) -> None:
    """Only what residents added to our own post is news."""
    if str(content.get("text") or "").strip():
        _post_new(content, events)


def _reply_new(content: Json, events: Events) -> None:
    item = _comment(content, events)
    if item is not None:
        _add(events, alive(item, edited_at=None, now=events.harvest.now))
        if events.is_late:
            events.touched.append(f"+{item.post}_{item.id}")


def _reply_edited(content: Json, events: Events) -> None:
    """An edit wins over everything before it, unless VK has sent it late.

    Then it may be older than what is stored: it only fills a gap, and the comment is
    read again in any case.
    """
    item = _comment(content, events)
    if item is None:
        return
    now = events.harvest.now
    when = None if events.is_late else now
    _add(events, alive(item, edited_at=when, now=now))
    events.touched.append(f"{item.post}_{item.id}")


def _reply_deleted(content: Json, events: Events) -> None:
    owner = _number(content, "owner_id") or _number(content, "post_owner_id")
    number, post = _number(content, "id"), _number(content, "post_id")
    if not number or not post:
        events.harvest.unknown["deletion without id"] += 1
        return
    tombstone = gone(
        PostKind.COMMENT,
        owner or events.owner,
        number,
        post=post,
        evidence=Evidence.EVENT,
        now=events.harvest.now,
    )
    _add(events, tombstone)
    events.touched.append(f"{post}_{number}")


def _comment(content: Json, events: Events) -> Item | None:
    return comment_of(content, events.harvest.unknown, owner=events.owner)


def _add(events: Events, post: FetchedPost | None) -> None:
    if post is not None:
        events.harvest.posts.append(post)


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Comments off the wall: what they stand under, and VK's name for its number.

    All of it is the community's own, whatever fields an event names the owner in.
    """

    under: str
    parent: str
    is_deleted: bool = False
    is_edited: bool = False

    def __call__(self, content: Json, events: Events) -> None:
        number, parent = _number(content, "id"), _number(content, self.parent)
        if not number or not parent:
            events.harvest.unknown[f"{self.under} comment without id"] += 1
            return
        key = f"{self.under}:{events.owner}_{parent}"
        _add(events, self._post(f"{key}_{number}", key, content, events))

    def _post(
        self, key: str, above: str, content: Json, events: Events
    ) -> FetchedPost | None:
        now = events.harvest.now
        is_edited = self.is_edited and not events.is_late
        text = "" if self.is_deleted else plain(str(content.get("text") or "")).strip()
        if not text and not self.is_deleted:
            return None
        date = _number(content, "date")
        post = IncomingPost(
            network=Network.VK,
            source=above,
            external_id=key,
            kind=PostKind.COMMENT,
            parent_id=above,
            url=_url(above, key) if self.under == "topic" else None,
            text=text,
            published_at=moment(date, "date", now) if date else now,
            edited_at=now if is_edited or self.is_deleted else None,
            deleted=self.is_deleted,
        )
        evidence = Evidence.EVENT if self.is_deleted else None
        return FetchedPost(post, date_guessed=not date, evidence=evidence)


def _url(above: str, key: str) -> str:
    place = above.removeprefix("topic:")
    return f"https://vk.com/topic{place}?post={key.rpartition('_')[2]}"


def _elsewhere(prefix: str, under: str, parent: str) -> dict[str, _Reader]:
    """The four events of one kind of comments."""
    return {
        f"{prefix}_new": _Elsewhere(under, parent),
        f"{prefix}_edit": _Elsewhere(under, parent, is_edited=True),
        f"{prefix}_restore": _Elsewhere(under, parent, is_edited=True),
        f"{prefix}_delete": _Elsewhere(under, parent, is_deleted=True),
    }


_READERS: Final[Mapping[str, _Reader]] = {
    "wall_post_new": _post_new,
    "wall_repost": _reposted,
    "wall_reply_new": _reply_new,
    "wall_reply_edit": _reply_edited,
    "wall_reply_restore": _reply_edited,
    "wall_reply_delete": _reply_deleted,
    **_elsewhere("board_post", "topic", "topic_id"),
    **_elsewhere("photo_comment", "photo", "photo_id"),
    **_elsewhere("video_comment", "video", "video_id"),
    **_elsewhere("market_comment", "market", "item_id"),
}


def _number(content: Mapping[str, Any], name: str) -> int | None:
    value = content.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
