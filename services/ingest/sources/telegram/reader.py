"""Reads a bot's updates as posts: comments under their posts, albums as one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import FetchedPost
from services.ingest.sources.telegram.messages import (
    Heard,
    What,
    answered_root,
    heard,
    is_by_page,
    root_of,
    unknown_part,
    what_is,
)
from services.ingest.sources.telegram.posts import Standing, post_of
from services.ingest.sources.telegram.queue import ALBUM_WAIT, ROOT_WAIT, Memory
from services.ingest.sources.telegram.texts import words_of
from shared.networks.telegram.names import channel_number, handle_of, key_of

_MOST_REFUSALS: Final = 50
_FRAME: Final = frozenset({"update_id"})


class Reader:
    """Reads updates once; what it learns of threads and albums goes to the memory.

    `album_wait` of nought takes parts as they come: a webhook has no second look.
    """

    def __init__(
        self,
        memory: Memory,
        *,
        now: datetime,
        bot_id: int | None = None,
        album_wait: timedelta = ALBUM_WAIT,
    ) -> None:
        self._memory = memory
        self._now = now
        self._bot_id = bot_id
        self._album_wait = album_wait
        self.posts: list[FetchedPost] = []
        self.refused: list[str] = []
        self.unknown: Counter[str] = Counter()
        self.moved: dict[str, str] = {}

    def read(self, updates: Sequence[Any]) -> None:
        """Read updates in the order of their numbers, none of them twice."""
        numbered = _numbered(updates)
        self.unknown["update"] += len(updates) - len(numbered)
        fresh = {n: u for n, u in numbered.items() if n not in self._memory.done}
        messages = [each for each in map(self._heard, fresh.values()) if each]
        for each in messages:
            self._note_root(each)
        albums = _albums(messages)
        for each in messages:
            parts = albums.get(each.number)
            if parts is None:
                self._take(each)
            elif each is parts[-1]:
                self._take_album(parts, messages)
        self._memory.settle(set(numbered))
        self.unknown += Counter()  # drops the noughts

    def _heard(self, update: Mapping[str, Any]) -> Heard | None:
        message = heard(update)
        if message is None:
            name = next(iter(sorted(update.keys() - _FRAME)), "empty")
            self.unknown[f"update:{name[:40]}"] += 1
        return message

    def _handle(self, chat: Mapping[str, Any]) -> str:
        """Keep the handle a chat was first seen under: usernames may change."""
        return self._memory.names.setdefault(str(chat["id"]), handle_of(chat))

    def _note_root(self, each: Heard) -> None:
        root = root_of(each.message)
        if root is not None:
            post = key_of(self._handle(root[0]), root[1])
            self._memory.roots[key_of(each.chat, each.id)] = post

    def _take(self, each: Heard) -> None:
        match what_is(each):
            case What.POST:
                self._take_post(each)
            case What.COMMENT:
                self._take_comment(each)
            case What.MOVED:
                number = channel_number(each.message["migrate_to_chat_id"])
                self.moved[each.chat] = f"c/{number}"
            case What.UNKNOWN:
                self.unknown[unknown_part(each.message)] += 1
            case _:
                pass

    def _take_post(self, each: Heard) -> None:
        handle = self._handle(each.message["chat"])
        number = self._memory.albums.get(each.album or "")
        self._add(each, Standing(handle, handle, PostKind.POST), number)

    def _take_comment(self, each: Heard) -> None:
        """Take a comment, at once in any case; again when its post is known."""
        standing = self._under(each)
        numbers = {each.number}
        if standing.parent is not None or each.thread is None:
            self._memory.release(numbers)
        else:
            was_taken = each.number in self._memory.waiting
            self._memory.wait(numbers, self._now, ROOT_WAIT)
            if was_taken:
                return
        self._add(each, standing, self._memory.albums.get(each.album or ""))

    def _under(self, each: Heard) -> Standing:
        handle = self._handle(each.message["chat"])
        root = answered_root(each.message)
        if root is not None:
            parent: str | None = key_of(self._handle(root[0]), root[1])
            if each.thread is not None and parent is not None:
                self._memory.roots[key_of(each.chat, each.thread)] = parent
        else:
            parent = self._memory.roots.get(key_of(each.chat, each.thread or 0))
        source = handle if parent is None else parent.rpartition("/")[0]
        return Standing(handle, source, PostKind.COMMENT, parent)

    def _take_album(self, parts: Sequence[Heard], all_of_it: Sequence[Heard]) -> None:
        numbers = {part.number for part in parts}
        if not _is_whole(parts, all_of_it) and self._memory.wait(
            numbers, self._now, self._album_wait
        ):
            return
        self._memory.release(numbers)
        first = min(parts, key=lambda part: part.id)
        number = self._memory.albums.setdefault(first.album or "", first.id)
        worded = [part for part in parts if words_of(part.message)]
        if not worded or what_is(worded[0]) not in {What.POST, What.COMMENT}:
            return
        texts = dict.fromkeys(words_of(part.message) for part in worded)
        handle = self._handle(first.message["chat"])
        is_comment = what_is(worded[0]) is What.COMMENT
        standing = (
            self._under(worded[0])
            if is_comment
            else Standing(handle, handle, PostKind.POST)
        )
        self._add(worded[0], standing, number, "\n".join(texts))

    def _add(
        self,
        each: Heard,
        standing: Standing,
        number: int | None,
        text: str | None = None,
    ) -> None:
        try:
            post = post_of(
                each,
                standing,
                now=self._now,
                number=number,
                text=text,
                by_page=is_by_page(each.message, self._bot_id),
            )
        except Refused as error:
            if len(self.refused) < _MOST_REFUSALS:
                key = key_of(standing.handle, each.id)
                self.refused.append(f"{key}: {error.reason}")
        else:
            self.posts.append(post)


def _numbered(updates: Iterable[Any]) -> dict[int, Mapping[str, Any]]:
    found = {
        update["update_id"]: update
        for update in updates
        if isinstance(update, Mapping) and isinstance(update.get("update_id"), int)
    }
    return dict(sorted(found.items()))


def _albums(messages: Iterable[Heard]) -> dict[int, list[Heard]]:
    """Give each new part of an album all the parts there are, in order."""
    albums: defaultdict[str, list[Heard]] = defaultdict(list)
    for each in messages:
        is_copy = root_of(each.message) is not None
        if each.album is not None and not each.is_edit and not is_copy:
            albums[each.album].append(each)
    return {part.number: parts for parts in albums.values() for part in parts}


def _is_whole(parts: Sequence[Heard], messages: Iterable[Heard]) -> bool:
    """Within a chat the order holds: what comes after an album ends it."""
    last = parts[-1]
    return any(
        each.chat == last.chat
        and each.number > last.number
        and each.album != last.album
        and not each.is_edit
        for each in messages
    )
