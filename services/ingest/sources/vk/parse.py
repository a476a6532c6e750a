"""Reads VK's posts and comments; tolerant, because fields come and go."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeAlias, TypeGuard

from services.ingest.domain.posts import PostKind
from services.ingest.sources.connector import without_authors
from services.ingest.sources.vk.text import plain, scrubbed
from shared.networks.vk.links import comment_url, post_url

Json: TypeAlias = Mapping[str, Any]
Unknown: TypeAlias = Counter[str]

_ATTACHMENTS: Final = frozenset(
    {
        "album",
        "app",
        "article",
        "audio",
        "audio_playlist",
        "clip",
        "doc",
        "donut_link",
        "event",
        "graffiti",
        "group",
        "link",
        "market",
        "market_album",
        "note",
        "page",
        "photo",
        "photos_list",
        "podcast",
        "poll",
        "posted_photo",
        "situational_theme",
        "sticker",
        "textlive",
        "textpost",
        "textpost_publish",
        "video",
        "video_playlist",
    }
)
_POST_TYPES: Final = frozenset({"post", "copy", "reply", "photo", "video", "clip"})
# Nobody but the editors of the page sees these, or they were paid for.
_NOT_PUBLIC: Final = frozenset({"postpone", "suggest", "post_ads"})
_ABOUT_PEOPLE: Final = (
    "admin_id",
    "comments_author",
    "coowners",
    "copyright",  # of a repost: whose it was
    "created_by",
    "deleter_id",
    "deleted_reason",
    "header",
    "post_author_data",
    "post_author_id",
    "real_author",
    "responder_id",
    "secret",
)
_DEEPEST: Final = 10


@dataclass(frozen=True, slots=True)
class Item:
    """A post or comment as VK shows it, without who wrote it.

    `post` is the post it stands under (its own id for a post), `parent` the comment
    it answers, `root` the first comment of its thread; 0 where there is none. Times
    are Unix seconds. `by_page` says that the page itself wrote it.
    """

    kind: PostKind
    owner: int
    id: int
    post: int
    date: int
    text: str
    raw: Json
    parent: int = 0
    root: int = 0
    edited: int | None = None
    deleted: bool = False
    original: str | None = None
    metrics: Mapping[str, int | None] | None = None
    by_page: bool = False
    pinned: bool = False
    replies: tuple["Item", ...] = ()
    replies_count: int = 0

    @property
    def key(self) -> str:
        return key_of(self.kind, self.owner, self.id)

    @property
    def label(self) -> str:
        """Name it in a note for people, without the number of whose wall it is."""
        return self.key if self.owner < 0 else f"{self.kind} on a person's wall"

    @property
    def parent_key(self) -> str | None:
        if self.kind is PostKind.POST:
            return self.original
        if self.parent:
            return key_of(PostKind.COMMENT, self.owner, self.parent)
        return key_of(PostKind.POST, self.owner, self.post)

    @property
    def url(self) -> str:
        if self.kind is PostKind.POST:
            return post_url(self.owner, self.id)
        return comment_url(self.owner, self.post, self.id, self.root)

    @property
    def comments(self) -> int | None:
        """How many comments VK counts under a post; None when it does not tell."""
        return (self.metrics or {}).get("comments")

    @property
    def digest(self) -> str:
        """Differs when the text does; eight characters are enough to notice an edit."""
        return blake2b(self.text.encode("utf-8", "replace"), digest_size=4).hexdigest()


def key_of(kind: PostKind, owner: int, number: int) -> str:
    """Name a post or comment as VK numbers it; comments are unique on their wall."""
    return f"{'wall' if kind is PostKind.POST else 'wallreply'}:{owner}_{number}"


def post_of(data: object, unknown: Unknown) -> Item | None:
    """Read a post, or a comment among search results; None for what is no item."""
    if not _is_item(data, unknown):
        return None
    kind = data.get("post_type") or data.get("type") or "post"
    if kind in _NOT_PUBLIC:
        unknown[f"not public: {kind}"] += 1
        return None
    if kind == "reply":
        return comment_of(data, unknown)
    if kind not in _POST_TYPES:
        unknown[f"post_type: {str(kind)[:40]}"] += 1
    owner = _number(data, "owner_id") or _number(data, "to_id") or 0
    inner = _inner(data, unknown)
    _count_attachments(data, unknown)
    return Item(
        kind=PostKind.POST,
        owner=owner,
        id=data["id"],
        post=data["id"],
        date=_number(data, "date") or 0,
        edited=_number(data, "edited"),
        text=_joined(data, inner),
        original=inner.key if inner else None,
        deleted=data.get("is_deleted") is True or data.get("deleted") is True,
        metrics=_metrics(data, "likes", "reposts", "views", "comments"),
        by_page=_is_by_page(data, owner),
        pinned=bool(data.get("is_pinned")),
        raw=_kept(data),
    )


def comment_of(
    data: object, unknown: Unknown, *, owner: int = 0, post: int = 0, depth: int = 0
) -> Item | None:
    """Read a comment and those VK shows under it; None for what is no comment.

    `owner` and `post` say where it was asked for, in case it does not say so itself.
    """
    if not _is_item(data, unknown):
        return None
    # Callback events name the wall's owner in `post_owner_id`, replies in `owner_id`.
    owner = _number(data, "owner_id") or _number(data, "post_owner_id") or owner
    post = _number(data, "post_id") or post
    above = [each for each in data.get("parents_stack") or [] if _is_number(each)]
    thread = _object(data, "thread")
    _count_attachments(data, unknown)
    return Item(
        kind=PostKind.COMMENT,
        owner=owner,
        id=data["id"],
        post=post,
        date=_number(data, "date") or 0,
        text=plain(_string(data, "text")),
        parent=_number(data, "reply_to_comment") or (above[-1] if above else 0),
        root=above[0] if above else 0,
        deleted=data.get("deleted") is True or data.get("is_deleted") is True,
        metrics=_metrics(data, "likes"),
        by_page=_is_by_page(data, owner),
        replies=tuple(_replies(thread, unknown, owner, post, depth)),
        replies_count=_number(thread, "count") or 0,
        raw=_kept({name: each for name, each in data.items() if name != "thread"}),
    )


def _replies(
    thread: Json, unknown: Unknown, owner: int, post: int, depth: int
) -> Iterator[Item]:
    if depth >= _DEEPEST:
        return
    for each in _list(thread, "items"):
        item = comment_of(each, unknown, owner=owner, post=post, depth=depth + 1)
        if item is not None:
            yield item


def flat(items: tuple[Item, ...] | list[Item]) -> Iterator[Item]:
    """Give comments and those shown under them, each before what answers it."""
    for item in items:
        yield item
        yield from flat(item.replies)


def _is_item(data: object, unknown: Unknown) -> TypeGuard[Json]:
    if isinstance(data, dict) and (_number(data, "id") or 0) > 0:
        return True
    unknown["item without id"] += 1
    return False


def _inner(data: Json, unknown: Unknown) -> Item | None:
    """Read the post that was reposted; VK lists the nearest one first."""
    history = _list(data, "copy_history")
    return post_of(history[0], unknown) if history else None


def _joined(data: Json, inner: Item | None) -> str:
    own = plain(_string(data, "text"))
    return "\n\n".join(text for text in (own, inner.text if inner else "") if text)


def _metrics(data: Json, *names: str) -> dict[str, int | None]:
    """Counters that VK shows; one it does not show is absent, not nought."""
    counters: dict[str, int | None] = {}
    for name in names:
        told = data.get(name)
        count = _number(told, "count") if isinstance(told, dict) else None
        if count is not None and count >= 0:
            counters[name] = count
    return counters


def _count_attachments(data: Json, unknown: Unknown) -> None:
    for each in _list(data, "attachments"):
        kind = each.get("type") if isinstance(each, dict) else None
        if kind not in _ATTACHMENTS:
            unknown[f"attachment: {str(kind)[:40]}"] += 1


def _kept(data: Json) -> Json:
    kept: Json = scrubbed(without_authors(data, *_ABOUT_PEOPLE))
    return kept


def _is_by_page(data: Json, owner: int) -> bool:
    """A resident's post that the page published for them is signed, and theirs."""
    return owner < 0 and data.get("from_id") == owner and not data.get("signer_id")


def _object(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _list(data: Json, name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _string(data: Json, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _number(data: Json, name: str) -> int | None:
    value = data.get(name)
    return value if _is_number(value) else None


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
