"""A region's reference data in one query, as the domain's values."""

from datetime import date
from functools import lru_cache

from sqlalchemy import Text, column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.domain.calendar import DayKind
from services.triage.domain.desk import Desk, TopicName, municipality
from services.triage.domain.gazetteer import Gazetteer, Place
from services.triage.domain.routing import Routing, RoutingRule
from services.triage.domain.suggestions import Library
from services.triage.domain.urgency import UrgentWords
from shared import library
from shared.errors import NotFound

# Every page needs some of it and each list is short: one round trip for all. The
# schema `identity` belongs to all services (shared/identity grants reading it).
_DESK = text(
    """
    SELECT region.zone, region.settings,
        (SELECT jsonb_agg(jsonb_build_array(day, kind) ORDER BY day)
            FROM triage.calendar_day WHERE region_id = :region) AS days,
        (SELECT jsonb_agg(jsonb_build_array(topic.code, topic.name_ru, topic.name_en,
                topic.group_code, topic_group.name_ru, topic.is_urgent,
                topic_group.name_en)
                ORDER BY topic_group.position, topic.position)
            FROM triage.topic JOIN triage.topic_group
                ON topic_group.region_id = topic.region_id
                AND topic_group.code = topic.group_code
            WHERE topic.region_id = :region) AS topics,
        (SELECT jsonb_agg(jsonb_build_array(code, name) ORDER BY position)
            FROM triage.authority WHERE region_id = :region) AS authorities,
        (SELECT jsonb_agg(jsonb_build_array(code, name, aliases) ORDER BY name)
            FROM identity.municipality WHERE region_id = :region) AS municipalities
    FROM identity.region WHERE region.id = :region
    """
).columns(
    column("zone", Text),
    *(
        column(name, JSONB)
        for name in ("settings", "days", "topics", "authorities", "municipalities")
    ),
)
_RULES = text(
    """
    SELECT position, authority, topic, topic_group, municipality
    FROM triage.routing_rule WHERE region_id = :region ORDER BY position
    """
)


async def desk(session: AsyncSession, region_id: int) -> Desk:
    """Read what the desk of a region goes by."""
    row = (await session.execute(_DESK, {"region": region_id})).first()
    if row is None:
        raise NotFound("region", region_id)
    return Desk(
        zone=row.zone,
        settings=row.settings,
        special_days=tuple(
            (date.fromisoformat(day), DayKind(kind)) for day, kind in row.days or ()
        ),
        topics={code: TopicName(code, *rest) for code, *rest in row.topics or ()},
        authorities=dict(row.authorities or ()),
        municipalities={
            code: municipality(code, name, tuple(aliases))
            for code, name, aliases in row.municipalities or ()
        },
    )


async def routing(session: AsyncSession, region_id: int, of: Desk) -> Routing:
    """Read who answers for what where."""
    rows = await session.execute(_RULES, {"region": region_id})
    return of.routing([RoutingRule(*row) for row in rows])


async def suggesting(session: AsyncSession, region_id: int, of: Desk) -> Library:
    """Read what suggestions are made from."""
    places = tuple(of.municipalities.values())
    known = await routing(session, region_id, of)
    return Library(_gazetteer(places), known, _urgent_words())


# Taking place names and urgent words apart takes longer than a message may.
@lru_cache(maxsize=64)
def _gazetteer(places: tuple[Place, ...]) -> Gazetteer:
    return Gazetteer(places, library.lines("place_words.txt"))


@lru_cache(maxsize=1)
def _urgent_words() -> UrgentWords:
    return UrgentWords(library.table("urgent_words.toml"))
