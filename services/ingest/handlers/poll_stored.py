"""A poll that went well: posts, deletions and the cursor in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.domain.pace import next_turn
from services.ingest.handlers import cursors
from services.ingest.handlers.arrivals import Taken
from services.ingest.handlers.brought import Brought, TakenIn, take_in_each
from services.ingest.sources.base import Cursor, Fetched
from services.ingest.sources.remarks import Remark
from services.ingest.store import sources as source_store
from shared.models.ingest import Source
from shared.networks.calls import is_skewed
from shared.uow import UnitOfWork
from shared.vault import Vault

POLL_JOB: Final = "poll_source"
_SOONEST: Final = timedelta(seconds=5)
"""When comments are asked for again that waited too long for their turns."""

_MOST_SHAPES: Final = 50
_LONGEST: Final = 500

TOUCHED: Final = "touched"
"""Name in a cursor under which hooks leave what must be read again."""

MOST_TOUCHED: Final = 500


@dataclass(frozen=True, slots=True)
class Sight:
    """Under what conditions a source was asked: when, from where on, by which clock."""

    began: datetime
    cursor: Cursor
    skew: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    """A source that was asked, and what it brought."""

    source: Source
    fetched: Fetched
    sight: Sight


async def store(uow: UnitOfWork, polled: Sequence[Polled], vault: Vault) -> None:
    """Store what polls of a region brought, then where the next ones begin.

    All of it is one transaction; the sources are locked in it.
    """
    brought = [Brought(each.source, each.fetched, each.sight.began) for each in polled]
    for each, told in zip(polled, await take_in_each(uow, brought, vault), strict=True):
        await _go_on(uow, each, told, vault)


async def _go_on(uow: UnitOfWork, polled: Polled, told: TakenIn, vault: Vault) -> None:
    source, fetched, sight = polled.source, polled.fetched, polled.sight
    cursor = with_touched(fetched.cursor, _touched_meanwhile(source, sight))
    is_moved = cursor != cursors.opened(source.cursor, vault, source.id)
    source.cursor = cursors.sealed(cursor, vault, source.id)
    await source_store.learn_native(uow.session, source, fetched.native)
    _well(uow, source, fetched, sight)
    if told.lag is not None and sight.cursor:
        source.lag_s = round(told.lag.total_seconds())
    if fetched.more and is_moved:
        source.next_poll_at = uow.now + source_store.RUNG
        uow.ring(POLL_JOB, uow.region_id, str(source.id))
    elif fetched.again_after is not None and source.next_poll_at is not None:
        soon = uow.now + max(fetched.again_after, _SOONEST)
        source.next_poll_at = min(source.next_poll_at, soon)
    if told.taken.accepted:
        audit_posts(uow, source, told.taken, refused=len(fetched.refused))


def with_touched(cursor: Cursor, names: Sequence[str]) -> dict[str, Any]:
    """Add to a cursor what events name for reading again; the newest names stay."""
    if not names:
        return dict(cursor)
    named = dict.fromkeys([*cursor.get(TOUCHED, ()), *names])
    return {**cursor, TOUCHED: list(named)[-MOST_TOUCHED:]}


def _touched_meanwhile(source: Source, sight: Sight) -> list[str]:
    named, read_again = source.cursor.get(TOUCHED, ()), sight.cursor.get(TOUCHED, ())
    return [name for name in named if name not in read_again]


def _well(uow: UnitOfWork, source: Source, fetched: Fetched, sight: Sight) -> None:
    source.last_ok_at = uow.now
    told = _told(fetched)
    source.last_error = "; ".join(map(str, told))[:_LONGEST] or None
    source.remarks = [each.as_json() for each in told]
    source.error_kind = source.failing_since = None
    source.error_code = fetched.code  # of what the note tells, not of a failure
    source.failures = 0
    source.unknown = with_unknown(source.unknown, fetched.unknown or {})
    skew = fetched.skew or sight.skew
    source.skew_s = round(skew.total_seconds()) if skew and is_skewed(skew) else None
    if source.kind == "page" and source.next_figures_at is None:
        source.next_figures_at = uow.now
    pause = source_store.pause_of(source)
    source.next_poll_at = max(
        next_turn(source.id, pause, now=uow.now),
        uow.now + (fetched.poll_after or timedelta()),
    )


def with_unknown(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Add up unknown shapes; after the first fifty names the rest is one."""
    counted = dict(before)
    for name, number in more.items():
        kept = name if name in counted or len(counted) < _MOST_SHAPES else "other"
        counted[kept[:100]] = counted.get(kept[:100], 0) + number
    return counted


def _told(fetched: Fetched) -> tuple[Remark, ...]:
    """What an operator may want to know of a poll that went well."""
    if not fetched.refused:
        return fetched.notes
    first = fetched.refused[0][:_LONGEST]
    told: dict[str, int | str] = {"entries": len(fetched.refused), "first": first}
    return (*fetched.notes, Remark("refused-entries", told))


def audit_posts(uow: UnitOfWork, source: Source, taken: Taken, *, refused: int) -> None:
    """Record that posts of a source were taken in."""
    uow.audit(
        "posts.received",
        "source",
        source.id,
        accepted=taken.accepted,
        duplicates=taken.duplicates,
        rejected=refused,
    )
