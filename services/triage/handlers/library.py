"""What a new region starts with: topics, authorities, routing, calendar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.domain.calendar import special_days
from services.triage.store import reference
from shared.ids import new_id
from shared.library import starter, table
from shared.library.starter import Authority, Starter

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Places:
    """What the general library cannot know of a region.

    `administrations` answer for municipal topics, by the code of their municipality;
    `days_off` are regional holidays.
    """

    administrations: Mapping[str, Authority] = field(default_factory=dict)
    days_off: Iterable[Any] = ()


NOWHERE = Places()


async def install_library(
    session: AsyncSession, region_id: int, *, places: Places = NOWHERE
) -> None:
    """Give a region the library; what it has changed since is left as it is.

    Called by the administrator's command line; a second call changes nothing but
    what a newer library adds.
    """
    library = starter.load()
    given = [*library.authorities, *places.administrations.values()]
    groups = _rows(region_id, _groups(library))
    await reference.add_topic_groups(session, groups)
    await reference.add_topics(session, _rows(region_id, _topics(library)))
    await reference.add_authorities(session, _rows(region_id, _authorities(given)))
    if not await reference.has_rules(session, region_id):
        rules = list(_rules(library, places.administrations))
        await reference.add_rules(session, _rows(region_id, rules))
    await reference.add_days(session, _rows(region_id, _days(places.days_off)))


def _rows(region_id: int, rows: Iterable[Row]) -> list[Row]:
    return [{"region_id": region_id, **row} for row in rows]


def _groups(library: Starter) -> Iterable[Row]:
    for position, group in enumerate(library.groups):
        yield {
            "code": group.code,
            "position": position,
            "name_ru": group.name,
            "name_en": group.name_en,
        }


def _topics(library: Starter) -> Iterable[Row]:
    for group in library.groups:
        for position, topic in enumerate(group.topics):
            yield {
                "code": topic.code,
                "group_code": group.code,
                "position": position,
                "name_ru": topic.name,
                "name_en": topic.name_en,
                "is_urgent": topic.urgent,
            }


def _authorities(authorities: Iterable[Authority]) -> Iterable[Row]:
    for position, authority in enumerate(authorities):
        yield {
            "code": authority.code,
            "position": position,
            "name": authority.name,
            "short_name": authority.short_name,
        }


def _rules(library: Starter, administrations: Mapping[str, Authority]) -> Iterable[Row]:
    """Municipal topics go to the administration of the place, when there is one."""
    local: list[tuple[str, str | None, str]] = [
        (topic.code, municipality, administration.code)
        for topic in library.topics
        if topic.municipal
        for municipality, administration in administrations.items()
    ]
    general = [(topic.code, None, topic.authority) for topic in library.topics]
    rules = [*local, *general]
    for position, (topic, municipality, authority) in enumerate(rules, 1):
        yield {
            "id": new_id(),
            "position": position,
            "topic": topic,
            "municipality": municipality,
            "authority": authority,
        }


def _days(days_off: Iterable[Any]) -> Iterable[Row]:
    for day, kind in special_days(table("calendar_ru.toml")).items():
        yield {"day": day, "kind": str(kind)}
    for day in days_off:
        yield {"day": day, "kind": "off"}
