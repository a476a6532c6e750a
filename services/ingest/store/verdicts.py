"""Verdicts of moderators on the hits of rules, and their sums by week."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.ingest.domain.quality import Tally, Verdict
from services.ingest.store.rows import columns, unnest
from shared.models.rules import RuleVerdict

_KINDS: Final = tuple(Verdict)
_TALLIES: Final = ", ".join(f"sum({kind})::int AS {kind}" for kind in _KINDS)
_CELL: Final = ("rule_id", "rule_version", "week")

_DROP: Final = text("""
DELETE FROM ingest.rule_verdict WHERE post_id = ANY(CAST(:posts AS uuid[]))
RETURNING rule_id, rule_version, week, verdict
""")

_GIVE: Final = text(f"""
INSERT INTO ingest.rule_verdict
    (post_id, rule_id, region_id, rule_version, verdict, week, decided_at)
SELECT DISTINCT ON (m.post_id, m.rule_id) m.post_id, m.rule_id, m.region_id,
    m.rule_version, given.verdict, CAST(:week AS date), CAST(:now AS timestamptz)
FROM {unnest(post_id="uuid", verdict="text")}
JOIN ingest.match AS m ON m.post_id = given.post_id
WHERE m.region_id = CAST(:region AS int)
ORDER BY m.post_id, m.rule_id, m.revision DESC
RETURNING rule_id, rule_version, week, verdict
""")  # noqa: S608 -- built of constants

_SUM: Final = text(f"""
INSERT INTO ingest.rule_week (region_id, {", ".join((*_CELL, *_KINDS))})
SELECT CAST(:region AS int), given.* FROM {
    unnest(
        rule_id="uuid",
        rule_version="int",
        week="date",
        **dict.fromkeys(_KINDS, "int"),
    )
}
ON CONFLICT (rule_id, rule_version, week) DO UPDATE SET
    {", ".join(f"{kind} = rule_week.{kind} + excluded.{kind}" for kind in _KINDS)}
""")  # noqa: S608 -- the same

_MEASURED: Final = text(f"""
SELECT r.id, {_TALLIES}
FROM ingest.rule AS r JOIN ingest.rule_week AS w
    ON w.rule_id = r.id AND w.rule_version >= r.measured_from AND w.week >= :since
WHERE r.region_id = :region
    AND (CAST(:rules AS uuid[]) IS NULL OR r.id = ANY(CAST(:rules AS uuid[])))
GROUP BY r.id
""")  # noqa: S608 -- the same

_HITS: Final = text("""
SELECT v.verdict, p.text, p.network, p.kind, s.name AS source_name, s.municipality
FROM ingest.rule_verdict AS v
JOIN ingest.post AS p ON p.id = v.post_id
JOIN ingest.source AS s ON s.id = p.source_id
WHERE v.rule_id = :rule AND v.region_id = :region AND v.rule_version >= :measured_from
    AND v.decided_at >= :since AND p.deleted_at IS NULL
ORDER BY v.decided_at DESC LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Week:
    """The verdicts of one week, the Monday given."""

    week: date
    tally: Tally


async def replace(
    session: AsyncSession,
    region: int,
    verdicts: Mapping[UUID, Verdict | None],
    *,
    week: date,
    now: datetime,
) -> list[UUID]:
    """Put verdicts in the place of older ones; name the rules they are about.

    The caller has locked the posts. A post whose verdict is as before changes nothing.
    """
    before = await _standing(session, list(verdicts))
    changed = [post for post, each in verdicts.items() if each != before.get(post)]
    if not changed:
        return []
    cells: Counter[tuple[Any, ...]] = Counter()
    for row in await session.execute(_DROP, {"posts": changed}):
        cells[tuple(row)] -= 1
    given = [(post, each) for post in changed if (each := verdicts[post]) is not None]
    if given:
        arrays = columns(("post_id", "verdict"), given)
        asked = {"region": region, "week": week, "now": now, **arrays}
        for row in await session.execute(_GIVE, asked):
            cells[tuple(row)] += 1
    await _add_up(session, region, cells)
    return sorted({cell[0] for cell in cells})


async def _standing(session: AsyncSession, posts: Sequence[UUID]) -> dict[UUID, str]:
    query = select(RuleVerdict.post_id, RuleVerdict.verdict)
    rows = await session.execute(query.where(col(RuleVerdict.post_id).in_(posts)))
    return {row.post_id: row.verdict for row in rows}


async def _add_up(
    session: AsyncSession, region: int, cells: Counter[tuple[Any, ...]]
) -> None:
    """Change the sums, in the order in which all transactions lock them."""
    keys = sorted({cell[:3] for cell, change in cells.items() if change})
    if not keys:
        return
    rows = [(*key, *(cells[*key, kind] for kind in _KINDS)) for key in keys]
    await session.execute(_SUM, {"region": region, **columns((*_CELL, *_KINDS), rows)})


async def measured(
    session: AsyncSession,
    region: int,
    *,
    since: date,
    rules: Sequence[UUID] | None = None,
) -> dict[UUID, Tally]:
    """Sum the verdicts of rules, all of the region's if none are named.

    Only weeks from `since` on and versions from `measured_from` on count; a rule
    without any is left out.
    """
    asked = {"region": region, "since": since, "rules": rules}
    return {row.id: _tally(row) for row in await session.execute(_MEASURED, asked)}


async def weeks(
    session: AsyncSession, region: int, rule_id: UUID, *, since: date
) -> list[Week]:
    """List a rule's weeks with verdicts, all its versions together, oldest first."""
    query = text(f"""
        SELECT week, {_TALLIES} FROM ingest.rule_week
        WHERE rule_id = :rule AND region_id = :region AND week >= :since
        GROUP BY week ORDER BY week
    """)  # noqa: S608 -- built of constants
    asked = {"rule": rule_id, "region": region, "since": since}
    rows = await session.execute(query, asked)
    return [Week(row.week, _tally(row)) for row in rows]


async def hits(
    session: AsyncSession,
    region: int,
    rule_id: UUID,
    *,
    measured_from: int,
    since: datetime,
    limit: int,
) -> Sequence[Row[Any]]:
    """Read verdicts of a rule's decided hits, and the posts, the latest first."""
    asked = {
        "rule": rule_id,
        "region": region,
        "measured_from": measured_from,
        "since": since,
        "limit": limit,
    }
    return (await session.execute(_HITS, asked)).all()


def _tally(row: Row[Any]) -> Tally:
    return Tally(*(getattr(row, kind) for kind in _KINDS))
