"""A poll or a delivery that went well: posts, deletions and the cursor in one go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.domain.health import lag_at_first_sight
from services.ingest.domain.pace import next_turn
from services.ingest.domain.posts import IncomingPost, Network
from services.ingest.handlers.arrivals import Arrival, Taken
from services.ingest.handlers.bells import ring_index, ring_match
from services.ingest.handlers.missing import gone, scope_of
from services.ingest.handlers.receive import take_in
from services.ingest.sources.base import Cursor, Evidence, Fetched, FetchedPost
from services.ingest.sources.remarks import Remark
from services.ingest.store import batches, index_queue, watched
from services.ingest.store import sources as source_store
from services.ingest.store.rows import Key
from shared.ids import new_id
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
    """Under what conditions a source was asked; `touched` is what it read again."""

    began: datetime
    is_first: bool = False
    skew: timedelta | None = None
    touched: tuple[str, ...] = ()


async def store(
    uow: UnitOfWork, source: Source, fetched: Fetched, sight: Sight, vault: Vault
) -> None:
    """Store what a poll brought, then where the next one begins: one transaction."""
    taken, lag = await take_in_all(uow, source, fetched, sight, vault)
    cursor = with_touched(fetched.cursor, _touched_meanwhile(source, sight))
    is_moved = cursor != source.cursor
    source.cursor = cursor
    await source_store.learn_native(uow.session, source, fetched.native)
    _well(uow, source, fetched, sight)
    if lag is not None and not sight.is_first:
        source.lag_s = round(lag.total_seconds())
    if fetched.more and is_moved:
        source.next_poll_at = uow.now + source_store.RUNG
        uow.ring(POLL_JOB, uow.region_id, str(source.id))
    elif fetched.again_after is not None and source.next_poll_at is not None:
        soon = uow.now + max(fetched.again_after, _SOONEST)
        source.next_poll_at = min(source.next_poll_at, soon)
    if taken.accepted:
        audit_posts(uow, source, taken, refused=len(fetched.refused))


def with_touched(cursor: Cursor, names: Sequence[str]) -> dict[str, Any]:
    """Add to a cursor what events name for reading again; the newest names stay."""
    if not names:
        return dict(cursor)
    named = dict.fromkeys([*cursor.get(TOUCHED, ()), *names])
    return {**cursor, TOUCHED: list(named)[-MOST_TOUCHED:]}


def _touched_meanwhile(source: Source, sight: Sight) -> list[str]:
    named = source.cursor.get(TOUCHED, ())
    return [name for name in named if name not in sight.touched]


async def take_in_all(
    uow: UnitOfWork, source: Source, fetched: Fetched, sight: Sight, vault: Vault
) -> tuple[Taken, timedelta | None]:
    """Take posts in, delete what is missing for good; say how late they were seen.

    What was written before the source was watched says nothing about that.
    """
    present = [each for each in fetched.posts if each.evidence is not Evidence.ABSENT]
    homes = await _homes(uow, source, present)
    present = [each for each in present if not each.only_there or each.place in homes]
    arrivals = _arrivals(source, homes, present, sight.began)
    arrivals += await gone(uow, source, fetched, sight.began, vault)
    taken = await take_in(uow, arrivals, vault)
    await _adopt(uow, source, arrivals, taken)
    new = {
        arrival.key
        for arrival, outcome in zip(arrivals, taken.outcomes, strict=True)
        if outcome.is_new
    }
    dated = [
        each.post.published_at
        for each in present
        if not each.date_guessed
        and each.post.published_at >= source.created_at
        and _key(source, homes, each) in new
    ]
    return taken, lag_at_first_sight(max(dated, default=None), uow.now)


async def _homes(
    uow: UnitOfWork, source: Source, posts: Iterable[FetchedPost]
) -> Mapping[str, Source]:
    """Find the sources of other places that this one hears too."""
    places = sorted({each.place for each in posts if each.place})
    if not places:
        return {}
    found = await watched.by_native(uow.session, uow.region_id, source.network, places)
    return {name: home for name, home in found.items() if home.state != "disabled"}


def _arrivals(
    source: Source,
    homes: Mapping[str, Source],
    posts: Iterable[FetchedPost],
    began: datetime,
) -> list[Arrival]:
    by_key: dict[Key, list[FetchedPost]] = {}
    for each in posts:
        by_key.setdefault(_key(source, homes, each), []).append(each)
    return [_arrival(source, homes, group, began) for group in by_key.values()]


def _key(source: Source, homes: Mapping[str, Source], each: FetchedPost) -> Key:
    home = homes.get(each.place or "", source)
    return (scope_of(source, each.post) or home.id, each.post.external_id)


def _arrival(
    source: Source,
    homes: Mapping[str, Source],
    group: Sequence[FetchedPost],
    began: datetime,
) -> Arrival:
    last = group[-1]
    posts = tuple(_of_network(each.post, source) for each in group)
    return Arrival(
        homes.get(last.place or "", source).id,
        posts,
        scope=scope_of(source, last.post),
        raws=tuple(each.raw for each in group),
        evidence=last.evidence if last.post.deleted else None,
        seen_at=began if last.seen else None,
        is_official=last.from_page,
    )


def _of_network(post: IncomingPost, source: Source) -> IncomingPost:
    """A person may know better than the feed which network it mirrors."""
    if source.kind != "feed" or source.network == Network.RSS:
        return post
    return replace(post, network=Network(source.network))


async def _adopt(
    uow: UnitOfWork, source: Source, arrivals: Sequence[Arrival], taken: Taken
) -> None:
    """Take over posts that a source of matches only brought first."""
    known = [
        outcome.post_id
        for arrival, outcome in zip(arrivals, taken.outcomes, strict=True)
        if arrival.scope and not outcome.is_new and not arrival.versions[-1].deleted
    ]
    if source.intake != "all" or not known:
        return
    batch_id = new_id()
    ids = await watched.adopt(
        uow.session, uow.region_id, source.id, batch_id=batch_id, ids=known
    )
    if not ids:
        return
    await batches.add(uow.session, uow.region_id, [(batch_id, ids)], now=uow.now)
    await index_queue.add(uow.session, uow.region_id, ids, now=uow.now)
    ring_match(uow)
    ring_index(uow)


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
        next_turn(source.id, pause, began=sight.began, now=uow.now),
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
