"""Taking an incident back that should never have been opened."""

from collections.abc import Sequence

from services.triage.domain.decision import Decision
from services.triage.domain.fields import Mistake
from services.triage.domain.keys import search_keys
from services.triage.domain.states import OVER
from services.triage.handlers import tell
from services.triage.handlers.history import note
from services.triage.handlers.opening import JOIN, take_over
from services.triage.handlers.take_in import DECIDED, GONE, NEW
from services.triage.handlers.turn import Turn
from services.triage.store import candidates, cases, incidents
from shared.errors import Conflict, invalid
from shared.models.triage import Candidate, Incident, IncidentPost


async def withdraw(turn: Turn) -> str | None:
    """End an incident that was a mistake; its posts stand as if it had not been.

    They go back to the queue with the clock they came with, or to the incident they
    repeat, or are set aside as no complaints. Figures leave the incident out and
    count it as withdrawn.
    """
    incident, mistake = turn.incident, turn.details.mistake
    posts = await cases.posts_of(turn.uow.session, incident.id)
    ids = [post.post_id for post in posts]
    # Candidates are locked before posts everywhere, so that nobody waits in a ring.
    decided = await candidates.lock_by_posts(turn.uow.session, turn.uow.region_id, ids)
    # At once: a query below writes the row, and the database wants both or neither.
    incident.status, incident.closed_at = turn.after.status, turn.uow.now
    incident.closing_reason = mistake
    match mistake:
        case Mistake.WRONG_CANDIDATE:
            await _back_to_the_queue(turn, posts, decided)
        case Mistake.DUPLICATE:
            await _to_the_other(turn, posts, decided)
        case _:
            await _set_aside(turn, decided)
    return turn.details.reason


async def _back_to_the_queue(
    turn: Turn, posts: Sequence[IncidentPost], decided: Sequence[Candidate]
) -> None:
    """Let the posts wait for a decision again; their deadlines are the old ones.

    A post without a candidate (from an import) stays where it is.
    """
    back = {candidate.post_id: candidate for candidate in decided}
    for post in posts:
        candidate = back.get(post.post_id)
        if candidate is None:
            continue
        _forget_decision(candidate)
        candidate.text, candidate.url = post.text, post.url
        candidate.words = search_keys(post.text)
        if post.deleted_at is not None:
            candidate.status = GONE
        await turn.uow.session.delete(post)
    turn.incident.post_count -= len(back)
    await turn.uow.session.flush()
    tell.undecided(turn.uow, decided)
    standings = [
        tell.Standing(
            one.post_id,
            tell.CANDIDATE if one.status == NEW else tell.TAKEN_IN,
            one.topic,
            one.municipality,
        )
        for one in decided
    ]
    await tell.posts(turn.uow, turn.desk, standings)


def _forget_decision(candidate: Candidate) -> None:
    candidate.status = NEW
    candidate.decision = candidate.tone = candidate.note = None
    candidate.incident_id = candidate.decided_at = None
    candidate.decided_by = candidate.decided_by_name = None
    candidate.version += 1


async def _to_the_other(
    turn: Turn, posts: Sequence[IncidentPost], decided: Sequence[Candidate]
) -> None:
    """Join the posts to the incident they repeat: the earliest post counts there."""
    other = await _other(turn)
    for post in posts:
        post.incident_id = other.id
    for candidate in decided:
        candidate.decision, candidate.incident_id = Decision.JOIN, other.id
        candidate.authority = other.authority
        candidate.version += 1
    turn.incident.post_count = 0
    take_over(other, turn.incident, turn.desk, len(posts))
    shown = f"№ {turn.incident.number}"
    note(turn.uow, other, JOIN, shown=shown, posts=len(posts))
    await turn.uow.session.flush()
    tell.decided(turn.uow, decided, other)
    tell.incidents(turn.uow, turn.desk, [other])
    ids = [post.post_id for post in posts]
    await tell.incident_posts(turn.uow, turn.desk, other, ids)


async def _other(turn: Turn) -> Incident:
    """Lock the incident that is repeated.

    Two incidents withdrawn as repeating each other at once would wait for each
    other: the database ends one of the two, and its caller tries again.
    """
    wanted = turn.details.incident_id
    if wanted is None or wanted == turn.incident.id:
        raise invalid("incident_id", "must be another incident")
    other = await incidents.lock(turn.uow.session, turn.uow.region_id, wanted)
    if other is None:
        raise invalid("incident_id", "there is no such incident")
    if other.status in OVER:
        raise Conflict(f"Incident {other.number} is over; no post joins it.")
    return other


async def _set_aside(turn: Turn, decided: Sequence[Candidate]) -> None:
    """The posts were no complaints; they stay to be seen beside the incident."""
    for candidate in decided:
        candidate.decision = Decision.NOT_COMPLAINT
        candidate.tone = candidate.incident_id = candidate.authority = None
        candidate.status = DECIDED
        candidate.decided_at = turn.uow.now
        candidate.decided_by = turn.uow.principal.id
        candidate.decided_by_name = turn.uow.principal.name
        candidate.version += 1
    tell.decided(turn.uow, decided, None)
