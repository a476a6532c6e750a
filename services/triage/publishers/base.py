"""The port to the networks we answer in; docs/answering.md says how to add one."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, Self, TypeAlias

import httpx

from services.triage.domain.answering import (
    Address,
    Capabilities,
    Failure,
    Page,
    Published,
    Standing,
    Target,
    TargetState,
)
from shared.networks.access import Access
from shared.networks.failures import ErrorKind, NetworkError

AccessOf: TypeAlias = Callable[[Page], Awaitable[Access | None]]
"""Gives what a page speaks with: the tokens its network asks for."""

_MEANING: Final[Mapping[ErrorKind, Failure]] = {
    ErrorKind.RETRY: Failure.RETRY,
    ErrorKind.WAIT: Failure.WAIT,
    ErrorKind.REAUTH: Failure.REAUTH,
    ErrorKind.DISABLE: Failure.HUMAN,
    ErrorKind.HUMAN: Failure.HUMAN,
    ErrorKind.BUG: Failure.BUG,
}
"""What every network's failures mean; of SKIP_ITEM each has its own idea."""

_LATER: Final = timedelta(minutes=1)


class PublishError(Exception):
    """The network did not do what was asked; `failure` says what that means.

    `message` is for the people of the desk, in English, without personal data.
    `until` belongs to WAIT: an aware time; `token` to REAUTH: the id of the token the
    network refused; `code` is the network's own. Any failure of `send` after which the
    answer may be public must be LOST: a timeout, a broken or unreadable response.
    """

    def __init__(
        self,
        message: str,
        failure: Failure,
        *,
        until: datetime | None = None,
        token: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.failure = failure
        self.until = until
        self.token = token
        self.code = code

    @classmethod
    def of(
        cls,
        error: NetworkError,
        access: Access,
        *,
        may_be_public: bool = False,
        later: timedelta = _LATER,
        skipped: Failure = Failure.HUMAN,
    ) -> Self:
        """Say what a failure of the network's client means to the outbox.

        `may_be_public` says that an answer may stand in spite of it. `later` is how
        long to wait where the network does not tell, `skipped` what it means that the
        network refused because of this one target.
        """
        failure = _MEANING.get(error.kind, skipped)
        if failure is Failure.RETRY and may_be_public:
            failure = Failure.LOST
        until = None
        if failure is Failure.WAIT:
            until = access.clock() + (error.retry_after or later)
        token = error.token if failure is Failure.REAUTH else None
        return cls(str(error), failure, until=until, token=token, code=error.code)


class Publisher(Protocol):
    """Answers under posts of one network, as an official page registered for it."""

    @property
    def network(self) -> str:
        """The network whose official pages it speaks for."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What the network can do for us."""
        ...

    def serves(self, address: Address) -> bool:
        """Tell, without asking the network, whether a post can be answered."""
        ...

    def is_at_home(self, address: Address, native_id: str) -> bool:
        """Tell, as far as its address says, whether a post stands on this very page."""
        ...

    async def look(self, target: Target) -> TargetState:
        """Read how the target stands now, with the answers our page gave there.

        A post that is gone is a state (DELETED), not an error. Raises PublishError;
        LOST means no more than RETRY here.
        """
        ...

    async def send(self, text: str, target: Target, key: str) -> Published:
        """Publish under the target, once for each key where the network can.

        Raises PublishError. Returns within 20 seconds or is given up as LOST.
        """
        ...

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Read the thread for our page's answer with this text, given after `since`.

        None only when the whole stretch was read and it is not there. Raises
        PublishError.
        """
        ...


def was_never_made(error: NetworkError) -> bool:
    """Say whether the call failed before anything was sent."""
    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


async def raise_if_gone(publisher: Publisher, target: Target) -> None:
    """Raise GONE if the target is deleted, after a refusal that does not say why."""
    state = await publisher.look(target)
    if state.standing is Standing.DELETED:
        raise PublishError("The post is not there any more.", Failure.GONE)


@dataclass(frozen=True)
class Publishers:
    """Every publisher of the installation; the first that serves a post answers it."""

    all: tuple[Publisher, ...] = ()

    @classmethod
    def of(cls, publishers: Iterable[Publisher]) -> "Publishers":
        """Collect publishers in the order they are asked."""
        return cls(tuple(publishers))

    def serving(self, address: Address) -> Publisher | None:
        """Find who can answer a post; None when it is answered by hand."""
        able = (one for one in self.all if one.capabilities.answers)
        return next((one for one in able if one.serves(address)), None)
