"""Pages of a discussion: the comments under a topic, from either end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from shared.networks.ok.client import Ok

TOPIC: Final = "GROUP_TOPIC"
FIRST: Final = "FIRST"
LAST: Final = "LAST"
PAGE: Final = 100

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of comments; `onward` asks for the next one, None after the last.

    A page may be empty and still have a next one. `told` is False when OK answered
    `null`: then nothing may be concluded from what is not there.
    """

    comments: tuple[Json, ...] = ()
    onward: str | None = None
    told: bool = True


async def forward(ok: Ok, topic: int, anchor: str = FIRST) -> Page:
    """Read from the oldest comment on; raises `NetworkError`."""
    return await _page(ok, topic, anchor, "FORWARD")


async def backward(ok: Ok, topic: int, anchor: str = LAST) -> Page:
    """Read from the newest comment back; raises `NetworkError`."""
    return await _page(ok, topic, anchor, "BACKWARD")


async def by_offset(ok: Ok, topic: int, onward: str | None = None) -> Page:
    """Read as OK let one before there were anchors; raises `NetworkError`.

    It does not say whether there is more: a page that is not full is the last one.
    """
    offset = int(onward) if onward and onward.isdecimal() else 0
    answer = await ok.call(
        "discussions.getDiscussionComments",
        entityId=topic,
        entityType=TOPIC,
        offset=offset,
        count=PAGE,
    )
    comments = _comments(answer)
    is_full = len(comments) >= PAGE
    more = str(offset + len(comments)) if is_full else None
    return Page(comments, more, told=answer is not None)


async def _page(ok: Ok, topic: int, anchor: str, direction: str) -> Page:
    answer = await ok.call(
        "discussions.getComments",
        discussionId=topic,
        discussionType=TOPIC,
        anchor=anchor,
        direction=direction,
        count=PAGE,
        includeRemoved=True,
        mark_as_read=False,
    )
    if not isinstance(answer, dict):
        return Page(told=answer is not None)
    return Page(_comments(answer), onward_of(answer, anchor))


def onward_of(answer: Json, anchor: str | None) -> str | None:
    """Give the anchor of the next page; None at the end, or where OK runs in circles.

    With `has_more` an empty page is not the last one. Some lists do not say it: they
    end where they have nothing, or no new anchor.
    """
    told = answer.get("anchor")
    goes_on = answer.get("has_more")
    if goes_on is None:
        goes_on = _shows_something(answer)
    if not goes_on or not isinstance(told, str):
        return None
    return told if told and told != anchor else None


def _shows_something(answer: Json) -> bool:
    entities = answer.get("entities")
    found = [
        *answer.values(),
        *(entities.values() if isinstance(entities, dict) else ()),
    ]
    return any(isinstance(each, list) and each for each in found)


def _comments(answer: object) -> tuple[Json, ...]:
    """Take the list out of an answer; the older method really calls it `commentss`."""
    if not isinstance(answer, dict):
        return ()
    listed = answer.get("comments", answer.get("commentss"))
    items = listed if isinstance(listed, list) else []
    return tuple(each for each in items if isinstance(each, dict))
