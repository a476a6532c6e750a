"""An invented network with a ledger of what is public, and every way to fail."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.triage.domain.answering import (
    EVER,
    Address,
    Capabilities,
    Failure,
    Published,
    Standing,
    Target,
    TargetState,
    is_same_text,
)
from services.triage.publishers import PublishError

PAGE = "https://pages.example"
OUR_PAGE = "-100500"


class Plan(StrEnum):
    """What becomes of a write."""

    OK = "ok"
    LOST = "lost"
    LOST_BEFORE = "lost_before"
    BUSY = "busy"
    LIMITED = "limited"
    REJECTED = "rejected"
    SIGNED_OUT = "signed_out"
    MISTAKEN = "mistaken"
    GONE = "gone"
    BROKEN = "broken"
    DIES_BEFORE = "dies_before"
    DIES_AFTER = "dies_after"


COMMITS = {Plan.OK, Plan.LOST, Plan.DIES_AFTER}


@dataclass(frozen=True)
class Comment:
    """A public answer."""

    id: str
    url: str
    text: str
    key: str
    page: str
    at: datetime


@dataclass
class FakeNetwork:
    """What is public, and what the next writes will meet."""

    clock: Callable[[], datetime]
    comments: list[Comment] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    edited: dict[str, datetime] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    calls: int = 0
    looks: int = 0
    is_unreadable: bool = False

    def under(self, url: str) -> list[Comment]:
        """The public answers under a post."""
        return [one for one in self.comments if one.url == url]

    def write(self, url: str, text: str, key: str, page: str) -> Comment:
        """Make an answer public."""
        number = str(len(self.comments) + 1)
        comment = Comment(number, url, text, key, page, self.clock())
        self.comments.append(comment)
        return comment


@dataclass
class FakePublisher:
    """Speaks to the invented network; without `remembers` it knows no keys."""

    web: FakeNetwork
    remembers: timedelta | None = EVER
    finds: bool = True
    network: str = "vk"

    @property
    def capabilities(self) -> Capabilities:
        """As made."""
        return Capabilities(remembers=self.remembers, finds=self.finds)

    def serves(self, address: Address) -> bool:
        """Serve the addresses of PAGE."""
        return bool(address.url and address.url.startswith(f"{PAGE}/"))

    def is_at_home(self, address: Address, native_id: str) -> bool:
        """Read it off the address."""
        return bool(address.url and f"/pages/{native_id}/" in address.url)

    async def look(self, target: Target) -> TargetState:
        """Read the post."""
        self.web.looks += 1
        url = self._url(target)
        if self.web.is_unreadable:
            raise PublishError("The page answered 503.", Failure.RETRY)
        if url in self.web.deleted:
            return TargetState(standing=Standing.DELETED)
        ours = [c for c in self.web.under(url) if c.page == target.page.native_id]
        return TargetState(
            edited_at=self.web.edited.get(url),
            takes_answers=url not in self.web.closed,
            answers=tuple(map(_published, ours)),
        )

    async def send(self, text: str, target: Target, key: str) -> Published:
        """Publish as the next plan has it."""
        self.web.calls += 1
        url = self._url(target)
        plan = self.web.plans.pop(0) if self.web.plans else Plan.OK
        if url in self.web.deleted:
            plan = Plan.GONE
        if plan is Plan.GONE:
            self.web.deleted.add(url)
        if plan not in COMMITS:
            raise self._failure(plan)
        comment = self._remembered(url, key) or self.web.write(
            url, text, key, target.page.native_id
        )
        if plan is not Plan.OK:
            raise self._failure(plan)
        return _published(comment)

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Read the thread."""
        state = await self.look(target)
        found = [
            one
            for one in state.answers
            if is_same_text(one.text, text)
            and one.published_at is not None
            and one.published_at >= since
        ]
        return found[0] if found else None

    def _remembered(self, url: str, key: str) -> Comment | None:
        if self.remembers is None:
            return None
        now = self.web.clock()
        return next(
            (
                one
                for one in self.web.under(url)
                if one.key == key and now - one.at < self.remembers
            ),
            None,
        )

    def _failure(self, plan: Plan) -> BaseException:
        match plan:
            case Plan.DIES_AFTER | Plan.DIES_BEFORE:
                return asyncio.CancelledError()
            case Plan.BROKEN:
                return KeyError("comment_id")
            case Plan.LIMITED:
                until = self.web.clock() + timedelta(minutes=10)
                return PublishError("Slower.", Failure.WAIT, until=until)
            case _:
                failure = _MEANING.get(plan, Failure.LOST)
                return PublishError(f"The page is {plan}.", failure)

    @staticmethod
    def _url(target: Target) -> str:
        if target.address.url is None:
            raise PublishError("The post has no address.", Failure.BUG)
        return target.address.url


_MEANING = {
    Plan.BUSY: Failure.RETRY,
    Plan.REJECTED: Failure.HUMAN,
    Plan.SIGNED_OUT: Failure.REAUTH,
    Plan.MISTAKEN: Failure.BUG,
    Plan.GONE: Failure.GONE,
}


def _published(comment: Comment) -> Published:
    return Published(
        link=f"{comment.url}#{comment.id}",
        native_id=comment.id,
        text=comment.text,
        published_at=comment.at,
        raw={"id": comment.id},
    )
