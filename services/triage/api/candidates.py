"""The queue over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.triage import handlers
from services.triage.api.common import (
    Paging,
    Place,
    etag,
    moment_and_id,
    problems,
)
from services.triage.deps import IfMatch, KitDep, Reader, Writer
from services.triage.domain.desk import URGENCIES
from services.triage.handlers import browse
from services.triage.schemas.candidates import (
    Candidate,
    CandidatePage,
    CandidateQuery,
    DecisionIn,
    QueueCounts,
)
from services.triage.schemas.case import Decided
from services.triage.schemas.incidents import IncidentSummary
from services.triage.store.candidates import Filters
from shared.models.triage import Candidate as Row
from shared.uow import UnitOfWork

router = APIRouter(prefix="/triage/candidates", tags=["queue"])


@router.get("", summary="A page of the queue", responses=problems(422))
async def read_queue(
    uow: Reader, kit: KitDep, query: Annotated[CandidateQuery, Query()]
) -> CandidatePage:
    """List candidates, the most urgent or the newest first.

    `urgent` is the order of work: high urgency, then the earliest deadline. There
    is no filter by person: we measure authorities, never residents. Executors get
    403.
    """
    paging = Paging.of(uow, kit, query)
    queue = await _ORDERS[query.sort](uow, query, paging.place)
    rows, cursor = paging.cut(queue.items, _PLACES[query.sort])
    return CandidatePage(
        items=[Candidate.of(row, queue.desk, uow.now) for row in rows],
        next_cursor=cursor,
        counts=QueueCounts.model_validate(queue.counts, from_attributes=True),
    )


async def _urgent(
    uow: UnitOfWork, query: CandidateQuery, place: Place | None
) -> browse.Queue:
    after = (int(place[0]), *moment_and_id(place[1:])) if place else None
    return await browse.urgent_queue(uow, _filters(uow, query), after, query.limit)


async def _newest(
    uow: UnitOfWork, query: CandidateQuery, place: Place | None
) -> browse.Queue:
    after = moment_and_id(place) if place else None
    return await browse.newest_queue(uow, _filters(uow, query), after, query.limit)


_ORDERS = {"urgent": _urgent, "newest": _newest}


def _urgent_place(row: Row) -> Place:
    return (row.urgency, row.deadline_at.isoformat(), str(row.id))


def _newest_place(row: Row) -> Place:
    return (row.received_at.isoformat(), str(row.id))


_PLACES = {"urgent": _urgent_place, "newest": _newest_place}


def _filters(uow: UnitOfWork, query: CandidateQuery) -> Filters:
    return Filters(
        status=query.status,
        urgency=URGENCIES.index(query.urgency) if query.urgency else None,
        overdue_at=uow.now if query.overdue else None,
        topic=query.topic,
        municipality=query.municipality,
        network=query.network,
        words=browse.wanted_words(query.q),
    )


@router.get("/{candidate_id}", summary="One candidate", responses=problems(404, 422))
async def read_candidate(
    candidate_id: UUID, uow: Reader, response: Response
) -> Candidate:
    """Show a candidate with the open incidents that may be about the same problem."""
    row, similar, desk = await browse.candidate(uow, candidate_id)
    etag(response, row.version)
    return Candidate.of(row, desk, uow.now, similar)


@router.post(
    "/{candidate_id}/decision",
    summary="Decide about a candidate",
    responses=problems(400, 404, 409, 412, 422),
)
async def decide(
    candidate_id: UUID,
    body: DecisionIn,
    uow: Writer,
    response: Response,
    if_match: IfMatch,
) -> Decided:
    """Open an incident, join one, or say that it is none; once per candidate.

    A topic, place and authority left out are taken from the suggestions and the
    routing rules. Of two moderators the second gets 409 with the name of the first.
    """
    row, incident, desk = await handlers.decide_candidate(
        uow, candidate_id, body.asked(), if_match
    )
    etag(response, row.version)
    return Decided(
        candidate=Candidate.of(row, desk, uow.now),
        incident=incident and IncidentSummary.of(incident, desk, uow.now),
    )
