"""The pages of one network as they stand now, and the log of how they came to it."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from infra.sandbox.stage.model import (
    Action,
    AuthorKind,
    Counters,
    Happening,
    Item,
    StagePage,
    Version,
    Writer,
)
from infra.sandbox.stage.record import Record, unrecorded
from infra.sandbox.world import Kind
from shared.errors import Conflict, NotFound

_FIRST_ID: Final = 4000
_IDS_A_SECOND: Final = 4


class Stage:
    """One network's pages and items.

    Ids count up per page, posts and comments together. They follow from the moment of
    publishing, counted from `epoch`, so that a world which is played from a later
    moment gives the same item the same id. Unknown pages and items raise NotFound.
    Every action takes the virtual moment `at`, is logged, and told to `record`, unless
    the stage `is_playing` the world.
    """

    def __init__(
        self,
        network: str,
        pages: Iterable[StagePage],
        *,
        epoch: datetime | None = None,
        record: Record = unrecorded,
    ) -> None:
        self.network = network
        self.is_playing = False
        self._epoch = epoch
        self._record = record
        self._pages = {page.code: page for page in pages}
        self._items: dict[tuple[str, int], Item] = {}
        self._posts: defaultdict[str, list[int]] = defaultdict(list)
        self._threads: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        self._last_ids = dict.fromkeys(self._pages, _FIRST_ID)
        self._log: list[Happening] = []
        self._forgotten = 0
        self._played: set[tuple[str, int]] = set()

    @property
    def pages(self) -> tuple[StagePage, ...]:
        return tuple(self._pages.values())

    @property
    def last_seq(self) -> int:
        """Number of the newest line of the log; 0 while nothing happened."""
        return self._forgotten + len(self._log)

    def page(self, code: str) -> StagePage:
        """Give a page by our code."""
        try:
            return self._pages[code]
        except KeyError:
            raise NotFound("page", code) from None

    def find_page(self, native: int | str) -> StagePage | None:
        """Give a page by its native number or screen name; None if there is none."""
        wanted = native.lower() if isinstance(native, str) else native
        for page in self._pages.values():
            if wanted in (page.number, page.screen_name.lower()):
                return page
        return None

    def find(self, page: str, number: int) -> Item | None:
        """Give an item, deleted or not; None if it never was."""
        return self._items.get((page, number))

    def item(self, page: str, number: int) -> Item:
        found = self.find(page, number)
        if found is None:
            raise NotFound("item", f"{page}/{number}")
        return found

    def items(self, page: str | None = None) -> list[Item]:
        """Everything that ever was on a page, or on all, in the order of ids."""
        found = (one for one in self._items.values() if page in (None, one.page))
        return sorted(found, key=lambda one: (one.page, one.id))

    def posts(self, page: str) -> list[Item]:
        """Posts that stand, newest first; the pinned one is not moved."""
        found = (self._items[page, number] for number in reversed(self._posts[page]))
        return [post for post in found if not post.is_deleted]

    def comments(self, page: str, root: int) -> list[Item]:
        """All comments under a post at any depth, oldest first, deleted ones too."""
        return [self._items[page, number] for number in self._threads[page, root]]

    def happenings(self, after: int = 0, page: str | None = None) -> list[Happening]:
        """Lines of the log with a greater number, oldest first, as far as known."""
        lines: Sequence[Happening] = self._log[max(0, after - self._forgotten) :]
        return [line for line in lines if page in (None, line.page)]

    def publish(  # noqa: PLR0913 -- the facts of an item, all by name
        self,
        page: str,
        text: str,
        *,
        at: datetime,
        writer: Writer | None = None,
        parent: int | None = None,
        counters: Counters | None = None,
        extra: Mapping[str, Any] | None = None,
        number: int | None = None,
    ) -> Item:
        """Publish a post, or a comment under `parent`; by the page itself if nobody.

        `number` is the id it had before a restart; others are given the next one.
        """
        owner = self.page(page)
        above = None if parent is None else self.item(page, parent)
        item = Item(
            page=page,
            id=number or self._next_id(page, at),
            kind=Kind.POST if above is None else Kind.COMMENT,
            writer=writer or Writer(AuthorKind.GROUP, owner.number, owner.name),
            created_at=at,
            versions=(Version(text, at),),
            parent=parent,
            root=None if above is None else above.root or above.id,
            counters=counters or Counters(),
            extra=dict(extra or {}),
        )
        if item.root is None:
            insort(self._posts[page], item.id)
        else:
            insort(self._threads[page, item.root], item.id)
        if self.is_playing:
            self._played.add((page, item.id))
        self._put(Action.PUBLISH, item, at)
        self._count_comments(item)
        self._tell(
            "publish",
            page=page,
            text=text,
            at=at,
            writer=writer,
            parent=parent,
            counters=counters,
            extra=item.extra,
            number=item.id,
        )
        return item

    def edit(self, page: str, number: int, text: str, *, at: datetime) -> Item:
        """Give an item another text."""
        item = self._standing(page, number)
        item = replace(item, versions=(*item.versions, Version(text, at)))
        self._tell("edit", page=page, number=number, text=text, at=at)
        return self._put(Action.EDIT, item, at)

    def delete(self, page: str, number: int, *, at: datetime) -> Item:
        item = replace(self._standing(page, number), deleted_at=at)
        self._tell("delete", page=page, number=number, at=at)
        self._put(Action.DELETE, item, at)
        self._count_comments(item)
        return item

    def restore(self, page: str, number: int, *, at: datetime) -> Item:
        """Take a deletion back."""
        item = self.item(page, number)
        if not item.is_deleted:
            raise Conflict(f"Item {page}/{number} is not deleted.")
        self._tell("restore", page=page, number=number, at=at)
        item = self._put(Action.RESTORE, replace(item, deleted_at=None), at)
        self._count_comments(item)
        return item

    def count(self, page: str, number: int, counters: Counters) -> Item:
        """Set the figures beside an item; a network tells nobody: it is not logged."""
        item = replace(self.item(page, number), counters=counters)
        self._items[page, number] = item
        return item

    def pin(self, page: str, number: int | None, *, at: datetime) -> StagePage:
        """Pin a post; None takes the pin away."""
        item = None if number is None else self._standing(page, number)
        self._tell("pin", page=page, number=number, at=at)
        return self._turn(Action.PIN, replace(self.page(page), pinned=number), at, item)

    def ban(self, page: str, *, at: datetime, is_banned: bool = True) -> StagePage:
        """Block a page, or let it back."""
        changed = replace(self.page(page), is_banned=is_banned)
        self._tell("ban", page=page, at=at, is_banned=is_banned)
        return self._turn(Action.BAN_PAGE, changed, at)

    def close_comments(
        self, page: str, number: int, *, at: datetime, is_closed: bool = True
    ) -> Item:
        """Let nobody comment on a post any more, or again."""
        item = replace(self.item(page, number), comments_closed=is_closed)
        told = {"page": page, "number": number, "at": at, "is_closed": is_closed}
        self._tell("close_comments", **told)
        return self._put(Action.CLOSE_COMMENTS, item, at)

    def forget(self, before: datetime) -> int:
        """Drop old threads that only the world wrote in; return how many.

        A pinned post stays, and so does what others published, answered or will look
        for. Lines of the log from before that moment go, too; numbers stay.
        """
        old = [
            (page, number)
            for page, numbers in self._posts.items()
            for number in numbers
            if self._is_idle(page, number, before)
        ]
        for page, number in old:
            for gone in (number, *self._threads.pop((page, number), ())):
                del self._items[page, gone]
                self._played.discard((page, gone))
            self._posts[page].remove(number)
        lines = sum(1 for _ in takewhile(lambda line: line.at < before, self._log))
        del self._log[:lines]
        self._forgotten += lines
        return len(old)

    def _is_idle(self, page: str, number: int, before: datetime) -> bool:
        thread = [number, *self._threads.get((page, number), ())]
        return self._pages[page].pinned != number and all(
            (page, one) in self._played and self._items[page, one].created_at < before
            for one in thread
        )

    def _tell(self, action: str, **facts: object) -> None:
        if not self.is_playing:
            self._record(action, facts)

    def _next_id(self, page: str, at: datetime) -> int:
        """Give a free id, greater than all before it, that tells the moment."""
        seconds = 0 if self._epoch is None else int((at - self._epoch).total_seconds())
        self._last_ids[page] = max(
            self._last_ids[page] + 1, _FIRST_ID + _IDS_A_SECOND * seconds
        )
        while (page, self._last_ids[page]) in self._items:
            self._last_ids[page] += 1
        return self._last_ids[page]

    def _standing(self, page: str, number: int) -> Item:
        item = self.item(page, number)
        if item.is_deleted:
            raise Conflict(f"Item {page}/{number} is deleted.")
        return item

    def _put(self, action: Action, item: Item, at: datetime) -> Item:
        self._items[item.page, item.id] = item
        self._note(action, item.page, at, item)
        return item

    def _turn(
        self, action: Action, page: StagePage, at: datetime, item: Item | None = None
    ) -> StagePage:
        self._pages[page.code] = page
        self._note(action, page.code, at, item)
        return page

    def _note(self, action: Action, page: str, at: datetime, item: Item | None) -> None:
        self._log.append(Happening(self.last_seq + 1, at, action, page, item))

    def _count_comments(self, item: Item) -> None:
        """Keep the number of standing comments beside their post."""
        if item.root is None:
            return
        change = -1 if item.is_deleted else 1
        post = self.item(item.page, item.root)
        told = max(0, (post.counters.comments or 0) + change)
        self.count(item.page, item.root, replace(post.counters, comments=told))
