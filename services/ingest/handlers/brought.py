"""What sources brought: posts taken in, and those deleted that are missing for good."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeAlias

from services.ingest.domain.health import lag_at_first_sight
from services.ingest.domain.posts import IncomingPost, Network
from services.ingest.domain.receiving import Outcome, Sign
from services.ingest.handlers.arrivals import Arrival, Taken
from services.ingest.handlers.bells import ring_index, ring_match
from services.ingest.handlers.missing import gone, scope_of
from services.ingest.handlers.receive import take_in
from services.ingest.sources.base import Evidence, Fetched, FetchedPost
from services.ingest.store import batches, index_queue, watched
from services.ingest.store.rows import Key
from shared.ids import new_id
from shared.models.ingest import Source
from shared.uow import UnitOfWork
from shared.vault import Vault

Homes: TypeAlias = Mapping[tuple[str, str | None], Source]
"""Sources of places by their network and its number for them."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a source brought that was asked, or told of it, at a moment."""

    source: Source
    fetched: Fetched
    began: datetime


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of it; `lag` is how late new posts were seen, None without any.

    What was written before the source was watched says nothing about that.
    """

    taken: Taken
    lag: timedelta | None


async def take_in_each(
    uow: UnitOfWork, brought: Sequence[Brought], vault: Vault
) -> list[TakenIn]:
    """Take in what sources of one region brought, in order, with few statements.

    They are as many for a hundred sources as for one, unless two bring the same post:
    then the later one waits for the next round.
    """
    homes = await _homes(uow, brought)
    arriving = [
        [
            *_arrivals(each, homes),
            *await gone(uow, each.source, each.fetched, each.began, vault),
        ]
        for each in brought
    ]
    taken: dict[int, Taken] = {}
    for numbers in _rounds(arriving, vault.sign):
        together = [arrival for number in numbers for arrival in arriving[number]]
        outcomes = iter((await take_in(uow, together, vault)).outcomes)
        for number in numbers:
            taken[number] = Taken(tuple(islice(outcomes, len(arriving[number]))))
    told = []
    for number, each in enumerate(brought):
        fared = list(zip(arriving[number], taken[number].outcomes, strict=True))
        await _adopt(uow, each.source, fared)
        told.append(TakenIn(taken[number], _lag(each, homes, fared, uow.now)))
    return told


async def _homes(uow: UnitOfWork, brought: Iterable[Brought]) -> Homes:
    """Find the sources of other places that these ones hear too."""
    places: dict[str, set[str]] = {}
    for each in brought:
        named = {post.place for post in each.fetched.posts if post.place}
        if named:
            places.setdefault(each.source.network, set()).update(named)
    return {
        (network, name): home
        for network, names in places.items()
        for name, home in (
            await watched.by_native(uow.session, uow.region_id, network, sorted(names))
        ).items()
        if home.state != "disabled"
    }


def _rounds(arriving: Sequence[Sequence[Arrival]], sign: Sign) -> list[list[int]]:
    """Group by number what may arrive together: each key is once in a round."""
    next_round: dict[Key, int] = {}
    rounds: list[list[int]] = []
    for number, arrivals in enumerate(arriving):
        keys = [arrival.key_as_stored(sign) for arrival in arrivals]
        place = max((next_round.get(key, 0) for key in keys), default=0)
        next_round |= dict.fromkeys(keys, place + 1)
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(number)
    return rounds


def _arrivals(each: Brought, homes: Homes) -> list[Arrival]:
    by_key: dict[Key, list[FetchedPost]] = {}
    for post in _present(each, homes):
        by_key.setdefault(_key(each.source, homes, post), []).append(post)
    return [_arrival(each, homes, group) for group in by_key.values()]


def _present(each: Brought, homes: Homes) -> Iterator[FetchedPost]:
    for post in each.fetched.posts:
        is_known = (each.source.network, post.place) in homes
        if post.evidence is not Evidence.ABSENT and (is_known or not post.only_there):
            yield post


def _home(source: Source, homes: Homes, post: FetchedPost) -> Source:
    return homes.get((source.network, post.place or ""), source)


def _key(source: Source, homes: Homes, post: FetchedPost) -> Key:
    scope = scope_of(source, post.post) or _home(source, homes, post).id
    return (scope, post.post.external_id)


def _arrival(each: Brought, homes: Homes, group: Sequence[FetchedPost]) -> Arrival:
    source, last = each.source, group[-1]
    return Arrival(
        _home(source, homes, last).id,
        tuple(_of_network(post.post, source) for post in group),
        scope=scope_of(source, last.post),
        raws=tuple(post.raw for post in group),
        evidence=last.evidence if last.post.deleted else None,
        seen_at=each.began if last.seen else None,
        is_official=last.from_page,
        is_secondhand=source.kind == "feed",
    )


def _of_network(post: IncomingPost, source: Source) -> IncomingPost:
    """A person may know better than the feed which network it mirrors."""
    if source.kind != "feed" or source.network == Network.RSS:
        return post
    return replace(post, network=Network(source.network))


async def _adopt(
    uow: UnitOfWork, source: Source, fared: Iterable[tuple[Arrival, Outcome]]
) -> None:
    """Take over posts that a source of matches only brought first."""
    known = [
        outcome.post_id
        for arrival, outcome in fared
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


def _lag(
    each: Brought,
    homes: Homes,
    fared: Iterable[tuple[Arrival, Outcome]],
    now: datetime,
) -> timedelta | None:
    new = {arrival.key for arrival, outcome in fared if outcome.is_new}
    source = each.source
    dated = [
        post.post.published_at
        for post in _present(each, homes)
        if not post.date_guessed
        and post.post.published_at >= source.created_at
        and _key(source, homes, post) in new
    ]
    return lag_at_first_sight(max(dated, default=None), now)
