"""Taking facts in, answering a report, handing it out."""

import asyncio
from datetime import date, timedelta

import pytest

from services.reports import handlers, schemas
from services.reports.handlers import Asked
from shared.audit import log as audit_log
from shared.contracts import IncidentsChanged
from shared.delivery import Courier
from shared.errors import NotFound
from shared.ids import new_id
from shared.models.identity import Region
from shared.uow import Work
from tests.factories import NOW
from tests.services.reports.facts import (
    DEADLINE,
    make_answered,
    make_candidate,
    make_incident,
    take,
)

TODAY = date(2026, 3, 11)
YESTERDAY = NOW - timedelta(days=1)


async def kpi(work: Work, region: Region, **asked: object) -> schemas.Kpi:
    """Ask for a report as a route does."""
    async with work.unit(region.id or 0) as uow:
        return schemas.kpi_out(await handlers.report(uow, Asked(**asked)))  # type: ignore[arg-type] -- a test's shorthand


async def test_a_report_of_one_answered_and_one_overdue_incident(
    courier: Courier, work: Work, region: Region, other: Region
) -> None:
    answered = make_answered(90)
    late = make_incident(
        authority="roads",
        authority_name="Дорожная служба",
        deadline_at=NOW - timedelta(minutes=1),
    )
    post = make_candidate(incident_id=answered.incident_id)
    noise = make_candidate(decision="noise")
    await take(courier, region.id, answered, late, post, noise)
    await take(courier, other.id, make_answered(5), make_candidate())

    report = await kpi(work, region, first=TODAY, last=TODAY)

    assert report.totals == schemas.Figures(
        complaints=1,
        incidents=2,
        answered=1,
        due=2,
        answered_in_time=1,
        share_in_time=0.5,
        median_minutes=90,
        p90_minutes=90,
        overdue_now=1,
        withdrawn=0,
        low_volume=True,
    )
    assert report.days == [
        schemas.Day(day=TODAY, complaints=1, incidents=2, answered=1)
    ]
    assert [(row.code, row.name, row.overdue_now) for row in report.authorities] == [
        ("water", "Водоканал", 0),
        ("roads", "Дорожная служба", 1),
    ]
    assert [(row.code, row.complaints) for row in report.municipalities] == [
        ("severny", 1)
    ]


async def test_an_older_version_changes_nothing(
    courier: Courier, work: Work, region: Region
) -> None:
    newer = make_answered(version=3)
    older = make_incident(
        incident_id=newer.incident_id, version=2, authority_name="Старое имя"
    )
    post = make_candidate(version=2, incident_id=newer.incident_id)
    undone = post.model_copy(update={"version": 1, "decision": "noise"})
    await take(courier, region.id, newer, post)
    before = await kpi(work, region)

    await take(courier, region.id, older, undone)

    assert await kpi(work, region) == before


async def test_a_message_taken_twice_counts_once(
    courier: Courier, work: Work, region: Region
) -> None:
    facts = (make_answered(), make_candidate())
    await take(courier, region.id, *facts)
    before = await kpi(work, region)

    await take(courier, region.id, *facts)

    assert await kpi(work, region) == before


async def test_a_later_decision_takes_the_complaint_back(
    courier: Courier, work: Work, region: Region
) -> None:
    post = make_candidate()
    await take(courier, region.id, post, make_candidate())

    undone = post.model_copy(update={"version": 2, "decision": "not_complaint"})
    await take(courier, region.id, undone)

    assert (await kpi(work, region)).totals.complaints == 1


async def test_posts_move_with_their_incident(
    courier: Courier, work: Work, region: Region
) -> None:
    incident = make_incident(authority=None, authority_name=None, deadline_at=None)
    posts = [make_candidate(incident_id=incident.incident_id) for _ in range(3)]
    await take(courier, region.id, incident, *posts)
    unassigned = (await kpi(work, region)).authorities

    moved = {"version": 2, "authority": "roads", "authority_name": "Дорожная служба"}
    await take(courier, region.id, incident.model_copy(update=moved))

    assigned = (await kpi(work, region)).authorities
    assert [(row.code, row.complaints) for row in unassigned] == [(None, 3)]
    assert [(row.code, row.complaints) for row in assigned] == [("roads", 3)]


async def test_a_post_waits_where_the_moderator_put_it_for_its_incident(
    courier: Courier, work: Work, region: Region
) -> None:
    await take(courier, region.id, make_candidate(authority="roads", topic=""))

    report = await kpi(work, region)

    assert [(row.code, row.name, row.complaints) for row in report.authorities] == [
        ("roads", "roads", 1)
    ]


async def test_both_messages_of_a_decision_may_arrive_at_once(
    courier: Courier, work: Work, region: Region
) -> None:
    incidents = [make_incident(authority="roads") for _ in range(8)]
    posts = [make_candidate(incident_id=i.incident_id) for i in incidents]
    await asyncio.gather(
        *(take(courier, region.id, fact) for fact in [*posts, *incidents])
    )

    report = await kpi(work, region)

    assert [(row.code, row.complaints) for row in report.authorities] == [("roads", 8)]


