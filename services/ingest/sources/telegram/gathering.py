"""Messages of MTProto as posts: albums as one, comments under their posts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.ingest.domain.checks import LONGEST_TEXT, Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.connector import without_authors
from shared.networks.telegram.history import HistoryMessage
from shared.networks.telegram.names import key_of, link_of

_MOST_ROOTS: Final = 2_000

# Where MTProto names people besides what every network does.
_PEOPLE: Final = (
    "action",
    "contact",
    "from_boosts_applied",
    "from_rank",
    "fwd_from",
    "guestchat_via_from",
    "phone_number",
    "post_author",
    "recent_reactions",
    "recent_repliers",
    "reply_to",
    "saved_peer_id",
    "top_reactors",
    "vcard",
    "via_bot_id",
    "via_business_bot_id",
)


class Gathering:
    """What one poll of a channel brought. `roots` leads from copies to posts."""

    def __init__(self, handle: str, roots: Mapping[str, int], *, now: datetime) -> None:
        self._handle = handle
        self._now = now
        self._roots = {int(copy): post for copy, post in roots.items()}
        self._posts: dict[str, FetchedPost] = {}
        self.refused: list[str] = []
        self.unknown: Counter[str] = Counter()

    def posts(self) -> Iterator[FetchedPost]:
        yield from self._posts.values()

    def roots_kept(self) -> dict[str, int]:
        kept = list(self._roots.items())[-_MOST_ROOTS:]
        return {str(copy): post for copy, post in kept}

    def learn_roots(self, messages: Iterable[HistoryMessage]) -> None:
        for message in messages:
            if message.copy_of is not None:
                self._roots[message.id] = message.copy_of[1]

    def learn_thread(self, replies: Iterable[HistoryMessage], post: int) -> None:
        for reply in replies:
            if reply.thread is not None:
                self._roots[reply.thread] = post

    def unknown_threads(self, messages: Iterable[HistoryMessage]) -> list[int]:
        """Threads of messages whose posts are not known, after learning from them."""
        messages = list(messages)
        self.learn_roots(messages)
        threads = dict.fromkeys(each.thread for each in messages if each.thread)
        return [thread for thread in threads if thread not in self._roots]

    def take(
        self, messages: Sequence[HistoryMessage], *, in_group: bool, seen: bool
    ) -> None:
        """Take messages in, from old to new.

        `seen`: they were read as they stand, as against changes that were told.
        """
        self.learn_roots(messages)
        self.unknown.update(each.unknown for each in messages if each.unknown)
        for parts in _albums(messages):
            first, text = parts[0], _text(parts)
            if first.copy_of is not None or not text:
                continue
            worded = next(part for part in parts if part.text)
            try:
                post = self._post(worded, first.id, text, in_group=in_group)
                post = replace(post, seen=seen)
            except Refused as error:
                self.refused.append(f"{self._handle}: {first.id}: {error.reason}")
                continue
            self._posts[post.post.external_id] = post

    def bury(self, chat: int, number: int, *, in_group: bool) -> None:
        """Tell that a message was deleted; the copy of a post is none of ours."""
        if in_group and number in self._roots:
            return
        handle = f"c/{chat}" if in_group else self._handle
        key = key_of(handle, number)
        post = IncomingPost(
            network=Network.TELEGRAM,
            source=self._handle,
            external_id=key,
            kind=PostKind.COMMENT if in_group else PostKind.POST,
            parent_id=None,
            url=link_of(handle, number),
            text="",
            published_at=self._now,
            deleted=True,
        )
        self._posts[key] = FetchedPost(post, date_guessed=True, evidence=Evidence.EVENT)

    def _post(
        self, message: HistoryMessage, number: int, text: str, *, in_group: bool
    ) -> FetchedPost:
        handle = f"c/{message.chat}" if in_group else self._handle
        is_comment = in_group and message.thread is not None
        root = self._roots.get(message.thread or 0)
        post = IncomingPost(
            network=Network.TELEGRAM,
            source=self._handle,
            external_id=key_of(handle, number),
            kind=PostKind.COMMENT if is_comment else PostKind.POST,
            parent_id=None if root is None else key_of(self._handle, root),
            url=link_of(handle, number),
            text=clean_text(text[:LONGEST_TEXT]),
            published_at=in_range(message.written_at, "date", now=self._now),
            edited_at=message.edited_at,
            metrics=_metrics(message),
        )
        return FetchedPost(
            post,
            raw=without_authors({**message.raw, "message": message.text}, *_PEOPLE),
            from_page=in_group and message.by_page,
        )


def _albums(messages: Iterable[HistoryMessage]) -> list[list[HistoryMessage]]:
    """Give each message, or the parts of each album, from old to new.

    A message that was written and edited since the last poll comes twice: the later
    version counts.
    """
    albums: defaultdict[tuple[int, int], list[HistoryMessage]] = defaultdict(list)
    latest = {message.id: message for message in messages}
    for each in sorted(latest.values(), key=lambda message: message.id):
        # A number of an album is never one of a message: it has 17 digits.
        albums[each.chat, each.album or each.id].append(each)
    return list(albums.values())


def _text(parts: Iterable[HistoryMessage]) -> str:
    return "\n".join(dict.fromkeys(part.text for part in parts if part.text))


def _metrics(message: HistoryMessage) -> dict[str, int | None]:
    told = {
        "views": message.views,
        "shares": message.forwards,
        "comments": message.replies,
        "reactions": message.reactions,
    }
    return {name: count for name, count in told.items() if count is not None}
