"""The state behind MAX's fake: bots' queues, webhooks, what bots have said."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import httpx
from fastapi import Request, Response

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.max import errors
from infra.sandbox.networks.max.inbox import Inbox
from infra.sandbox.networks.max.index import Index
from infra.sandbox.stage import StagePage
from infra.sandbox.stage.push import Parcel, PushLine, Receipt
from infra.sandbox.stage.tokens import Token, TokenState

CALLS_PER_SECOND: Final = 30
_OK: Final = 200


@dataclass
class Webhook:
    """Where a bot wants its updates, and the line they travel on."""

    url: str
    secret: str
    line: PushLine


@dataclass
class BotState:
    """One bot."""

    inbox: Inbox
    hook: Webhook | None = None


@dataclass
class Server:
    """All bots of the fake, and what tests turn.

    `own` are items bots published, `vanished` such as lists leave out without a word,
    `comments_off` pages without comments, `rights_taken` what bots may not do.
    """

    network: NetworkContext
    own: set[tuple[str, int]] = field(default_factory=set)
    vanished: set[tuple[str, int]] = field(default_factory=set)
    comments_off: set[str] = field(default_factory=set)
    rights_taken: set[str] = field(default_factory=set)
    _bots: dict[str, BotState] = field(default_factory=dict)
    index: Index = field(init=False)
    _counted: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.index = Index(self.network.stage)

    def admit(self, request: Request) -> Token | Response:
        """Let a request in: a token that is good and within its limit."""
        network, value = self.network, request.headers.get("Authorization", "")
        found = network.tokens.find(value)
        state = network.tokens.state(value, network.clock())
        if found is None or state is not TokenState.VALID:
            network.meter.admit(value, network.clock())
            network.meter.died(value)
            return errors.refused(errors.UNAUTHORIZED)
        if not network.meter.admit(value, network.clock(), limit=CALLS_PER_SECOND):
            return errors.too_many(1)
        return found

    def is_within(self, token: Token, what: str, limit: int) -> bool:
        """Count a call of one kind; False when it is one too many for its second."""
        name = (f"{token.value}/{what}", int(self.network.clock().timestamp()))
        self._counted[name] += 1
        is_over = self._counted[name] > limit
        self.network.meter.over_limit(token.value, by=int(is_over))
        return not is_over

    def bot(self, token: Token) -> BotState:
        if token.value not in self._bots:
            inbox = Inbox(self.network, token, self.own)
            self._bots[token.value] = BotState(inbox)
        return self._bots[token.value]

    def may_see(self, token: Token, page: StagePage | None) -> bool:
        """Say whether the bot is an administrator there."""
        is_there = page is not None and not page.is_banned
        return is_there and page is not None and token.owner in {None, page.code}

    async def deliver(self) -> int:
        """Push to every webhook what is due."""
        done = 0
        for bot in self._bots.values():
            if bot.hook is None:
                continue
            bot.inbox.collect(planned=False)
            for update in bot.inbox.waiting:
                kind = update.json["update_type"]
                bot.hook.line.add(str(update.number), kind, update.json)
            bot.inbox.waiting.clear()
            done += await bot.hook.line.deliver_due(_Sender(self.network, bot.hook))
        return done


@dataclass(frozen=True)
class _Sender:
    """Sends parcels as MAX does: JSON with the secret in a header; only 200 counts."""

    network: NetworkContext
    hook: Webhook

    async def __call__(self, parcel: Parcel) -> Receipt:
        secret = "forged" if parcel.is_forged else self.hook.secret
        headers = {"X-Max-Bot-Api-Secret": secret} if secret else {}
        try:
            answer = await self.network.http.post(
                self.hook.url, json=dict(parcel.body), headers=headers
            )
        except httpx.HTTPError:
            return Receipt(is_taken=False)
        return Receipt(is_taken=answer.status_code == _OK)


Answer: TypeAlias = Callable[[Server, Token, Request], Awaitable[Response]]


def guarded(server: Server, answer: Answer) -> Callable[..., Awaitable[Response]]:
    """Make a route of an answer: it is given only to a token that is let in."""

    async def endpoint(request: Request) -> Response:
        token = server.admit(request)
        if isinstance(token, Response):
            return token
        return await answer(server, token, request)

    return endpoint