async def test_a_renamed_authority_is_shown_by_its_new_name(
    courier: Courier, work: Work, region: Region
) -> None:
    await take(courier, region.id, make_incident(), make_incident(authority_name=None))

    await take(courier, region.id, make_incident(authority_name="Горводоканал"))

    assert [row.name for row in (await kpi(work, region)).authorities] == [
        "Горводоканал"
    ]


@pytest.mark.parametrize(
    "wanted", [{"authority": "water"}, {"municipality": "severny"}, {"topic": "snow"}]
)
async def test_a_narrowed_report_leaves_the_rest_out(
    courier: Courier, work: Work, region: Region, wanted: dict[str, str]
) -> None:
    places = {"authority": "roads", "municipality": "lesnoy", "topic": "hot-water"}
    inside, outside = make_answered(**(places | wanted)), make_answered(**places)
    posts = [make_candidate(incident_id=i.incident_id) for i in (inside, outside)]
    await take(courier, region.id, inside, outside, *posts)

    totals = (await kpi(work, region, **wanted)).totals

    assert (totals.complaints, totals.incidents, totals.answered) == (1, 1, 1)


async def test_an_unknown_code_is_an_empty_report(
    courier: Courier, work: Work, region: Region
) -> None:
    await take(courier, region.id, make_answered(), make_candidate())

    report = await kpi(work, region, first=TODAY, authority="'; DROP TABLE x --")

    assert report.totals == schemas.Figures(
        complaints=0,
        incidents=0,
        answered=0,
        due=0,
        answered_in_time=0,
        share_in_time=None,
        median_minutes=None,
        p90_minutes=None,
        overdue_now=0,
        withdrawn=0,
        low_volume=True,
    )
    assert report.days == [
        schemas.Day(day=TODAY, complaints=0, incidents=0, answered=0)
    ]
    assert (report.authorities, report.municipalities) == ([], [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"deadline_at": NOW}, (0, 0)),
        ({"deadline_at": NOW - timedelta(seconds=1)}, (1, 1)),
        ({"deadline_at": YESTERDAY}, (0, 1)),
        ({"deadline_at": NOW - timedelta(hours=1), "closed_at": NOW}, (1, 0)),
        ({"deadline_at": None}, (0, 0)),
        ({"deadline_at": DEADLINE}, (0, 0)),
    ],
)
async def test_overdue_without_an_answer_is_not_in_time(
    courier: Courier,
    work: Work,
    region: Region,
    changes: dict[str, object],
    expected: tuple[int, int],
) -> None:
    await take(courier, region.id, make_incident(**changes))

    totals = (await kpi(work, region, first=TODAY)).totals

    assert (totals.due, totals.overdue_now) == expected
    assert totals.answered_in_time == 0


async def test_an_export_is_audited(work: Work, region: Region) -> None:
    async with work.unit(region.id or 0) as uow:
        name, content = await handlers.export_csv(
            uow, Asked(last=TODAY, topic="snow"), language="en"
        )

    async with work.unit(region.id or 0) as uow:
        (row,) = await audit_log.rows(uow.session, region.id or 0)
    assert name == "otklik-kpi-2026-02-10-2026-03-11.csv"
    assert content.startswith("\ufeffSection;Code;Name;Complaints;".encode())
    assert (
        '"action":"report.exported","actor":"otklik","actor_id":null,'
        '"actor_kind":"system","at":"2026-03-11T09:00:00+00:00",'
        '"detail":{"first":"2026-02-10","language":"en","last":"2026-03-11",'
        '"topic":"snow"},"key":"otklik-kpi-2026-02-10-2026-03-11.csv",'
        '"thing":"report"' in row.body
    )


async def test_a_message_of_an_unknown_region_is_refused(work: Work) -> None:
    with pytest.raises(NotFound):
        async with work.unit(77) as uow:
            await handlers.take_incidents(
                uow, IncidentsChanged(region_id=77, incidents=(make_incident(),))
            )


async def test_an_empty_message_is_taken(courier: Courier, region: Region) -> None:
    await take(courier, region.id, message_id=None)


async def test_the_zone_of_the_region_decides_the_day(
    courier: Courier, work: Work, region: Region
) -> None:
    just_after_midnight = NOW.replace(hour=21, minute=0)
    await take(courier, region.id, make_candidate(received_at=just_after_midnight))

    report = await kpi(work, region, first=TODAY, last=TODAY + timedelta(days=1))

    assert [(day.day, day.complaints) for day in report.days] == [
        (TODAY, 0),
        (TODAY + timedelta(days=1), 1),
    ]


async def test_ids_of_another_region_do_not_collide(
    courier: Courier, work: Work, region: Region, other: Region
) -> None:
    shared_id = new_id()
    await take(courier, region.id, make_incident(incident_id=shared_id))

    await take(courier, other.id, make_incident(incident_id=shared_id, version=2))

    assert (await kpi(work, region)).totals.incidents == 1
    assert (await kpi(work, other)).totals.incidents == 1
