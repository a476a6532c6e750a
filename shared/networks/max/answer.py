"""The three steps of an answer in MAX: look, send, find.

Under a channel's post an answer is a comment, given by the channel; in a chat it is a
message of our bot. MAX knows no idempotency key: after a lost response only reading the
thread (`find`) tells whether the answer stands.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.max.client import Max, Value
from shared.networks.max.names import Spot, key_of, spot_of

LONGEST: Final = 4_000
"""Characters of a comment or message."""

MOST_PAGES: Final = 10
"""Pages of a thread that are read before we say that we can not tell."""

_PAGE: Final = 100
_CHANNEL: Final = "channel"
_CLOCKS: Final = timedelta(minutes=2)

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What is answered: a message, or a comment on the post `spot`."""

    spot: Spot
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What our page said to the target; a comment has no address of its own."""

    key: str
    text: str
    given_at: datetime
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the target stands, and our answers to it, oldest first."""

    exists: bool
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Thread:
    """Where answers to a target stand: under a channel's post, or in a chat."""

    target: Target
    in_channel: bool
    since: int
    me: int

    @property
    def path(self) -> str:
        return f"messages/{self.target.spot.mid}/comments"

    @property
    def answered(self) -> str:
        """Name what an answer is linked to."""
        return self.target.comment or self.target.spot.mid


async def look(api: Max, target: Target) -> Standing:
    """Read a target just before answering; raises `NetworkError`.

    MAX tells neither when it was edited nor whether comments are open.
    """
    try:
        thread = await _thread_of(api, target)
    except NetworkError as error:
        if error.kind is not ErrorKind.SKIP_ITEM:
            raise
        return Standing(exists=False)
    found = [
        _answer(each, thread)
        async for each in _after(api, thread, thread.since)
        if _is_to(each, thread) and _is_ours(each, thread, in_doubt=False)
    ]
    return Standing(True, tuple(reversed(found)))


async def send(api: Max, target: Target, text: str) -> Answer:
    """Publish an answer.

    Raises `NetworkError`: with a `code` MAX has refused or was not reached, without
    one nobody knows what it did. The same text again is published again.
    """
    if len(text) > LONGEST:
        raise NetworkError(
            f"MAX takes {LONGEST} characters at most, this answer has {len(text)}",
            ErrorKind.HUMAN,
            code="max:400",
        )
    thread = await _asked_first(api, target)
    await api.turn_to_send(target.spot.chat)
    body: dict[str, Any] = {"text": text}
    if target.comment is not None or not thread.in_channel:
        body["link"] = {"type": "reply", "mid": thread.answered}
    if thread.in_channel:
        given = await api.post(thread.path, body)
    else:
        given = await api.post("messages", body, {"chat_id": target.spot.chat})
    message = given.get("message") if isinstance(given, dict) else None
    if not isinstance(message, dict) or not _has_words(message):
        raise NetworkError("MAX did not say which message it has made")
    return _answer(message, thread)


async def find(
    api: Max, target: Target, text: str, *, since: datetime
) -> Answer | None:
    """Look for our page's answer with this text, given after a moment.

    None only when all after that was read and it is not there; otherwise raises
    `NetworkError`. Spaces do not count, and clocks may differ by two minutes.
    """
    thread = await _thread_of(api, target)
    from_ = int((since - _CLOCKS).timestamp() * 1000)
    async for message in _after(api, thread, from_):
        is_it = _is_to(message, thread) and _is_ours(message, thread, in_doubt=True)
        said = _answer(message, thread)
        if is_it and said.text.split() == text.split():
            return said
    return None


async def _asked_first(api: Max, target: Target) -> _Thread:
    """Read the target before anything is sent: what fails here has changed nothing."""
    try:
        return await _thread_of(api, target)
    except NetworkError as error:
        if error.code is None:
            error.code = "max:unsent"
        raise


async def _thread_of(api: Max, target: Target) -> _Thread:
    """Read the target, and whether a channel or a chat it is in."""
    me = await api.get("me")
    post = await api.get(f"messages/{target.spot.mid}")
    recipient = post.get("recipient") if isinstance(post, dict) else None
    if not isinstance(recipient, dict) or not isinstance(me, dict):
        raise NetworkError("MAX did not show what is to be answered")
    in_channel = recipient.get("chat_type") == _CHANNEL
    shown = post
    if target.comment is not None:
        path = f"messages/{target.spot.mid}/comments/{target.comment}"
        shown = await api.get(path)
    since = shown.get("timestamp") if isinstance(shown, dict) else None
    return _Thread(
        target, in_channel, since if isinstance(since, int) else 0, me.get("user_id", 0)
    )


async def _after(api: Max, thread: _Thread, since: int) -> AsyncIterator[Json]:
    """Give all comments or messages from a moment on, newest first."""
    newest: int | None = None
    for _ in range(MOST_PAGES):
        shown = await _page(api, thread, newest, since)
        dates = [each["timestamp"] for each in shown if _is_dated(each)]
        for message in shown:
            if _has_words(message) and message["timestamp"] >= since:
                yield message
        if len(shown) < _PAGE or not dates or min(dates) < since:
            return
        newest = min(dates)
    raise NetworkError(
        f"more than {MOST_PAGES * _PAGE} messages were written since", ErrorKind.HUMAN
    )


async def _page(api: Max, thread: _Thread, newest: int | None, since: int) -> list[Any]:
    # A millisecond further: MAX does not say whether the ends are included.
    until = None if newest is None else newest + 1
    asked: dict[str, Value]
    if thread.in_channel:
        asked = {"before": until, "after": max(since - 1, 0), "count": _PAGE}
        answer = await api.get(thread.path, asked)
    else:
        chat = thread.target.spot.chat
        asked = {"chat_id": chat, "from": until, "to": since - 1, "count": _PAGE}
        answer = await api.get("messages", asked)
    shown = answer.get("messages") if isinstance(answer, dict) else None
    if not isinstance(shown, list):
        raise NetworkError("MAX did not show the thread")
    return shown


def _is_dated(message: object) -> bool:
    return isinstance(message, dict) and isinstance(message.get("timestamp"), int)


def _has_words(message: object) -> bool:
    body = message.get("body") if isinstance(message, dict) else None
    is_named = isinstance(body, dict) and isinstance(body.get("mid"), str)
    return is_named and _is_dated(message)


def _is_to(message: Json, thread: _Thread) -> bool:
    """Say whether a message answers the target itself."""
    link = message.get("link")
    above = link.get("message") if isinstance(link, dict) else None
    answered = above.get("mid") if isinstance(above, dict) else None
    if thread.in_channel and thread.target.comment is None:
        return answered is None and message["body"]["mid"] != thread.target.spot.mid
    return bool(answered == thread.answered)


def _is_ours(message: Json, thread: _Thread, *, in_doubt: bool) -> bool:
    """Say whether our page wrote a message.

    In a channel, nobody as sender is the channel. Where MAX leaves the sender out it is
    not known, and `in_doubt` decides.
    """
    sender = message.get("sender")
    if isinstance(sender, dict):
        return bool(thread.me) and sender.get("user_id") == thread.me
    return thread.in_channel and ("sender" in message or in_doubt)


def _answer(message: Json, thread: _Thread) -> Answer:
    body = message["body"]
    given_at = datetime.fromtimestamp(message["timestamp"] / 1000, UTC)
    spot = None if thread.in_channel else spot_of(body["mid"])
    url = None if spot is None else spot.url
    return Answer(key_of(body["mid"]), str(body.get("text") or ""), given_at, url)
