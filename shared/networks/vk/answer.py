"""The three steps of an answer under a post of VK: look, send, find.

Only a community answers, as itself. VK keeps one comment for each `guid`; `find` is for
the time after which nobody knows whether it still does.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.vk.client import Vk
from shared.networks.vk.errors import concerns_one_post
from shared.networks.vk.links import Spot

MOST_PAGES: Final = 30
"""Pages of a thread that are read before we say that we can not tell."""

_PAGE: Final = 100
_SHOWN_REPLIES: Final = 10
_CLOCKS: Final = timedelta(minutes=2)

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A comment of our own page; `under` is the comment it answers, None the post."""

    id: int
    text: str
    given_at: datetime
    under: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the spot stands: its text as VK gives it, and our answers to it."""

    exists: bool
    open: bool = False
    text: str = ""
    edited_at: datetime | None = None
    answers: tuple[Answer, ...] = ()


async def look(vk: Vk, spot: Spot, *, group: int) -> Standing:
    """Read a post or comment just before answering; raises `NetworkError`.

    `group` is the (positive) number of the page that answers.
    """
    post = await _post(vk, spot)
    if post is None:
        return Standing(exists=False)
    target = post if spot.comment is None else None
    answers = []
    thread = _Thread(vk, spot)
    try:
        async for comment in thread.comments():
            if comment.get("id") == spot.comment:
                target = comment
            elif _is_ours(comment, group) and _answers(comment, spot):
                answers.append(_answer(comment))
    except NetworkError as error:
        if not concerns_one_post(error):
            raise
        return Standing(exists=target is not None, open=False, text=_text(target))
    if target is None or target.get("deleted") is True:
        return Standing(exists=False)
    edited = target.get("edited")
    return Standing(
        exists=True,
        open=thread.is_open,
        text=_text(target),
        edited_at=datetime.fromtimestamp(edited, UTC) if edited else None,
        answers=tuple(answers),
    )


async def send(vk: Vk, spot: Spot, text: str, *, group: int, guid: str) -> int:
    """Publish as the community and return the comment's number.

    The same guid again gives the same comment. Raises `NetworkError`: with a `code`
    VK has refused, without one nobody knows what it did.
    """
    answer = await vk.call(
        "wall.createComment",
        owner_id=spot.owner,
        post_id=spot.post,
        reply_to_comment=spot.comment,
        from_group=group,
        message=text,
        guid=guid,
    )
    number = answer.get("comment_id") if isinstance(answer, dict) else None
    if not isinstance(number, int):
        raise NetworkError("VK did not say which comment it has made")
    return number


async def find(
    vk: Vk, spot: Spot, text: str, *, group: int, since: datetime
) -> Answer | None:
    """Look for our page's answer with this text, given after a moment.

    None only when the whole thread was read and it is not there; otherwise raises
    `NetworkError`. Spaces do not count, and clocks may differ by two minutes.
    """
    async for comment in _Thread(vk, spot).comments():
        if not _is_ours(comment, group) or not _answers(comment, spot):
            continue
        answer = _answer(comment)
        is_later = answer.given_at >= since - _CLOCKS
        if is_later and answer.text.split() == text.split():
            return answer
    return None


async def _post(vk: Vk, spot: Spot) -> Json | None:
    response = await vk.call("wall.getById", posts=[f"{spot.owner}_{spot.post}"])
    for each in _listed(response):
        is_gone = each.get("is_deleted") is True or each.get("deleted") is True
        return None if is_gone else each
    return None


class _Thread:
    """The comments under a post; `is_open` is known when the first page was read.

    Whether pages may comment is what counts: `can_post` speaks of who asks, and a
    service key never may.
    """

    def __init__(self, vk: Vk, spot: Spot) -> None:
        self._vk = vk
        self._spot = spot
        self.is_open = True

    async def comments(self) -> AsyncIterator[Json]:
        """Give every comment, deleted ones too, at any depth."""
        levels: list[tuple[int, int]] = [(0, 0)]
        met: set[int] = set()
        for _ in range(MOST_PAGES):
            if not levels:
                return
            above, start = levels.pop()
            page = await self._page(above, start)
            fresh = [each for each in page if each["id"] not in met]
            if fresh and len(page) >= _PAGE:
                levels.append((above, page[-1]["id"]))
            for comment in _flat(fresh):
                if comment["id"] not in met:
                    met.add(comment["id"])
                    yield comment
                if _is_cut(comment) and comment["id"] != above:
                    levels.append((comment["id"], 0))
        if levels:
            raise NetworkError(
                f"the thread has more than {MOST_PAGES} pages", ErrorKind.HUMAN
            )

    async def _page(self, above: int, start: int) -> list[Json]:
        response = await self._vk.call(
            "wall.getComments",
            owner_id=self._spot.owner,
            post_id=self._spot.post,
            comment_id=above or None,
            start_comment_id=start or None,
            count=_PAGE,
            sort="asc",
            preview_length=0,
            thread_items_count=_SHOWN_REPLIES,
        )
        if isinstance(response, dict) and response.get("groups_can_post") is False:
            self.is_open = False
        return _listed(response)


def _listed(response: object) -> list[Json]:
    if isinstance(response, dict):
        response = response.get("items")
    items = response if isinstance(response, list) else []
    return [
        each
        for each in items
        if isinstance(each, dict) and isinstance(each.get("id"), int)
    ]


def _flat(comments: list[Json]) -> list[Json]:
    return [
        each
        for comment in comments
        for each in (comment, *_flat(_listed(comment.get("thread"))))
    ]


def _is_cut(comment: Json) -> bool:
    thread = comment.get("thread")
    if not isinstance(thread, dict):
        return False
    return int(thread.get("count") or 0) > len(_listed(thread))


def _is_ours(comment: Json, group: int) -> bool:
    return comment.get("from_id") == -group and comment.get("deleted") is not True


def _answers(comment: Json, spot: Spot) -> bool:
    """Say whether a comment stands right under the spot.

    VK keeps all replies of a thread on one level, and tells whom each answers.
    """
    return _under(comment) == spot.comment


def _under(comment: Json) -> int | None:
    above = comment.get("parents_stack") or [None]
    under = comment.get("reply_to_comment") or above[-1]
    return under if isinstance(under, int) else None


def _answer(comment: Json) -> Answer:
    given_at = datetime.fromtimestamp(int(comment.get("date") or 0), UTC)
    return Answer(comment["id"], _text(comment), given_at, _under(comment))


def _text(item: Json | None) -> str:
    return str((item or {}).get("text") or "")
