"""Drafts, remarks, approvals and publications of a case as one conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from web import words
from web.diffs import Change, changes
from web.formats import Formats, Moment
from web.shapes.triage import Reply, Version
from web.views.candidates import web_address

_FINISHED = {"published", "publishing"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said or done about a reply."""

    kind: str  # version | remark | approved | published | failed
    who: str
    when: Moment | None
    text: str = ""
    number: int = 0
    changes: tuple[Change, ...] = ()
    link: str | None = None
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """One round of an answer, in the order things happened."""

    number: int
    status: words.Label | None
    turns: tuple[Turn, ...]
    copy_id: str | None
    copy_number: int | None


Timed = tuple[datetime, Turn]


def rounds(replies: Sequence[Reply], show: Formats) -> tuple[Round, ...]:
    """Tell each round in the order things happened."""
    return tuple(
        Round(
            reply.round,
            words.label(words.REPLY_STATUSES, reply.status, show.language),
            _turns(reply, show),
            reply.copy_of.incident_id if reply.copy_of else None,
            reply.copy_of.number if reply.copy_of else None,
        )
        for reply in replies
    )


def unfinished_text(replies: Sequence[Reply]) -> str:
    """Find the wording to go on with: the last one of an unpublished round."""
    if not replies or replies[-1].status in _FINISHED or not replies[-1].versions:
        return ""
    return replies[-1].versions[-1].text


def _turns(reply: Reply, show: Formats) -> tuple[Turn, ...]:
    timed = [
        *_versions(reply.versions, show),
        *(
            (remark.at, _turn("remark", remark.by, remark.at, remark.text, show))
            for remark in reply.remarks
        ),
        *_endings(reply, show),
    ]
    told = [turn for _, turn in sorted(timed, key=lambda one: one[0])]
    if reply.publish_error:
        told.append(Turn("failed", "", None, reply.publish_error))
    return tuple(told)


def _versions(versions: Sequence[Version], show: Formats) -> list[Timed]:
    before = [None, *(version.text for version in versions)]
    told: list[Timed] = []
    for version, (earlier, text) in zip(versions, pairwise(before), strict=True):
        turn = Turn(
            kind="version",
            who=version.author_name or "",
            when=show.moment(version.created_at),
            text=version.text,
            number=version.n,
            changes=changes(earlier, text or "") if earlier is not None else (),
            is_latest=version is versions[-1],
        )
        told.append((version.created_at, turn))
    return told


def _endings(reply: Reply, show: Formats) -> list[Timed]:
    told: list[Timed] = []
    if reply.approved_at:
        at = reply.approved_at
        told.append((at, _turn("approved", reply.approved_by, at, "", show)))
    if reply.published_at:
        link = web_address(reply.published_link)
        moment = show.moment(reply.published_at)
        told.append((reply.published_at, Turn("published", "", moment, link=link)))
    return told


def _turn(kind: str, who: str | None, at: datetime, text: str, show: Formats) -> Turn:
    return Turn(kind, who or "", show.moment(at), text)
