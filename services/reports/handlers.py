"""Use cases: take facts in, answer a report, hand it out as a file."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reports import domain, store
from services.reports.renderers import kpi_csv
from shared import dead_letters
from shared.contracts import (
    CandidateFact,
    CandidatesDecided,
    Contract,
    IncidentFact,
    IncidentsChanged,
)
from shared.delivery import Handler
from shared.errors import NotFound
from shared.identity import store as identity
from shared.uow import UnitOfWork


@dataclass(frozen=True)
class Asked:
    """What a caller wants to know; None leaves it open."""

    first: date | None = None
    last: date | None = None
    authority: str | None = None
    municipality: str | None = None
    topic: str | None = None


@dataclass(frozen=True)
class Answer:
    """A report with what makes it reproducible: zone, moment and dictionary."""

    kpi: domain.Kpi
    zone: str
    as_of: datetime
    definitions_version: int


async def take_incidents(uow: UnitOfWork, message: IncidentsChanged) -> None:
    """Keep how incidents stand now, and what their codes are called.

    Their posts move with them in the roll-up.
    """
    session, region = uow.session, uow.region_id
    facts = domain.newest(
        message.incidents, key=lambda f: f.incident_id, version=lambda f: f.version
    )
    ids = [fact.incident_id for fact in facts]
    zone = await _zone(uow)
    await store.lock_region(session, region=region)
    before = await store.complaints_of_incidents(session, ids, region=region)
    known = await store.names(session, region=region)

    rows = [_incident_row(region, fact) for fact in facts]

    saved = await store.save_incidents(session, rows)
    after = await store.complaints_of_incidents(session, ids, region=region)
    change = domain.changes(before, after, zone)
    await store.add_to_days(session, change, region=region)
    found = _names(fact for fact in facts if fact.incident_id in saved)
    await store.save_names(session, dict(found.items() - known.items()), region=region)


async def take_candidates(uow: UnitOfWork, message: CandidatesDecided) -> None:
    """Keep what was decided about candidates, and count the complaints."""
    session, region = uow.session, uow.region_id
    facts = domain.newest(
        message.candidates, key=lambda f: f.candidate_id, version=lambda f: f.version
    )
    ids = [fact.candidate_id for fact in facts]
    zone = await _zone(uow)
    await store.lock_region(session, region=region)
    before = await store.complaints_of_candidates(session, ids, region=region)

    rows = [_candidate_row(region, fact) for fact in facts]

    await store.save_candidates(session, rows)
    after = await store.complaints_of_candidates(session, ids, region=region)
    change = domain.changes(before, after, zone)
    await store.add_to_days(session, change, region=region)


async def replay_letter(uow: UnitOfWork, letter_id: UUID) -> None:
    """Put a message that could not be taken in on its way again."""
    if not await dead_letters.replay(
        uow.session, uow.schema, uow.region_id, letter_id, now=uow.now
    ):
        raise NotFound("dead letter", letter_id)
    uow.audit("dead_letter.replayed", "dead_letter", letter_id)


def ask_for_rebuild(uow: UnitOfWork) -> None:
    """Have the worker count the roll-up anew."""
    uow.ring("rebuild", uow.region_id, once=f"rebuild-{uow.region_id}")
    uow.audit("report.rebuilt", "report", "complaint_day")


async def rebuild_days(uow: UnitOfWork) -> None:
    """Count the roll-up anew from the facts: after the region's zone was changed."""
    session, region = uow.session, uow.region_id
    zone = await _zone(uow)
    await store.lock_region(session, region=region)
    found = await store.complaints_of_region(session, region=region)

    change = domain.changes([], found, zone)

    await store.forget_days(session, region=region)
    await store.add_to_days(session, change, region=region)


HANDLERS: dict[type[Contract], Handler] = {
    IncidentsChanged: take_incidents,
    CandidatesDecided: take_candidates,
}


async def report(uow: UnitOfWork, asked: Asked) -> Answer:
    """Answer the figures of a period."""
    zone = await _zone(uow)
    period = domain.period(asked.first, asked.last, today=domain.today(uow.now, zone))
    question = store.Question(
        uow.region_id,
        period,
        zone,
        uow.now,
        asked.authority,
        asked.municipality,
        asked.topic,
    )

    await store.plan_for_this_question(uow.session)
    complaints = await store.complaints(uow.session, question)
    incidents = await store.incidents(uow.session, question)
    names = await store.names(uow.session, region=uow.region_id)
    version = await store.version(uow.session)

    kpi = domain.kpi(period, complaints, incidents, names)
    return Answer(kpi, zone, uow.now, version)


async def export_csv(
    uow: UnitOfWork, asked: Asked, *, language: str
) -> tuple[str, bytes]:
    """Return the report as a file with its name, and note who took it."""
    answer = await report(uow, asked)
    dictionary = await store.definitions(uow.session)

    style = kpi_csv.Style(
        {entry.code: getattr(entry, f"name_{language}") for entry in dictionary},
        DECIMAL_MARK[language],
    )
    content = kpi_csv.render(answer.kpi, style)

    period = answer.kpi.period
    name = f"otklik-kpi-{period.first}-{period.last}.csv"
    filters = {key: value for key, value in asdict(asked).items() if value}
    filters |= {"first": period.first.isoformat(), "last": period.last.isoformat()}
    uow.audit("report.exported", "report", name, **filters, language=language)
    return name, content


DECIMAL_MARK = {"ru": ",", "en": "."}
"""A Russian spreadsheet reads 12.5 as the twelfth of May."""


async def _zone(uow: UnitOfWork) -> str:
    regions = await identity.regions_by_ids(uow.session, [uow.region_id])
    if not regions:
        raise NotFound("region", uow.region_id)
    return regions[0].zone


def _incident_row(region: int, fact: IncidentFact) -> dict[str, Any]:
    names = {f"{place}_name" for place in domain.PLACES}
    return {
        "region_id": region,
        **_without_blanks(fact.model_dump(exclude=names)),
        "settled_at": domain.settled_at(
            deadline_at=fact.deadline_at,
            answered_at=fact.answered_at,
            in_time=fact.answered_in_time,
        ),
    }


def _candidate_row(region: int, fact: CandidateFact) -> dict[str, Any]:
    return {"region_id": region, **_without_blanks(fact.model_dump())}


def _without_blanks(row: dict[str, Any]) -> dict[str, Any]:
    """An empty code is no code."""
    return row | {place: row[place] or None for place in domain.PLACES}


def _names(facts: Iterable[IncidentFact]) -> dict[tuple[str, str], str]:
    return {
        (dimension, code): name
        for fact in facts
        for dimension in domain.PLACES
        if (code := getattr(fact, dimension))
        and (name := getattr(fact, f"{dimension}_name"))
    }
