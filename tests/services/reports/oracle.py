"""The figures once more, naively: one fact at a time, straight from their words."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.contracts import CandidateFact, IncidentFact


@dataclass(frozen=True)
class World:
    """Everything a region was told, newest versions only, and when one looks at it."""

    incidents: tuple[IncidentFact, ...]
    candidates: tuple[CandidateFact, ...]
    first: date
    last: date
    zone: str
    now: datetime

    def has(self, moment: datetime | None) -> bool:
        return moment is not None and self.first <= self.day(moment) <= self.last

    def day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def place(self, post: CandidateFact, dimension: str) -> str | None:
        for incident in self.incidents:
            if incident.incident_id == post.incident_id:
                return getattr(incident, dimension)
        return getattr(post, dimension)


def report(world: World, **wanted: str) -> dict[str, Any]:
    """Answer totals, days, authorities and municipalities as the API does."""
    posts = [
        post
        for post in world.candidates
        if post.decision in ("open", "join")
        and world.has(post.received_at)
        and all(world.place(post, name) == code for name, code in wanted.items())
    ]
    incidents = [
        incident
        for incident in world.incidents
        if all(getattr(incident, name) == code for name, code in wanted.items())
    ]
    kept = [incident for incident in incidents if incident.status != "withdrawn"]
    return {
        "totals": _figures(world, posts, incidents),
        "days": _days(world, posts, kept),
        "authorities": _parts(world, posts, incidents, "authority"),
        "municipalities": _parts(world, posts, incidents, "municipality"),
    }


def _days(
    world: World, posts: list[CandidateFact], incidents: list[IncidentFact]
) -> list[dict[str, Any]]:
    found = []
    day = world.first
    while day <= world.last:
        found.append(
            {
                "day": day,
                "complaints": _on(world, day, [p.received_at for p in posts]),
                "incidents": _on(world, day, [i.opened_at for i in incidents]),
                "answered": _on(world, day, [i.answered_at for i in incidents]),
            }
        )
        day += timedelta(days=1)
    return found


def _on(world: World, day: date, moments: Iterable[datetime | None]) -> int:
    return sum(1 for m in moments if m is not None and world.day(m) == day)


def _parts(
    world: World,
    posts: list[CandidateFact],
    incidents: list[IncidentFact],
    dimension: str,
) -> dict[str | None, dict[str, Any]]:
    codes = {world.place(post, dimension) for post in posts}
    codes |= {getattr(incident, dimension) for incident in incidents}
    parts = {
        code: _figures(
            world,
            [post for post in posts if world.place(post, dimension) == code],
            [i for i in incidents if getattr(i, dimension) == code],
        )
        for code in codes
    }
    nothing = _figures(world, [], [])
    return {code: figures for code, figures in parts.items() if figures != nothing}


def _figures(
    world: World, posts: list[CandidateFact], incidents: list[IncidentFact]
) -> dict[str, Any]:
    withdrawn = [i for i in incidents if i.status == "withdrawn"]
    incidents = [i for i in incidents if i.status != "withdrawn"]
    answered = [i for i in incidents if world.has(i.answered_at)]
    kept = [i for i in incidents if _kept(i) and world.has(i.answered_at)]
    missed = [i for i in incidents if world.has(_missed_at(world, i))]
    due = len(kept) + len(missed)
    minutes = sorted(i.answer_minutes for i in answered if i.answer_minutes is not None)
    return {
        "complaints": len(posts),
        "incidents": sum(1 for i in incidents if world.has(i.opened_at)),
        "answered": len(answered),
        "due": due,
        "answered_in_time": len(kept),
        "share_in_time": round(len(kept) / due, 4) if due else None,
        "median_minutes": _percentile(minutes, 0.5),
        "p90_minutes": _percentile(minutes, 0.9),
        "overdue_now": sum(1 for i in incidents if _overdue(world, i)),
        "withdrawn": sum(1 for i in withdrawn if world.has(i.closed_at)),
        "low_volume": len(answered) < 5,
    }


def _kept(incident: IncidentFact) -> bool:
    return incident.answered_at is not None and incident.answered_in_time is True


def _missed_at(world: World, incident: IncidentFact) -> datetime | None:
    """When the deadline passed without an answer; None when it did not."""
    deadline, answered = incident.deadline_at, incident.answered_at
    if answered is None:
        return deadline if deadline is not None and deadline < world.now else None
    if incident.answered_in_time is not False:
        return None
    return answered if deadline is None else min(deadline, answered)


def _overdue(world: World, incident: IncidentFact) -> bool:
    waits = incident.answered_at is None and incident.closed_at is None
    return (
        waits
        and incident.deadline_at is not None
        and (incident.deadline_at < world.now)
    )


def _percentile(values: list[int], part: float) -> float | None:
    if not values:
        return None
    place = part * (len(values) - 1)
    low, high = values[math.floor(place)], values[math.ceil(place)]
    return round(low + (place - math.floor(place)) * (high - low), 2)
