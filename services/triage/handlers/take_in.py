"""Taking posts over from ingest: into the queue, or into what became of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.triage.domain.desk import URGENCIES, Desk
from services.triage.domain.keys import own_key, search_keys
from services.triage.domain.suggestions import (
    Library,
    MatchedRule,
    Suggestion,
    suggest,
)
from services.triage.handlers import tell
from services.triage.store import candidates, cases
from services.triage.store import desk as desks
from shared.contracts import MatchedPost, PostsMatched
from shared.ids import new_id
from shared.models.triage import Candidate, IncidentPost
from shared.uow import UnitOfWork

GONE, NEW, DECIDED = "gone", "new", "decided"

Row = dict[str, Any]


async def take_posts(uow: UnitOfWork, message: PostsMatched) -> None:
    """Make candidates of new posts and bring known ones up to date.

    A newer revision changes a candidate nobody has decided about; a deletion takes
    it off the queue. Of a post inside an incident the copy there is brought up to
    date instead. Older revisions change nothing.
    """
    desk = await desks.desk(uow.session, uow.region_id)
    library = await desks.suggesting(uow.session, uow.region_id, desk)
    rows = {
        post.post_id: {"region_id": uow.region_id, **_row(post, desk, library)}
        for post in _latest(message.posts)
    }
    inserted = await candidates.insert_new(uow.session, list(rows.values()))
    fresh = [rows[post_id] for post_id in rows if post_id in inserted]
    known = {post_id: rows[post_id] for post_id in rows if post_id not in inserted}
    changed = await _bring_up_to_date(uow, desk, known) if known else []
    standings = [_standing(row) for row in (*fresh, *changed)]
    await tell.posts(uow, desk, standings)


def _latest(posts: Iterable[MatchedPost]) -> Iterable[MatchedPost]:
    """Keep the newest revision of each post, in the order all transactions lock."""
    ordered = sorted(posts, key=lambda post: (post.post_id, post.revision))
    return {post.post_id: post for post in ordered}.values()


def _row(post: MatchedPost, desk: Desk, library: Library) -> Row:
    """Describe the candidate that a post makes."""
    found = suggest(post.text, _rules(post, desk), post.municipality, library)
    # A rule or a source may name a code the region has dropped meanwhile.
    topic = desk.known_topic(found.topic.code if found.topic else None)
    place = found.municipality.code if found.municipality else None
    urgency = desk.urgency(topic, found.urgency.urgency)
    return {
        "id": new_id(),
        "post_id": post.post_id,
        "revision": post.revision,
        "network": post.network,
        "kind": post.kind,
        "source_id": post.source_id,
        "source_name": post.source_name,
        "url": post.url,
        "post_key": own_key(post.network, post.key),
        "parent_key": own_key(post.network, post.parent_key),
        "published_at": post.published_at,
        "received_at": post.received_at,
        "text": post.text,
        "matches": [match.model_dump(mode="json") for match in post.matches],
        "words": search_keys(post.text),
        "topic": topic,
        "topic_confidence": found.topic.confidence if found.topic else None,
        "municipality": desk.known_municipality(place),
        "authority": found.authority.code if found.authority else None,
        "reasons": _reasons(found),
        "urgency": URGENCIES.index(urgency),
        "deadline_at": desk.deadline(post.received_at, urgency),
        "status": GONE if post.deleted else NEW,
        "version": 1,
    }


def _rules(post: MatchedPost, desk: Desk) -> list[MatchedRule]:
    return [
        MatchedRule(
            match.rule_name,
            match.topic,
            len(match.positions),
            match.authority if match.authority in desk.authorities else None,
            desk.known_municipality(match.municipality),
        )
        for match in post.matches
    ]


def _reasons(found: Suggestion) -> dict[str, Any]:
    proposals = {
        "topic": found.topic,
        "municipality": found.municipality,
        "authority": found.authority,
    }
    reasons: dict[str, Any] = {
        name: {
            "suggested": proposal.code,
            "code": proposal.reason.code,
            "params": dict(proposal.reason.params),
        }
        for name, proposal in proposals.items()
        if proposal
    }
    return {**reasons, "urgency": [asdict(sign) for sign in found.urgency.signs]}


async def _bring_up_to_date(
    uow: UnitOfWork, desk: Desk, rows: Mapping[UUID, Row]
) -> list[Row]:
    """Apply newer revisions; return the rows of candidates that changed."""
    found = await candidates.lock_by_posts(uow.session, uow.region_id, rows)
    changed = []
    for candidate in found:
        row = rows[candidate.post_id]
        if candidate.revision < row["revision"]:
            candidate.revision = row["revision"]
            if candidate.status != DECIDED:
                _revise(candidate, row, desk)
                changed.append(row)
    copies = await cases.lock_posts(uow.session, uow.region_id, rows)
    for copy in copies:
        if copy.revision < rows[copy.post_id]["revision"]:
            _revise_copy(copy, rows[copy.post_id], uow)
    return changed


REVISED = (
    "url",
    "text",
    "matches",
    "words",
    "topic",
    "topic_confidence",
    "municipality",
    "authority",
    "reasons",
    "urgency",
    "status",
)

NAMES = ("post_key", "parent_key")
"""What is learnt of a post once and never forgotten."""


def _revise(candidate: Candidate, row: Row, desk: Desk) -> None:
    """Replace what depends on the text; the clock still runs from the first one."""
    for name in REVISED:
        setattr(candidate, name, row[name])
    for name in NAMES:
        setattr(candidate, name, row[name] or getattr(candidate, name))
    urgency = URGENCIES[candidate.urgency]
    candidate.deadline_at = desk.deadline(candidate.received_at, urgency)
    candidate.version += 1


def _revise_copy(copy: IncidentPost, row: Row, uow: UnitOfWork) -> None:
    """Bring a post inside an incident up to date, and say that it was changed."""
    copy.revision = row["revision"]
    if row["status"] == GONE:
        copy.deleted_at = uow.now
        return
    if copy.text != row["text"]:
        copy.edited_at = uow.now
    copy.text, copy.url, copy.matches = row["text"], row["url"], row["matches"]
    copy.post_key = row["post_key"] or copy.post_key
    copy.parent_key = row["parent_key"] or copy.parent_key
    copy.deleted_at = None


def _standing(row: Row) -> tell.Standing:
    """A deleted post is no candidate any more, it was only taken in."""
    if row["status"] == GONE:
        return tell.Standing(row["post_id"], tell.TAKEN_IN)
    return tell.Standing(
        row["post_id"], tell.CANDIDATE, row["topic"], row["municipality"]
    )
