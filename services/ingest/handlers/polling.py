"""Feeds: asked when their time has come, their posts taken in like any other."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from typing import Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ingest.domain.posts import IncomingPost, Network
from services.ingest.handlers.receive import Arrival, Taken, take_in
from services.ingest.sources.base import (
    ErrorKind,
    Fetched,
    FetchedPost,
    SourceError,
)
from services.ingest.sources.base import Source as Outside
from services.ingest.store import sources as source_store
from services.ingest.store.vault import Vault
from shared.identity import store as identity
from shared.models.ingest import Source
from shared.uow import UnitOfWork, Work

OpenFeed: TypeAlias = Callable[[str, str, tzinfo], Outside]
"""Makes the feed at an address, of a name, with times of a zone."""

USUAL_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=24)

_MOST_DOUBLINGS: Final = 10

_STOPS: Final = {
    ErrorKind.DISABLE: "disabled",
    ErrorKind.HUMAN: "paused",
    ErrorKind.REAUTH: "paused",
    ErrorKind.BUG: "paused",
}
"""Failures after which asking again is no use until a person has looked."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A feed as it was when it was asked."""

    id: UUID
    url: str
    name: str
    cursor: dict[str, str]
    zone: ZoneInfo


async def poll(
    work: Work, region: int, source_id: UUID, open_feed: OpenFeed, vault: Vault
) -> None:
    """Ask a feed and store what it brought, with the cursor, in one transaction.

    No transaction is open while the feed is asked. When two polls run at once, the
    one that ends later finds another cursor and changes nothing.
    """
    async with work.unit(region) as uow:
        asked = await _asked(uow, source_id)
    if asked is None:
        return
    feed = open_feed(asked.url, asked.name, asked.zone)
    try:
        fetched = await feed.fetch(asked.cursor, now=work.clock())
    except SourceError as error:
        async with work.unit(region) as uow:
            await _failed(uow, asked, error)
        return
    async with work.unit(region) as uow:
        await _store(uow, asked, fetched, vault)


async def _asked(uow: UnitOfWork, source_id: UUID) -> _Asked | None:
    source = await source_store.one(uow.session, uow.region_id, source_id)
    if source is None or source.state != "active" or source.url is None:
        return None
    zone = ZoneInfo(await identity.zone_of(uow.session, uow.region_id))
    return _Asked(source.id, source.url, source.name, source.cursor, zone)


async def _still(uow: UnitOfWork, asked: _Asked) -> Source | None:
    """Lock the source; None when it was changed since it was asked."""
    source = await source_store.one(uow.session, uow.region_id, asked.id, lock=True)
    if source is None or (source.url, source.cursor) != (asked.url, asked.cursor):
        return None
    return source if source.state == "active" else None


async def _store(
    uow: UnitOfWork, asked: _Asked, fetched: Fetched, vault: Vault
) -> None:
    source = await _still(uow, asked)
    if source is None:
        return
    taken = await take_in(uow, _arrivals(source, fetched.posts), vault)
    source.cursor = dict(fetched.cursor)
    source.last_ok_at = uow.now
    source.last_error = _told(fetched)
    source.failures = 0
    source.next_poll_at = uow.now + max(
        pause_of(source), fetched.poll_after or timedelta()
    )
    if taken.accepted:
        _audit(uow, source, taken, refused=len(fetched.refused))


def _arrivals(source: Source, fetched: tuple[FetchedPost, ...]) -> list[Arrival]:
    by_key: dict[str, list[IncomingPost]] = {}
    for each in fetched:
        post = _of_network(each.post, Network(source.network))
        by_key.setdefault(post.external_id, []).append(post)
    return [Arrival(source.id, tuple(posts)) for posts in by_key.values()]


def _of_network(post: IncomingPost, network: Network) -> IncomingPost:
    """A person may know better than the feed which network it mirrors."""
    return post if network is Network.RSS else replace(post, network=network)


def _told(fetched: Fetched) -> str | None:
    """What an operator may want to know of a poll that went well."""
    told = [fetched.note] if fetched.note else []
    if fetched.refused:
        told.append(f"{len(fetched.refused)} entries refused: {fetched.refused[0]}")
    return "; ".join(told)[:500] or None


def _audit(uow: UnitOfWork, source: Source, taken: Taken, *, refused: int) -> None:
    uow.audit(
        "posts.received",
        "source",
        source.id,
        accepted=taken.accepted,
        duplicates=taken.duplicates,
        rejected=refused,
    )


async def _failed(uow: UnitOfWork, asked: _Asked, error: SourceError) -> None:
    source = await _still(uow, asked)
    if source is None:
        return
    source.failures += 1
    source.last_error = f"{error.kind}: {error}"[:500]
    source.next_poll_at = uow.now + _pause_after(source, error)
    state = _STOPS.get(error.kind)
    if state is not None:
        source.state = state
        uow.audit("source.stopped", "source", source.id, state=state)


def pause_of(source: Source) -> timedelta:
    """How long a feed is left alone when all is well."""
    seconds = source.poll_every_s
    return USUAL_PAUSE if seconds is None else timedelta(seconds=seconds)


def _pause_after(source: Source, error: SourceError) -> timedelta:
    """Wait as the server asks, else twice as long after each failure, up to a day."""
    if error.retry_after is not None:
        return error.retry_after
    doubled = pause_of(source) * (1 << min(source.failures, _MOST_DOUBLINGS))
    return min(doubled, LONGEST_PAUSE)
