"""Subscriptions to a community's events: Callback servers and the Long Poll."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.vk.errors import VkError
from infra.sandbox.stage import StagePage
from infra.sandbox.stage.push import PushLine

EVENTS: Final = (
    "wall_post_new",
    "wall_reply_new",
    "wall_reply_edit",
    "wall_reply_delete",
    "wall_reply_restore",
)
_COMMENT: Final = "new edit delete restore"
_SILENT: Final = {
    "audio": "new",
    "board_post": _COMMENT,
    "group": "change_photo change_settings join leave officers_edit",
    "lead_forms": "new",
    "market_comment": _COMMENT,
    "market_order": "new edit",
    "message": "allow deny new read reply edit typing_state reaction_event",
    "photo": "new",
    "photo_comment": _COMMENT,
    "poll_vote": "new",
    "user": "block unblock",
    "video": "new",
    "video_comment": _COMMENT,
    "wall": "repost schedule_post_new schedule_post_delete",
    "donut_subscription": "create prolonged cancelled expired price_changed",
    "donut_money": "withdraw withdraw_error",
}
SILENT_EVENTS: Final = tuple(
    f"{what}_{event}" for what, events in _SILENT.items() for event in events.split()
)
"""Events that can be switched on and that nothing in this world brings about."""

MOST_SERVERS: Final = 10
PATIENCE: Final = 10
KEY_LIFE: Final = timedelta(hours=1)

WAIT: Final = "wait"
OK: Final = "ok"
FAILED: Final = "failed"

_PUT: Final = "put-server"
_REMOVE: Final = "remove-server"


@dataclass
class CallbackServer:
    """An address that wants events; it gets them once it has confirmed itself.

    `seen` is the last line of the log that was put on `line`.
    """

    id: int
    url: str
    title: str
    secret: str
    line: PushLine
    seen: int
    status: str = WAIT
    events: set[str] = field(default_factory=set)


@dataclass
class LongPoll:
    """A community's Long Poll: whether it is on, for what, and its keys."""

    is_enabled: bool = False
    events: set[str] = field(default_factory=set)
    keys: dict[str, datetime] = field(default_factory=dict)


class Servers:
    """All subscriptions, by the code of the community's page."""

    def __init__(self, network: NetworkContext) -> None:
        self._network = network
        self._callbacks: defaultdict[str, list[CallbackServer]] = defaultdict(list)
        self._long_polls: defaultdict[str, LongPoll] = defaultdict(LongPoll)
        self._made = 0
        network.on_restart(_PUT, self._put_back)
        network.on_restart(_REMOVE, self._remove_again)

    def of(self, page: str) -> list[CallbackServer]:
        return self._callbacks[page]

    def all(self) -> list[tuple[str, CallbackServer]]:
        """Give every Callback server with its page."""
        return [(page, one) for page, them in self._callbacks.items() for one in them]

    def long_poll(self, page: str) -> LongPoll:
        return self._long_polls[page]

    def add(self, page: str, *, url: str, title: str, secret: str) -> CallbackServer:
        """Make a server, which waits for its confirmation."""
        if len(self._callbacks[page]) >= MOST_SERVERS:
            raise VkError(2000)
        server = self._made_for(page, self._made + 1, url, title, secret)
        self.keep(page, server)
        return server

    def keep(self, page: str, server: CallbackServer) -> None:
        """Write down how a server stands; VK does not forget it over a restart."""
        facts = {
            "page": page,
            "id": server.id,
            "url": server.url,
            "title": server.title,
            "secret": server.secret,
            "status": server.status,
            "events": sorted(server.events),
        }
        self._network.keep(_PUT, facts)

    def _made_for(
        self, page: str, number: int, url: str, title: str, secret: str
    ) -> CallbackServer:
        network = self._network
        line = PushLine(network.deliveries, network.clock, patience=PATIENCE)
        seen = network.stage.last_seq
        server = CallbackServer(number, url, title, secret, line, seen)
        self._made = max(self._made, number)
        self._callbacks[page].append(server)
        return server

    def _put_back(self, facts: Mapping[str, Any]) -> None:
        page, number = facts["page"], facts["id"]
        same = [one for one in self._callbacks[page] if one.id == number]
        made = (number, facts["url"], facts["title"], facts["secret"])
        server = same[0] if same else self._made_for(page, *made)
        server.url, server.title, server.secret = made[1:]
        server.status, server.events = facts["status"], set(facts["events"])

    def _remove_again(self, facts: Mapping[str, Any]) -> None:
        page = facts["page"]
        left = [one for one in self._callbacks[page] if one.id != facts["id"]]
        self._callbacks[page] = left

    def find(self, page: str, server_id: int) -> CallbackServer:
        for server in self._callbacks[page]:
            if server.id == server_id:
                return server
        raise VkError(100, "server_id is invalid")

    def remove(self, page: str, server_id: int) -> None:
        self._callbacks[page].remove(self.find(page, server_id))
        self._network.keep(_REMOVE, {"page": page, "id": server_id})

    def new_key(self, page: str) -> str:
        """Hand out a key of the Long Poll, good for an hour of virtual time."""
        keys, now = self._long_polls[page].keys, self._network.clock()
        key = _digest("key", page, len(keys), now)[:40]
        keys[key] = now + KEY_LIFE
        return key

    def is_key(self, page: str, key: str) -> bool:
        expires_at = self._long_polls[page].keys.get(key)
        return expires_at is not None and expires_at > self._network.clock()


def confirmation_code(page: StagePage, now: datetime) -> str:
    """Give the code a server must answer with; it is another one every day."""
    return _digest("code", page.code, now.date())[:8]


def event_id(page: str, *what: object) -> str:
    """Give the id of an event, the same at every attempt and for every server."""
    return _digest("event", page, *what)[:40]


def _digest(*things: object) -> str:
    return hashlib.sha256("/".join(map(str, things)).encode()).hexdigest()
