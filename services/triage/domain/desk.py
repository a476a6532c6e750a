"""What the desk of one region goes by: names, calendar, limits, suggestions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.triage.domain.calendar import (
    MINUTE,
    NINE_TO_SIX,
    Calendar,
    DayKind,
    read_hours,
)
from services.triage.domain.clock import Clock
from services.triage.domain.gazetteer import Place, PlaceKind
from services.triage.domain.incident import Policy
from services.triage.domain.routing import Routing, RoutingRule
from services.triage.domain.urgency import Urgency

FIRST_ANSWER: Final = 480
URGENT_ANSWER: Final = 240
"""Working minutes to the first answer when the region sets nothing else."""

URGENCIES: Final = (Urgency.HIGH, Urgency.NORMAL)
"""In the order of work; the database keeps the place in it."""

WORKDAYS: Final = 5


@dataclass(frozen=True, slots=True)
class TopicName:
    """A topic as it is shown, with its group; English names may be missing."""

    code: str
    name: str
    name_en: str
    group_code: str
    group_name: str
    is_urgent: bool
    group_name_en: str = ""


@dataclass(frozen=True)
class Desk:
    """A region's reference data; every mapping is from code, in the shown order."""

    zone: str
    settings: Mapping[str, Any]
    special_days: tuple[tuple[Any, DayKind], ...]
    topics: Mapping[str, TopicName]
    authorities: Mapping[str, str]
    municipalities: Mapping[str, Place]

    @cached_property
    def calendar(self) -> Calendar:
        """The region's working time."""
        hours = self.settings.get("working_hours")
        return _calendar(self.zone, hours, self.special_days)

    @property
    def policy(self) -> Policy:
        """The region's choices about approval."""
        return Policy(four_eyes=bool(self.settings.get("four_eyes", True)))

    def routing(self, rules: Sequence[RoutingRule]) -> Routing:
        """Who answers for what where, by the region's rules."""
        groups = {code: topic.group_code for code, topic in self.topics.items()}
        return Routing(rules, groups)

    def known_topic(self, code: str | None) -> str | None:
        """The code when this region has such a topic."""
        return code if code in self.topics else None

    def known_municipality(self, code: str | None) -> str | None:
        """The code when this region has such a municipality."""
        return code if code in self.municipalities else None

    def topic_name(self, code: str | None) -> str | None:
        """The shown name of a topic."""
        topic = self.topics.get(code) if code else None
        return topic.name if topic else None

    def municipality_name(self, code: str | None) -> str | None:
        """The shown name of a municipality."""
        place = self.municipalities.get(code) if code else None
        return place.name if place else None

    def urgency(self, topic: str | None, found: Urgency) -> Urgency:
        """Words of the text or the topic itself may make a candidate urgent."""
        known = self.topics.get(topic) if topic else None
        return Urgency.HIGH if known and known.is_urgent else found

    def limit(self, urgency: Urgency) -> int:
        """Working minutes to the first answer."""
        if urgency is Urgency.HIGH:
            return int(self.settings.get("urgent_answer_minutes", URGENT_ANSWER))
        return int(self.settings.get("first_answer_minutes", FIRST_ANSWER))

    def deadline(self, received_at: datetime, urgency: Urgency) -> datetime:
        """The end of the minute in which the time to the first answer runs out.

        Time is counted in whole minutes, so the begun one is still in time.
        """
        exact = Clock(self.calendar, received_at, self.limit(urgency)).deadline_at
        begun = timedelta(seconds=exact.second, microseconds=exact.microsecond)
        return exact + (MINUTE - begun if begun else begun)

    def remaining_minutes(self, deadline_at: datetime, now: datetime) -> int:
        """Working minutes to a deadline, negative when it has passed."""
        return self.calendar.working_minutes_between(now, deadline_at)


def municipality(code: str, name: str, aliases: tuple[str, ...] = ()) -> Place:
    """Describe a place of the first level."""
    return Place(PlaceKind.MUNICIPALITY, name, code, aliases)


# Laying out a year of working time takes longer than a page may; regions are few
# and their hours change seldom.
@lru_cache(maxsize=64)
def _calendar(
    zone: str, hours: str | None, special: tuple[tuple[Any, DayKind], ...]
) -> Calendar:
    day = read_hours(hours) if hours else NINE_TO_SIX
    week = (day,) * WORKDAYS + ((), ())
    return Calendar(ZoneInfo(zone), week, dict(special))
