"""Listening to VK's stream for a while: one connection with a key, for all searches."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access, Token
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.stream_endpoint import (
    Endpoint,
    Rules,
    endpoint_of,
    why_closed,
)
from services.ingest.sources.vk.stream_errors import refused, wants_reconnecting
from services.ingest.sources.vk.stream_events import post_in
from services.ingest.sources.vk.stream_rules import Tag, changes, heard_for, tag_for
from shared.networks.sockets import OpenSocket, Socket, SocketRefused

LISTEN: Final = timedelta(seconds=8)
"""How long a poll listens when nothing is said; a worker waits with it."""

GATHER: Final = timedelta(seconds=1)
"""After the first post so long: what belongs together mostly comes together."""

MOST_MESSAGES: Final = 1_000
_EVENT, _SERVICE, _REFUSED = 100, 300, 400


class Taken(Exception):
    """Another source listens with this key just now."""


@dataclass(slots=True)
class Heard:
    """What the stream brought.

    `again`: it is of use to listen on at once. `remark` is what VK had to say about the
    stream. `rules` are the words of each tag.
    """

    harvest: Harvest
    again: bool = True
    remark: str = ""
    rules: dict[str, str] = field(default_factory=dict)


class Listener:
    """Listens for the words of one search, and hands on what others are told."""

    def __init__(
        self, access: Access, token: Token, opening: OpenSocket, words: str
    ) -> None:
        self._access = access
        self._token = token
        self._open = opening
        self._words = words
        owner = token.id.partition("-")[0]
        self._tag: Tag = tag_for(owner, words, access.clock().date())

    async def listen(self, heard: Heard) -> None:
        """Add to what was heard; raises `SourceError`, or `Taken`.

        What was heard before an error stays.
        """
        endpoint = await endpoint_of(self._access, self._token)
        heard.rules = await self._agreed(Rules(endpoint, self._access, self._token))
        async with self._alone(), self._connected(endpoint) as socket:
            await self._read(socket, heard)

    async def _agreed(self, rules: Rules) -> dict[str, str]:
        """Have our rule stand, and remove those that have run out."""
        standing = await rules.all()
        todo = changes(standing, self._tag, self._words)
        if todo.add:
            await _regardless(rules.add(todo.add, self._words))
            standing[todo.add] = self._words
        for tag in todo.remove:
            await _regardless(rules.remove(tag))
        return standing

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Be the only one with this key: VK refuses a second connection."""
        alone = self._access.alone or (lambda _: nullcontext())
        async with AsyncExitStack() as stack:
            try:
                secret = self._token.secrets["token"]
                await stack.enter_async_context(alone(f"vk-stream {secret}"))
            except SourceError as error:
                if error.kind is not ErrorKind.WAIT:
                    raise
                raise Taken from error
            yield

    @asynccontextmanager
    async def _connected(self, endpoint: Endpoint) -> AsyncIterator[Socket]:
        try:
            async with self._open(endpoint.address("ws", "stream")) as socket:
                yield socket
        except SocketRefused as refusal:
            raise why_closed(refusal) from None

    async def _read(self, socket: Socket, heard: Heard) -> None:
        clock = self._access.clock
        until = clock() + LISTEN
        for _ in range(MOST_MESSAGES):
            message = await socket.receive(until - clock())
            if message is None or not self._take(message, heard):
                return
            if heard.harvest.posts:
                until = min(until, clock() + GATHER)

    def _take(self, message: str, heard: Heard) -> bool:
        """Take a message in; say whether more are to be expected."""
        told = _json(message)
        match told.get("code"):
            case int(code) if code == _EVENT:
                self._hear(told.get("event"), heard)
                return True
            case int(code) if code == _SERVICE:
                return _serve(told.get("service_message"), heard)
            case int(code) if code == _REFUSED:
                raise refused(told.get("error"))
            case code:
                heard.harvest.unknown[f"stream message: {str(code)[:40]}"] += 1
                return True

    def _hear(self, event: Any, heard: Heard) -> None:  # noqa: ANN401 -- JSON
        tags = event.get("tags") if isinstance(event, dict) else None
        words = heard_for(
            tags if isinstance(tags, list) else [], heard.rules, self._tag
        )
        if words is None:
            return
        post = post_in(event, heard.harvest)
        if post is None:
            return
        if words != self._words:
            post = replace(post, place=words, only_there=True)
        heard.harvest.posts.append(post)


def _serve(message: Any, heard: Heard) -> bool:  # noqa: ANN401 -- JSON
    """Heed a service message; one we do not know is shown to the operator."""
    told = message if isinstance(message, dict) else {}
    code = told.get("service_code")
    if wants_reconnecting(code):
        heard.again = False  # a server that begins anew is given time
        return False
    heard.harvest.unknown[f"stream service message: {str(code)[:40]}"] += 1
    said = str(told.get("message", ""))[:200]
    heard.remark = f"VK says of its stream: {said} ({code})"
    return True


async def _regardless(change: Any) -> None:  # noqa: ANN401 -- a call under way
    """Change a rule; that somebody else has done so already is just as well."""
    try:
        await change
    except SourceError as error:
        if error.kind is not ErrorKind.SKIP_ITEM:
            raise


def _json(message: str) -> dict[str, Any]:
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
