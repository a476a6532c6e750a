"""Incidents over HTTP: the list, one case, opening by hand."""

from http import HTTPStatus
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
from services.triage.deps import Kit, KitDep, Reader, Writer
from services.triage.handlers import browse
from services.triage.schemas.case import Incident, incident_of
from services.triage.schemas.incidents import (
    IncidentPage,
    IncidentQuery,
    IncidentSummary,
)
from services.triage.schemas.steps import OpenIn
from services.triage.store.incidents import Filters
from shared.models.triage import Incident as Row
from shared.uow import UnitOfWork

router = APIRouter(prefix="/triage/incidents", tags=["incidents"])


@router.get("", summary="A page of incidents", responses=problems(422))
async def read_incidents(
    uow: Reader, kit: KitDep, query: Annotated[IncidentQuery, Query()]
) -> IncidentPage:
    """List incidents, the latest number or the earliest deadline first.

    An executor sees those of the own authority. `from` and `to` are days of
    opening, both included, in the region's time.
    """
    paging = Paging.of(uow, kit, query)
    found = await _ORDERS[query.sort](uow, query, paging.place)
    rows, cursor = paging.cut(found.items, _PLACES[query.sort])
    return IncidentPage(
        items=[IncidentSummary.of(row, found.desk, uow.now) for row in rows],
        next_cursor=cursor,
        counts=dict(found.counts),
    )


async def _newest(
    uow: UnitOfWork, query: IncidentQuery, place: Place | None
) -> browse.Incidents:
    after = int(place[0]) if place else None
    return await browse.newest_incidents(uow, _wanted(uow, query), after, query.limit)


async def _waiting(
    uow: UnitOfWork, query: IncidentQuery, place: Place | None
) -> browse.Incidents:
    after = moment_and_id(place) if place else None
    return await browse.waiting_incidents(uow, _wanted(uow, query), after, query.limit)


_ORDERS = {"newest": _newest, "deadline": _waiting}


def _newest_place(row: Row) -> Place:
    return (row.number,)


def _waiting_place(row: Row) -> Place:
    return (row.deadline_at.isoformat(), str(row.id))


_PLACES = {"newest": _newest_place, "deadline": _waiting_place}


def _wanted(uow: UnitOfWork, query: IncidentQuery) -> browse.Wanted:
    filters = Filters(
        status=query.status,
        authority=query.authority,
        municipality=query.municipality,
        topic=query.topic,
        person=uow.principal.id if query.mine else None,
        overdue_at=uow.now if query.overdue else None,
    )
    return browse.Wanted(
        filters=filters,
        q=query.q,
        opened_from=query.opened_from,
        opened_to=query.opened_to,
    )


@router.post(
    "",
    summary="Open an incident by hand",
    status_code=HTTPStatus.CREATED,
    responses=problems(400, 409, 422),
)
async def open_incident(
    body: OpenIn, uow: Writer, kit: KitDep, response: Response
) -> Incident:
    """Open an incident from a call or a letter, or of posts that wait in the queue.

    Without an authority the routing rules name one.
    """
    incident = await handlers.open_by_hand(uow, body.asked())
    return await answer(uow, kit, incident.id, response)


@router.get("/{incident_id}", summary="One incident", responses=problems(404, 422))
async def read_incident(
    incident_id: UUID, uow: Reader, kit: KitDep, response: Response
) -> Incident:
    """Show the whole case: posts, replies, who held it how long, what may be done."""
    return await answer(uow, kit, incident_id, response)


async def answer(
    uow: UnitOfWork, kit: Kit, incident_id: UUID, response: Response
) -> Incident:
    """Answer the whole case as it stands in this transaction."""
    await uow.session.flush()
    file = await browse.case_file(uow, incident_id)
    etag(response, file.incident.version)
    return incident_of(file, uow.principal, kit.publishers, uow.now)
