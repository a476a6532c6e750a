"""The SQL of the figures equals a naive count of the facts, whatever they are."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.reports import handlers, schemas
from services.reports.handlers import Asked
from shared.contracts import CandidateFact, IncidentFact
from shared.db import EVERY_REGION, Database
from shared.delivery import Courier
from shared.identity import access
from shared.ids import new_id
from shared.models.identity import Region
from shared.uow import Work
from tests.factories import NOW
from tests.services.reports.facts import make_candidate, make_incident, take
from tests.services.reports.oracle import World, report

# New York changes its clocks on the 8th, Havana does so at midnight.
ZONES = ["Europe/Moscow", "Asia/Kamchatka", "America/New_York", "America/Havana"]
FIRST, LAST = date(2026, 3, 7), date(2026, 3, 10)

HALF_HOUR = timedelta(minutes=30)
START = datetime(2026, 3, 5, tzinfo=UTC)
IDS = [new_id() for _ in range(40)]

Fact = IncidentFact | CandidateFact


def a_moment(random: Random) -> datetime:
    """Some half hour, as often outside the period as inside."""
    return START + random.randrange(8 * 48) * HALF_HOUR


def an_incident(random: Random) -> IncidentFact:
    """Any incident that makes sense: with or without deadline, answer, end."""
    answered = random.choice([None, a_moment(random), a_moment(random)])
    is_withdrawn = answered is None and random.random() < 0.3
    return make_incident(
        incident_id=random.choice(IDS),
        version=random.randint(1, 3),
        authority=random.choice(["water", "roads", None]),
        municipality=random.choice(["severny", "lesnoy", None]),
        topic=random.choice(["hot-water", "snow"]),
        opened_at=a_moment(random),
        deadline_at=random.choice([None, a_moment(random), a_moment(random)]),
        answered_at=answered,
        answered_in_time=random.choice([True, False, None]) if answered else None,
        answer_minutes=random.choice([None, random.randint(0, 600)])
        if answered
        else None,
        status="withdrawn" if is_withdrawn else "new",
        closed_at=a_moment(random)
        if is_withdrawn
        else random.choice([None, a_moment(random)]),
    )


def a_candidate(random: Random) -> CandidateFact:
    """Any decided candidate, of a known incident, an unknown one or none."""
    return make_candidate(
        candidate_id=random.choice(IDS),
        version=random.randint(1, 3),
        decision=random.choice(["open", "join", "noise", "not_complaint"]),
        authority=random.choice(["water", "roads", None]),
        municipality=random.choice(["severny", "lesnoy", None]),
        topic=random.choice(["hot-water", "snow"]),
        incident_id=random.choice([None, *IDS]),
        received_at=a_moment(random),
    )


def some_messages(random: Random) -> list[list[Fact]]:
    """Facts in the order they arrive, old versions among them."""
    makers = (an_incident, a_candidate)
    facts = [random.choice(makers)(random) for _ in range(random.randint(0, 120))]
    return [facts[start : start + 20] for start in range(0, len(facts), 20)]


filters = st.fixed_dictionaries(
    {},
    optional={
        "authority": st.sampled_from(["water", "roads"]),
        "municipality": st.just("severny"),
        "topic": st.sampled_from(["hot-water", "snow"]),
    },
)


@pytest.mark.no_cover
@given(
    seed=st.integers(0, 2**32),
    zone=st.sampled_from(ZONES),
    wanted=filters,
    hours=st.integers(-72, 24),
)
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_report_equals_the_oracle(
    owner: Database,
    work: Work,
    seed: int,
    zone: str,
    wanted: dict[str, str],
    hours: int,
) -> None:
    now = NOW + timedelta(hours=hours)
    region = await a_region(owner, zone)
    courier = Courier(work, handlers.HANDLERS)
    sent = some_messages(Random(seed))  # noqa: S311 -- facts, not secrets
    for facts in sent:
        await take(courier, region.id, *facts)

    everything = await asked(work, region, now)
    narrowed = await asked(work, region, now, **wanted)

    told = [fact for facts in sent for fact in facts]
    world = World(
        kept([fact for fact in told if isinstance(fact, IncidentFact)]),
        kept([fact for fact in told if isinstance(fact, CandidateFact)]),
        FIRST,
        LAST,
        zone,
        now,
    )
    assert everything == report(world)
    assert narrowed == report(world, **wanted)


async def a_region(owner: Database, zone: str) -> Region:
    """Make a region of its own for each example: no cleaning between them."""
    async with owner.session(EVERY_REGION) as session:
        return await access.create_region(
            session, new_id().hex, "Регион", zone=zone, now=NOW
        )


def kept(facts: list[Any]) -> tuple[Any, ...]:
    """Keep the first fact with the highest version of each thing."""
    found: dict[UUID, Any] = {}
    for fact in facts:
        key = getattr(fact, "candidate_id", None) or fact.incident_id
        if key not in found or fact.version > found[key].version:
            found[key] = fact
    return tuple(found.values())


async def asked(
    work: Work, region: Region, now: datetime, **wanted: str
) -> dict[str, Any]:
    """Ask the service, and shape the answer like the oracle's."""
    looking = Work(work.database, work.schema, work.queue, clock=lambda: now)
    async with looking.unit(region.id or 0) as uow:
        answer = await handlers.report(uow, Asked(FIRST, LAST, **wanted))
    body = schemas.kpi_out(answer).model_dump()
    parts = {
        key: {part.pop("code"): without_name(part) for part in body[key]}
        for key in ("authorities", "municipalities")
    }
    return {"totals": body["totals"], "days": body["days"], **parts}


def without_name(part: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the oracle does not know."""
    del part["name"]
    return part


async def test_the_rebuilt_roll_up_is_the_one_the_messages_made(
    owner: Database, work: Work
) -> None:
    region = await a_region(owner, "Europe/Moscow")
    courier = Courier(work, handlers.HANDLERS)
    first, second = make_incident(), make_incident(authority="roads")
    posts = [
        make_candidate(incident_id=incident.incident_id)
        for incident in (first, second, second)
    ]
    await take(courier, region.id, *posts, first, second)
    await take(
        courier, region.id, first.model_copy(update={"version": 2, "authority": None})
    )
    before = await asked(work, region, NOW)

    async with work.unit(region.id or 0) as uow:
        await handlers.rebuild_days(uow)

    assert await asked(work, region, NOW) == before
