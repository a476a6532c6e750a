"""Reading: the queue, one candidate, the incidents, one case."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.domain.desk import Desk
from services.triage.domain.keys import search_keys
from services.triage.domain.similar import (
    Described,
    Similar,
    similar,
    telling_words,
)
from services.triage.handlers.sight import authority_limit, incident, require_queue
from services.triage.store import candidates, cases, incidents, postings
from services.triage.store import desk as desks
from shared.errors import NotFound
from shared.models.posting import OfficialPage
from shared.models.triage import Candidate, Incident
from shared.uow import UnitOfWork

MOST_DIGITS = 9
"""A longer number cannot be an incident's."""

UrgentPlace = tuple[int, datetime, UUID]
NewestPlace = tuple[datetime, UUID]
IncidentsPage = Callable[
    [AsyncSession, int, incidents.Filters], Awaitable[Sequence[Incident]]
]


@dataclass(frozen=True)
class Queue:
    """A page of candidates; one more than asked for says that there are others."""

    items: Sequence[Candidate]
    counts: candidates.Counts
    desk: Desk


@dataclass(frozen=True)
class Incidents:
    """A page of incidents; one more than asked for says that there are others."""

    items: Sequence[Incident]
    counts: Mapping[str, int]
    desk: Desk


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Filters of the incidents; the days are the region's, both included.

    `q` is a number («1042», «№ 1042») or words in any of their forms.
    """

    filters: incidents.Filters
    q: str | None = None
    opened_from: date | None = None
    opened_to: date | None = None


@dataclass(frozen=True)
class CaseFile:
    """One incident with everything that belongs to it."""

    incident: Incident
    case: cases.Case
    copied: Mapping[UUID, int]
    pages: Sequence[OfficialPage]
    desk: Desk


async def urgent_queue(
    uow: UnitOfWork, wanted: candidates.Filters, after: UrgentPlace | None, limit: int
) -> Queue:
    """Read the queue in the order of work."""
    require_queue(uow.principal)
    items = await candidates.urgent_page(
        uow.session, uow.region_id, wanted, after=after, limit=limit + 1
    )
    return await _queue(uow, items)


async def newest_queue(
    uow: UnitOfWork, wanted: candidates.Filters, after: NewestPlace | None, limit: int
) -> Queue:
    """Read the queue from its newest end."""
    require_queue(uow.principal)
    items = await candidates.newest_page(
        uow.session, uow.region_id, wanted, after=after, limit=limit + 1
    )
    return await _queue(uow, items)


async def _queue(uow: UnitOfWork, items: Sequence[Candidate]) -> Queue:
    counts = await candidates.counts(uow.session, uow.region_id, now=uow.now)
    return Queue(items, counts, await desks.desk(uow.session, uow.region_id))


async def candidate(
    uow: UnitOfWork, candidate_id: UUID
) -> tuple[Candidate, list[Similar], Desk]:
    """Read one candidate with the open incidents it may belong to."""
    require_queue(uow.principal)
    found = await candidates.one(uow.session, uow.region_id, candidate_id)
    if found is None:
        raise NotFound("candidate", candidate_id)
    desk = await desks.desk(uow.session, uow.region_id)
    return found, await _similar(uow, found), desk


async def _similar(uow: UnitOfWork, found: Candidate) -> list[Similar]:
    if found.status != "new":
        return []
    near = await incidents.like_place_or_topic(
        uow.session,
        uow.region_id,
        topic=found.topic,
        municipality=found.municipality,
    )
    described = Described(found.topic, found.municipality, telling_words(found.text))
    return similar(described, near)


async def newest_incidents(
    uow: UnitOfWork, wanted: Wanted, after: int | None, limit: int
) -> Incidents:
    """Read incidents, the latest number first."""
    page = partial(incidents.newest_page, after=after, limit=limit + 1)
    return await _incidents(uow, wanted, page)


async def waiting_incidents(
    uow: UnitOfWork, wanted: Wanted, after: NewestPlace | None, limit: int
) -> Incidents:
    """Read incidents without an answer, the earliest deadline first."""
    page = partial(incidents.deadline_page, after=after, limit=limit + 1)
    return await _incidents(uow, wanted, page)


async def _incidents(uow: UnitOfWork, wanted: Wanted, page: IncidentsPage) -> Incidents:
    desk = await desks.desk(uow.session, uow.region_id)
    items = await page(uow.session, uow.region_id, _filters(uow, wanted, desk))
    return Incidents(items, await _counts(uow), desk)


def _filters(uow: UnitOfWork, wanted: Wanted, desk: Desk) -> incidents.Filters:
    """Complete the filters with what the caller may see and where the days begin."""
    zone, after = ZoneInfo(desk.zone), wanted.opened_to
    number = (wanted.q or "").strip().lstrip("№#").strip()
    is_number = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    words = frozenset() if is_number else telling_words(wanted.q or "")
    return replace(
        wanted.filters,
        visible_to=authority_limit(uow.principal),
        opened_from=_midnight(wanted.opened_from, zone),
        opened_before=_midnight(after and after + timedelta(days=1), zone),
        number=int(number) if is_number else None,
        words=words,
    )


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


async def _counts(uow: UnitOfWork) -> Mapping[str, int]:
    return await incidents.counts(
        uow.session,
        uow.region_id,
        visible_to=authority_limit(uow.principal),
        now=uow.now,
    )


async def case_file(uow: UnitOfWork, incident_id: UUID) -> CaseFile:
    """Read one incident with everything that belongs to it."""
    found = await incident(uow, incident_id)
    case = await cases.case(uow.session, found.id)
    desk = await desks.desk(uow.session, uow.region_id)
    copied = {reply.copy_of for reply in case.replies if reply.copy_of}
    others = (
        await incidents.by_ids(uow.session, uow.region_id, copied) if copied else []
    )
    pages = await postings.pages(uow.session, uow.region_id)
    return CaseFile(found, case, {one.id: one.number for one in others}, pages, desk)


def wanted_words(q: str | None) -> tuple[int, ...]:
    """The keys a search in the queue looks for."""
    return tuple(search_keys(q)) if q else ()
