"""Codes for the names another system uses; unknown ones are added to the region."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.domain.desk import Desk
from services.triage.domain.imported import code_of
from services.triage.store import desk as desks
from services.triage.store import reference
from shared.contracts import HandledIncident
from shared.uow import UnitOfWork

LAST = 1_000
"""Names from elsewhere stand behind the region's own."""


@dataclass(frozen=True)
class Names:
    """Codes by folded name."""

    topics: Mapping[str, str]
    authorities: Mapping[str, str]
    municipalities: Mapping[str, str]

    def topic(self, name: str | None) -> str | None:
        """The code of a topic."""
        return self.topics.get(_folded(name))

    def authority(self, name: str | None) -> str | None:
        """The code of an authority."""
        return self.authorities.get(_folded(name))

    def municipality(self, name: str | None) -> str | None:
        """The code of a municipality; None for a place the region does not have."""
        return self.municipalities.get(_folded(name))


async def names_of(
    uow: UnitOfWork, told: Sequence[HandledIncident]
) -> tuple[Desk, Names]:
    """Read the region's names, with those added that the incidents bring along."""
    desk = await desks.desk(uow.session, uow.region_id)
    if await _added(uow, _names(desk), told):
        desk = await desks.desk(uow.session, uow.region_id)
    return desk, _names(desk)


def _names(desk: Desk) -> Names:
    return Names(
        {_folded(topic.name): code for code, topic in desk.topics.items()},
        {_folded(name): code for code, name in desk.authorities.items()},
        {
            _folded(name): code
            for code, place in desk.municipalities.items()
            for name in (place.name, *place.aliases)
        },
    )


async def _added(
    uow: UnitOfWork, names: Names, told: Sequence[HandledIncident]
) -> bool:
    """Add what is missing; tell whether anything was."""
    topics = {
        one.topic: one.topic_group or one.topic
        for one in told
        if one.topic and names.topic(one.topic) is None
    }
    authorities = {
        one.authority
        for one in told
        if one.authority and names.authority(one.authority) is None
    }
    groups = _named(uow, sorted(set(topics.values())), "name_ru")
    rows = _named(uow, sorted(topics), "name_ru")
    linked = [{**row, "group_code": code_of(topics[row["name_ru"]])} for row in rows]
    bodies = _named(uow, sorted(authorities), "name")
    await reference.add_topic_groups(uow.session, groups)
    await reference.add_topics(uow.session, linked)
    await reference.add_authorities(
        uow.session, [{**row, "short_name": row["name"]} for row in bodies]
    )
    return bool(topics or authorities)


def _named(uow: UnitOfWork, names: Iterable[str], column: str) -> list[dict[str, Any]]:
    return [
        {
            "region_id": uow.region_id,
            "code": code_of(name),
            "position": LAST,
            column: name,
        }
        for name in names
    ]


def _folded(name: str | None) -> str:
    return " ".join((name or "").casefold().split())
