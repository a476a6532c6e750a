"""The state behind Telegram's fake: bots' inboxes, webhooks, what bots have said."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.telegram.inbox import KEPT, Inbox
from infra.sandbox.networks.telegram.shapes import (
    basic_group_id,
    channel_id,
    group_id,
)
from infra.sandbox.stage import StagePage
from infra.sandbox.stage.push import Parcel, PushLine, Receipt
from infra.sandbox.stage.tokens import Token

_GONE: Final = 410
_WOKE: Final = "woke"
_HOOKED: Final = "hooked"
_MINUTE: Final = timedelta(minutes=1)
SENDS_PER_MINUTE: Final = 20


CONNECTIONS: Final = 40
"""Deliveries to one webhook at a time, Telegram's usual number."""


@dataclass
class Webhook:
    """Where a bot wants its updates, and the line they travel on."""

    url: str
    secret: str
    line: PushLine
    last_error: str | None = None


@dataclass
class BotState:
    """One bot; `poll` changes with each getUpdates, which ends the one before."""

    inbox: Inbox
    poll: int = 0
    hook: Webhook | None = None


@dataclass
class Server:
    """All bots of the fake."""

    network: NetworkContext
    own: set[tuple[str, int]] = field(default_factory=set)
    _bots: dict[str, BotState] = field(default_factory=dict)
    _wakes: Counter[str] = field(default_factory=Counter)
    _hooks: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _sent: defaultdict[int, list[datetime]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def __post_init__(self) -> None:
        """Telegram forgets neither numbers nor webhooks over a restart."""
        self.network.on_restart(_WOKE, lambda facts: self._count(facts["bot"]))
        self.network.on_restart(_HOOKED, self._remember_hook)

    def bot(self, token: Token) -> BotState:
        if token.value not in self._bots:
            wakes = self._wakes[token.value]
            inbox = Inbox(self.network, token, self.own, wakes=wakes)
            self._bots[token.value] = BotState(inbox)
            self._count(token.value)
            self.network.keep(_WOKE, {"bot": token.value})
        return self._bots[token.value]

    def hook(self, token: Token, url: str, secret: str, allowed: list[str]) -> None:
        """Push a bot's updates to an address; an empty one ends that."""
        bot, network = self.bot(token), self.network
        bot.inbox.allowed = allowed or bot.inbox.allowed
        line = PushLine(
            network.deliveries, network.clock, lane=_chat_of, at_once=CONNECTIONS
        )
        bot.hook = Webhook(url, secret, line) if url else None
        facts = {"bot": token.value, "url": url, "secret": secret}
        network.keep(_HOOKED, {**facts, "allowed": list(bot.inbox.allowed)})

    def _count(self, bot: str) -> None:
        self._wakes[bot] += 1

    def _remember_hook(self, facts: Mapping[str, Any]) -> None:
        self._hooks[facts["bot"]] = facts

    def _hook_again(self) -> None:
        """Take up the webhooks of before the restart, with fresh numbers."""
        hooks, self._hooks = self._hooks, {}
        for facts in hooks.values():
            token = self.network.tokens.find(facts["bot"])
            if token is not None and facts["url"]:
                self.hook(token, facts["url"], facts["secret"], facts["allowed"])

    def page_of(self, chat: object) -> StagePage | None:
        """Find a page by its channel's or group's id, or its @username."""
        if isinstance(chat, str) and chat.startswith("@"):
            return self.network.stage.find_page(chat[1:])
        for page in self.network.stage.pages:
            if str(chat) in {str(channel_id(page)), str(group_id(page))}:
                return page
        return None

    def migrated(self, chat: object) -> StagePage | None:
        """Find the page whose group was called so before it became a supergroup."""
        for page in self.network.stage.pages:
            if str(chat) == str(basic_group_id(page)):
                return page
        return None

    def may_send(self, chat: int) -> bool:
        """Count a message to a group; False when it is one too many for its minute."""
        now = self.network.now()
        recent = [at for at in self._sent[chat] if now - at < _MINUTE]
        self._sent[chat] = recent
        if len(recent) >= SENDS_PER_MINUTE:
            return False
        recent.append(now)
        return True

    async def deliver(self) -> int:
        """Push to every webhook what is due."""
        self._hook_again()
        done = 0
        # A bot may be asked for the first time while we wait for a subscriber.
        for bot in list(self._bots.values()):
            if bot.hook is None:
                continue
            bot.inbox.collect(planned=False)
            for update in bot.inbox.waiting:
                bot.hook.line.add(str(update.number), update.kind, update.json)
            bot.inbox.waiting = []
            done += await bot.hook.line.deliver_due(_Sender(self.network, bot.hook))
        return done


def _chat_of(parcel: Parcel) -> object:
    """Name what Telegram keeps in order: each chat has a queue of its own."""
    message = next(each for name, each in parcel.body.items() if name != "update_id")
    return message["chat"]["id"]


@dataclass(frozen=True)
class _Sender:
    """Sends parcels as Telegram does: JSON with the secret in a header."""

    network: NetworkContext
    hook: Webhook

    async def __call__(self, parcel: Parcel) -> Receipt:
        if self._is_too_old(parcel.body):
            return Receipt(is_taken=True)
        secret = "forged" if parcel.is_forged else self.hook.secret
        try:
            answer = await self.network.http.post(
                self.hook.url,
                json=dict(parcel.body),
                headers={"X-Telegram-Bot-Api-Secret-Token": secret},
            )
        except httpx.HTTPError as error:
            self.hook.last_error = type(error).__name__
            return Receipt(is_taken=False)
        if not answer.is_success:
            self.hook.last_error = (
                f"Wrong response from the webhook: {answer.status_code}"
            )
        return Receipt(
            is_taken=answer.is_success,
            wait=_asked(answer.headers.get("Retry-After")),
            is_gone=answer.status_code == _GONE,
        )

    def _is_too_old(self, update: Any) -> bool:  # noqa: ANN401 -- JSON
        message = next(each for name, each in update.items() if name != "update_id")
        since = message.get("edit_date", message["date"])
        return bool(self.network.clock().timestamp() - since > KEPT.total_seconds())


def _asked(value: str | None) -> timedelta | None:
    if value is None or not value.isdecimal():
        return None
    return min(timedelta(seconds=int(value)), timedelta(hours=1))
