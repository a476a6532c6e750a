"""A new region's library: installed once, the region's own changes kept."""

from datetime import date

from sqlalchemy import text

from services.triage.handlers import Places, install_library
from services.triage.store import desk as desks
from shared.db import EVERY_REGION, Database
from shared.library import starter
from tests.services.triage.world import World


async def test_a_region_gets_topics_authorities_routing_and_calendar(
    world: World,
) -> None:
    library = starter.load()

    async with world.work.unit(world.region_id) as uow:
        desk = await desks.desk(uow.session, uow.region_id)
        routing = await desks.routing(uow.session, uow.region_id, desk)

    assert list(desk.topics) == [topic.code for topic in library.topics]
    assert len(desk.authorities) == len(library.authorities) + 1
    assert len(desk.special_days) > 50
    found = {
        place: rule.authority
        for place in ("vetlogorsk", "luginsky", None)
        if (rule := routing.route("roads.pothole", place))
    }
    assert found == {
        "vetlogorsk": "adm-vetlogorsk",
        "luginsky": "roads",
        None: "roads",
    }


async def test_a_second_installation_changes_nothing(
    world: World, owner: Database
) -> None:
    async with owner.session(EVERY_REGION) as session:
        await session.execute(
            text(
                "UPDATE triage.topic SET name_ru = 'Вода' WHERE code LIKE '%hot_water'"
            )
        )
        await session.execute(
            text("DELETE FROM triage.routing_rule WHERE position > 1")
        )
        await install_library(session, world.region_id, places=Places())

    async with world.work.unit(world.region_id) as uow:
        desk = await desks.desk(uow.session, uow.region_id)
        routing = await desks.routing(uow.session, uow.region_id, desk)
    assert desk.topics["housing.hot_water"].name == "Вода"
    assert len(routing.rules) == 1


async def test_regional_holidays_stop_the_clock(world: World, owner: Database) -> None:
    async with owner.session(EVERY_REGION) as session:
        places = Places(days_off=[date(2026, 3, 12)])
        await install_library(session, world.region_id, places=places)

    async with world.work.unit(world.region_id) as uow:
        desk = await desks.desk(uow.session, uow.region_id)

    assert desk.calendar.hours_on(date(2026, 3, 12)) == ()
