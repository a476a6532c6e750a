"""The three steps of an answer under a topic of OK: look, send, find.

The administrator's token speaks as the group (`as_admin`). OK knows no idempotency key:
after a lost response only reading the thread (`find`) tells whether the answer stands.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.ok.client import Ok
from shared.networks.ok.discussions import LAST, TOPIC, Json, backward
from shared.networks.ok.errors import GONE, code_of
from shared.networks.ok.times import milliseconds_of, moment_of

LONGEST: Final = 3_000
"""Characters of a comment."""

MOST_PAGES: Final = 30
"""Pages of a thread that are read before we say that we can not tell."""

_CLOCKS: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the answer goes: under a topic of a group, or under a comment of it."""

    group: str
    topic: int
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A comment of our own group; `under` is the comment it answers, None the topic."""

    id: str
    text: str
    given_at: datetime
    under: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the spot stands, and our answers to it, oldest first."""

    exists: bool
    answers: tuple[Answer, ...] = ()


async def look(ok: Ok, spot: Spot) -> Standing:
    """Read a topic or comment just before answering; raises `NetworkError`.

    OK tells neither when a comment was edited nor whether comments are closed.
    """
    try:
        if not await _topic_stands(ok, spot.topic):
            return Standing(exists=False)
        stands, answers = spot.comment is None, []
        async for comment in _thread(ok, spot.topic):
            if comment.get("id") == spot.comment:
                stands = not is_removed(comment)
            elif _is_ours(comment, spot):
                answers.append(_answer(comment))
    except NetworkError as error:
        if code_of(error) not in GONE:
            raise
        return Standing(exists=False)
    answers.sort(key=lambda answer: answer.given_at)
    return Standing(stands, tuple(answers) if stands else ())


async def send(ok: Ok, spot: Spot, text: str) -> str:
    """Publish as the group and return the comment's id.

    Raises `NetworkError`: with a `code` OK has refused, without one nobody knows what
    it did. The same text again is published again.
    """
    if len(text) > LONGEST:
        raise NetworkError(
            f"OK takes {LONGEST} characters at most, this answer has {len(text)}",
            ErrorKind.HUMAN,
            code="ok:601",
        )
    answer = await ok.call(
        "discussions.addDiscussionComment",
        entityId=spot.topic,
        entityType=TOPIC,
        comment=text,
        reply_to_comment_id=spot.comment,
        as_admin=True,
    )
    number = answer
    if isinstance(answer, dict):
        number = answer.get("comment_id") or answer.get("id")
    if not isinstance(number, str) or not number:
        raise NetworkError("OK did not say which comment it has made")
    return number


async def find(ok: Ok, spot: Spot, text: str, *, since: datetime) -> Answer | None:
    """Look for our group's answer with this text, given after a moment.

    None only when every page since then was read and it is not there; otherwise raises
    `NetworkError`. Spaces do not count, and clocks may differ by two minutes.
    """
    from_ = since - _CLOCKS
    async for comment in _thread(ok, spot.topic, since=from_):
        if not _is_ours(comment, spot):
            continue
        answer = _answer(comment)
        if answer.given_at >= from_ and answer.text.split() == text.split():
            return answer
    return None


def is_removed(comment: Json) -> bool:
    """Say whether OK shows a comment or topic as one that was taken away."""
    flags = ("removed", "deleted", "blocked")
    return any(comment.get(flag) is True for flag in flags)


async def _topic_stands(ok: Ok, topic: int) -> bool:
    answer = await ok.call("mediatopic.getByIds", topic_ids=[topic], media_limit=1)
    if not isinstance(answer, dict):
        raise NetworkError("OK did not say whether the topic stands")
    topics = answer.get("media_topics")
    found = topics if isinstance(topics, list) else []
    return any(
        str(each.get("id")) == str(topic) and not is_removed(each)
        for each in found
        if isinstance(each, dict)
    )


async def _thread(
    ok: Ok, topic: int, *, since: datetime | None = None
) -> AsyncIterator[Json]:
    """Give the comments under a topic, the newest page first; down to a moment."""
    anchor = LAST
    for _ in range(MOST_PAGES):
        page = await backward(ok, topic, anchor)
        if not page.told:
            raise NetworkError("OK did not show the comments")
        for comment in page.comments:
            yield comment
        if page.onward is None or _is_past(page.comments, since):
            return
        anchor = page.onward
    raise NetworkError(f"the thread has more than {MOST_PAGES} pages", ErrorKind.HUMAN)


def _is_past(comments: tuple[Json, ...], since: datetime | None) -> bool:
    """Say whether a page ends before a moment; undated comments say nothing."""
    times = [told for each in comments if (told := milliseconds_of(each))]
    return bool(times) and since is not None and moment_of(min(times)) < since


def _is_ours(comment: Json, spot: Spot) -> bool:
    """Say whether our group wrote this right under the spot."""
    ref = comment.get("author_ref") or f"group:{comment.get('author_id')}"
    return (
        ref == f"group:{spot.group}"
        and not is_removed(comment)
        and (comment.get("reply_to_comment_id") or None) == spot.comment
    )


def _answer(comment: Json) -> Answer:
    return Answer(
        str(comment.get("id")),
        str(comment.get("text") or ""),
        moment_of(milliseconds_of(comment)),
        comment.get("reply_to_comment_id") or None,
    )
