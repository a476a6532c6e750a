"""Trying a query: on the archive, portion by portion, or on a pasted text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from services.ingest.domain.trial import (
    DAYS,
    Looked,
    Position,
    Sample,
    Trial,
    continued,
    covered_days,
)
from services.ingest.handlers.receive import redacted
from services.ingest.handlers.rulebooks import Rulebook, Rulebooks
from services.ingest.handlers.rules import check_query
from services.ingest.handlers.rules import get as get_rule
from services.ingest.rules import Match, Matcher, compile_rule
from services.ingest.store import dry_runs
from services.ingest.store import rules as rule_store
from shared.errors import Conflict, NotFound
from shared.identity import store as identity
from shared.ids import lowest_id_at, new_id
from shared.models.rules import DryRun
from shared.uow import UnitOfWork

JOB: Final = "dry_run"
PORTION: Final = 200
"""Posts of one transaction: the matcher of new posts waits no longer than for these."""

MOST_RUNNING: Final = 3
_TRIED: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a run has found so far, ready to be told.

    `shared` counts hits by rule (id, name), most first; `samples` pairs a post with
    the positions of the words.
    """

    run: DryRun
    trial: Trial
    covered_days: int
    shared: Sequence[tuple[UUID, str, int]]
    samples: Sequence[tuple[Row[Any], tuple[Position, ...]]]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a query does with one text: None where it does not catch it."""

    positions: tuple[Position, ...] | None
    others: Sequence[tuple[UUID, str]]


async def start(uow: UnitOfWork, query: str, rule_id: UUID | None) -> DryRun:
    """Begin to try a query on the archive; `rule_id` is the rule it may replace."""
    check_query(query)
    if rule_id is not None:
        await get_rule(uow, rule_id)
    if await dry_runs.running(uow.session, uow.region_id) >= MOST_RUNNING:
        raise Conflict(f"{MOST_RUNNING} dry runs are under way; wait for one to end.")
    first = lowest_id_at(uow.now - timedelta(days=DAYS))
    run = DryRun(
        region_id=uow.region_id,
        rule_id=rule_id,
        query=query,
        first_id=first,
        at_id=first,
        last_id=new_id(),
        rung_at=uow.now,
        created_by=uow.principal.name,
        created_at=uow.now,
        changed_at=uow.now,
    )
    uow.session.add(run)
    # It is a search of the archive, and is audited like one: without names in it.
    uow.audit("rule.tried", "dry_run", run.id, query=redacted(query).text)
    uow.ring(JOB, uow.region_id, str(run.id))
    return run


async def go_on(uow: UnitOfWork, run_id: UUID, rulebooks: Rulebooks) -> bool:
    """Look at the next posts of a run; False when nothing is left to do."""
    run = await dry_runs.begun(uow.session, run_id)
    if run is None:
        return False
    since = run.created_at - timedelta(days=DAYS)
    if run.total is None:
        run.total = await dry_runs.count(uow.session, run, since=since)
    posts = await dry_runs.next_posts(uow.session, run, since=since, limit=PORTION)
    book = await rulebooks.of(uow.session, uow.region_id, uow.now)
    zone = ZoneInfo(await identity.zone_of(uow.session, uow.region_id))
    _write(run, continued(_read(run), _look(run, posts, book, zone)))
    run.changed_at = run.rung_at = uow.now
    run.rings = 1
    if len(posts) < PORTION:
        run.state = "done"
        return False
    run.at_id = posts[-1].id
    return True


def _look(
    run: DryRun, posts: Sequence[Row[Any]], book: Rulebook, zone: ZoneInfo
) -> list[Looked]:
    matcher = Matcher([compile_rule(_TRIED, 1, run.query)])
    found = matcher.match([book.asked_of(post) for post in posts])
    caught = [post for post, hit in zip(posts, found, strict=True) if hit]
    matched = book.matcher.match([book.asked_of(post) for post in caught])
    others = {
        post.id: _others(each, book, run.rule_id)
        for post, each in zip(caught, matched, strict=True)
    }
    return [
        Looked(
            post.id,
            post.published_at.astimezone(zone).date(),
            hit[0].positions if hit else None,
            others.get(post.id, ()),
            post.is_offered,
        )
        for post, hit in zip(posts, found, strict=True)
    ]


def _others(
    matches: Sequence[Match], book: Rulebook, but: UUID | None
) -> tuple[UUID, ...]:
    return tuple(
        match.rule_id
        for match in matches
        if match.rule_id != but and book.rules[match.rule_id].state == "active"
    )


async def give_up(uow: UnitOfWork, run_id: UUID, error: str) -> None:
    """End a run that cannot go on, with the reason."""
    run = await dry_runs.begun(uow.session, run_id)
    if run is not None:
        run.state, run.error, run.changed_at = "failed", error[:1000], uow.now


async def get(uow: UnitOfWork, run_id: UUID) -> Found:
    """Tell what a run has found so far."""
    run = await dry_runs.one(uow.session, uow.region_id, run_id)
    if run is None:
        raise NotFound("dry run", run_id)
    trial = _read(run)
    zone = ZoneInfo(await identity.zone_of(uow.session, uow.region_id))
    names = {
        rule.id: rule.name
        for rule in await rule_store.listed(uow.session, uow.region_id)
    }
    positions = {sample.post_id: sample.positions for sample in trial.samples}
    texts = await dry_runs.texts(uow.session, uow.region_id, list(positions))
    ordered = sorted(trial.shared.items(), key=lambda each: -each[1])
    return Found(
        run,
        trial,
        covered_days(trial.days, run.created_at.astimezone(zone).date()),
        [(rule_id, names.get(rule_id, ""), hits) for rule_id, hits in ordered],
        [(post, positions[post.id]) for post in texts],
    )


async def try_text(
    uow: UnitOfWork, query: str, text: str, rule_id: UUID | None, rulebooks: Rulebooks
) -> Tried:
    """Say whether a query catches a text, and which active rules do."""
    check_query(query)
    if rule_id is not None:
        await get_rule(uow, rule_id)
    (found,) = Matcher([compile_rule(_TRIED, 1, query)]).match([text])
    book = await rulebooks.of(uow.session, uow.region_id, uow.now)
    (matches,) = book.matcher.match([text])
    others = _others(matches, book, rule_id)
    return Tried(
        found[0].positions if found else None,
        [(each, book.rules[each].name) for each in others],
    )


def _read(run: DryRun) -> Trial:
    return Trial(
        run.seen,
        run.hits,
        run.alone,
        run.candidates,
        {date.fromisoformat(day): (n[0], n[1]) for day, n in run.days.items()},
        {UUID(rule): hits for rule, hits in run.shared.items()},
        tuple(_sample(each) for each in run.samples),
    )


def _sample(kept: dict[str, Any]) -> Sample:
    positions = tuple((start, end) for start, end in kept["positions"])
    return Sample(UUID(kept["post_id"]), positions)


def _write(run: DryRun, trial: Trial) -> None:
    run.seen, run.hits = trial.seen, trial.hits
    run.alone, run.candidates = trial.alone, trial.candidates
    run.days = {day.isoformat(): list(n) for day, n in trial.days.items()}
    run.shared = {str(rule): hits for rule, hits in trial.shared.items()}
    run.samples = [
        {**asdict(each), "post_id": str(each.post_id)} for each in trial.samples
    ]
