"""Measuring rules by what moderators decide, and drawing the consequences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ingest.domain.quality import (
    DEFAULT_LIMIT,
    Judgement,
    Tally,
    judge,
    verdict_of,
    wilson,
)
from services.ingest.handlers.rules import put_version
from services.ingest.store import rule_hits, verdicts
from services.ingest.store import rules as rule_store
from shared.contracts import PostLabel
from shared.identity import store as identity
from shared.ids import lowest_id_at
from shared.models.rules import Rule
from shared.uow import UnitOfWork

MEASURED_WEEKS: Final = 13
"""Verdicts of so many weeks, this one included, count: about ninety days."""

HITS_DAYS: Final = 30
LIMIT_SETTING: Final = "rule_rejected_limit"
OPINIONS: Final = "opinions"
"""Why Otklik suspended a rule, as a code."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A rule with its figures; `today` is the region's."""

    rule: Rule
    today: date
    limit: float = DEFAULT_LIMIT
    hits: int = 0
    tally: Tally = field(default_factory=Tally)


async def take_verdicts(
    uow: UnitOfWork, labels: Mapping[UUID, PostLabel], changed: Sequence[UUID]
) -> None:
    """Learn from newly labelled posts; the caller holds their rows."""
    given = {
        post_id: verdict_of(
            label.status, label.tone, has_incident=label.incident_id is not None
        )
        for post_id in changed
        if (label := labels.get(post_id))
    }
    today = await today_of(uow)
    rules = await verdicts.replace(
        uow.session, uow.region_id, given, week=_monday(today), now=uow.now
    )
    if rules:
        await judge_rules(uow, rules)


async def judge_rules(uow: UnitOfWork, rules: Sequence[UUID] | None = None) -> None:
    """Flag, relieve or suspend rules by their figures; all of them if none is named.

    The rule is locked before the set of rules, as where a person changes a rule.
    """
    limit = await limit_of(uow)
    found = await rule_store.judged(uow.session, uow.region_id, rules)
    tallies = await _tallies(uow, rules)
    has_suspended = False
    for row in found:
        tally = tallies.get(row.id, Tally())
        judgement = judge(tally, limit=limit)
        if _is_settled(judgement, row.state, is_flagged=row.flagged_at is not None):
            continue
        rule = await rule_store.one(uow.session, uow.region_id, row.id, lock=True)
        if rule is not None:
            has_suspended |= _settle(uow, rule, judgement, tally)
    if has_suspended:
        await rule_store.bump(uow.session, uow.region_id)


def _is_settled(judgement: Judgement, state: str, *, is_flagged: bool) -> bool:
    is_suspended = state == "suspended" or not judgement.is_mostly_opinions
    return judgement.is_flagged == is_flagged and is_suspended


def _settle(uow: UnitOfWork, rule: Rule, judgement: Judgement, tally: Tally) -> bool:
    """Do what follows from a judgement; True when the rule has been suspended."""
    rejected = wilson(tally.rejected, tally.decided)
    figures = {
        "decided": tally.decided,
        "rejected": tally.rejected,
        "opinions": tally.opinion,
        "at_least": f"{rejected.low:.3f}" if rejected else "0",
    }
    if judgement.is_flagged and rule.flagged_at is None:
        rule.flagged_at = uow.now
        uow.audit("rule.flagged", "rule", rule.id, version=rule.version, **figures)
    elif not judgement.is_flagged and rule.flagged_at is not None:
        # A rule that was suspended gets no more hits: it does not get better by it.
        if rule.state_reason == OPINIONS:
            return False
        rule.flagged_at = None
        uow.audit("rule.flag_lifted", "rule", rule.id, version=rule.version, **figures)
    if not judgement.is_mostly_opinions or rule.state == "suspended":
        return False
    rule.state, rule.state_reason = "suspended", OPINIONS
    put_version(uow, rule, reason=OPINIONS)
    uow.audit(
        "rule.suspended",
        "rule",
        rule.id,
        version=rule.version,
        reason=OPINIONS,
        **figures,
    )
    return True


async def review(uow: UnitOfWork) -> None:
    """Count the hits of the days that are over and judge every rule; once a day."""
    zone = await _zone(uow)
    today = uow.now.astimezone(zone).date()
    first = today - timedelta(days=HITS_DAYS)
    counted = await rule_hits.counted_to(uow.session, uow.region_id)
    day = max(first, counted + timedelta(days=1)) if counted else first
    while day < today:
        span = _span(day, day + timedelta(days=1), zone)
        await rule_hits.count_day(uow.session, uow.region_id, day, span)
        day += timedelta(days=1)
    await judge_rules(uow)


async def list_measured(uow: UnitOfWork) -> list[Measured]:
    """List the region's rules by name with their figures."""
    rules = await rule_store.listed(uow.session, uow.region_id)
    return await _measured(uow, rules)


async def measured(uow: UnitOfWork, rule: Rule) -> Measured:
    """Add its figures to a rule."""
    (found,) = await _measured(uow, [rule])
    return found


async def _measured(uow: UnitOfWork, rules: Sequence[Rule]) -> list[Measured]:
    ids = [rule.id for rule in rules]
    zone = await _zone(uow)
    today = uow.now.astimezone(zone).date()
    limit = await limit_of(uow)
    hits = await _hits(uow, today, zone)
    tallies = await _tallies(uow, ids)
    return [
        Measured(
            rule, today, limit, hits.get(rule.id, 0), tallies.get(rule.id, Tally())
        )
        for rule in rules
    ]


async def _hits(uow: UnitOfWork, today: date, zone: ZoneInfo) -> dict[UUID, int]:
    first = today - timedelta(days=HITS_DAYS - 1)
    counted = await rule_hits.counted_to(uow.session, uow.region_id)
    uncounted = max(first, counted + timedelta(days=1)) if counted else first
    span = _span(uncounted, today + timedelta(days=1), zone)
    return await rule_hits.since(uow.session, uow.region_id, first, span)


async def _tallies(uow: UnitOfWork, rules: Sequence[UUID] | None) -> dict[UUID, Tally]:
    since = await first_week(uow)
    return await verdicts.measured(uow.session, uow.region_id, since=since, rules=rules)


async def first_week(uow: UnitOfWork) -> date:
    """Name the Monday of the first week that still counts."""
    monday = _monday(await today_of(uow))
    return monday - timedelta(weeks=MEASURED_WEEKS - 1)


async def today_of(uow: UnitOfWork) -> date:
    """Say which day it is where the region is."""
    return uow.now.astimezone(await _zone(uow)).date()


async def limit_of(uow: UnitOfWork) -> float:
    """Read the share of rejected hits the region bears."""
    settings = await identity.settings_of(uow.session, uow.region_id)
    return float(settings.get(LIMIT_SETTING, DEFAULT_LIMIT))


async def _zone(uow: UnitOfWork) -> ZoneInfo:
    return ZoneInfo(await identity.zone_of(uow.session, uow.region_id))


def _span(first: date, end: date, zone: ZoneInfo) -> rule_hits.Span:
    low, high = (
        lowest_id_at(datetime(day.year, day.month, day.day, tzinfo=zone))
        for day in (first, end)
    )
    return rule_hits.Span(low, high)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
