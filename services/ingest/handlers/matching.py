"""Matching posts against the region's rules and offering them to triage."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.ingest.domain.keys import name_of, scope_of_key
from services.ingest.domain.offering import Standing, is_offered
from services.ingest.domain.posts import Network
from services.ingest.handlers.bells import MATCH_ALONE_JOB, ring_rest
from services.ingest.handlers.rulebooks import Rulebook, Rulebooks
from services.ingest.rules import Match
from services.ingest.store import batches, dead_letters, posts
from services.ingest.store import rules as rule_store
from services.ingest.store.rules import MatchRow
from shared import contracts
from shared.ids import new_id
from shared.models.ingest import Batch
from shared.uow import UnitOfWork

MOST_BATCHES: Final = 200
MOST_POSTS: Final = 500
"""How much one transaction matches: a second's posts, most of them in small batches."""

TRIES: Final = 3
"""After so many failures alone a post becomes a dead letter."""


@dataclass(frozen=True, slots=True)
class _Matched:
    """A post with the rules that caught it."""

    post: Row[Any]
    matches: Sequence[Match]
    book: Rulebook

    @property
    def offering(self) -> list[Match]:
        """Matches that make a candidate: those of monitored rules do not."""
        return [each for each in self.matches if not self.is_monitored(each)]

    def is_monitored(self, match: Match) -> bool:
        return self.book.rules[match.rule_id].state == "monitor"


async def match_batch(uow: UnitOfWork, batch_id: UUID, rulebooks: Rulebooks) -> None:
    """Match the posts of a batch once; nothing happens when that has been done."""
    batch = await batches.claim(uow.session, batch_id)
    if batch is not None:
        await match_together(uow, [batch], rulebooks)


async def claim_waiting(uow: UnitOfWork) -> list[Batch]:
    """Lock what waits in the region, as many posts as are matched at a time.

    The first batch is taken in any case: one that is too large would be rung for again
    and again, and keep the others back. Rings for the rest, if there may be one.
    """
    found = await batches.claim_waiting(uow.session, uow.region_id, limit=MOST_BATCHES)
    ends = accumulate(len(batch.post_ids) for batch in found)
    fits = [end <= MOST_POSTS for end in ends]
    taken = list(found[: max(1, sum(fits))])
    if len(taken) < len(found) or len(found) == MOST_BATCHES:
        ring_rest(uow)
    return taken


async def match_together(
    uow: UnitOfWork, claimed: Sequence[Batch], rulebooks: Rulebooks
) -> None:
    """Match the posts of claimed batches."""
    found = await posts.to_match(uow.session, claimed)
    book = await rulebooks.of(uow.session, uow.region_id, uow.now)
    matched = _match(found, book)
    await _keep(uow, matched)
    await _offer(uow, matched)
    for batch in claimed:
        batch.done_at = uow.now


async def part(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Let batches that failed together go on each by itself."""
    await batches.leave_alone(uow.session, ids)
    for batch_id in ids:
        uow.ring(MATCH_ALONE_JOB, uow.region_id, str(batch_id))


def _match(found: Sequence[Row[Any]], book: Rulebook) -> list[_Matched]:
    matches = book.matcher.match([book.asked_of(post) for post in found])
    return [
        _Matched(post, caught, book)
        for post, caught in zip(found, matches, strict=True)
    ]


async def _keep(uow: UnitOfWork, matched: Sequence[_Matched]) -> None:
    rows = [
        MatchRow(
            each.post.id,
            each.post.revision,
            match.rule_id,
            match.rule_version,
            each.is_monitored(match),
            json.dumps(match.positions),
        )
        for each in matched
        for match in each.matches
    ]
    revisions = [(each.post.id, each.post.revision) for each in matched]
    await rule_store.put_matches(uow.session, uow.region_id, revisions, rows)


async def _offer(uow: UnitOfWork, matched: Sequence[_Matched]) -> None:
    edited = [each.post.id for each in matched if each.post.revision > 1]
    before = await rule_store.offered(uow.session, edited)
    offered = tuple(
        _contract(each)
        for each in matched
        if is_offered(_standing(each, caught_before=each.post.id in before))
    )
    if offered:
        uow.send(contracts.PostsMatched(region_id=uow.region_id, posts=offered))


def _standing(each: _Matched, *, caught_before: bool) -> Standing:
    return Standing(
        takes_all=each.post.intake == "all",
        deleted=each.post.deleted,
        revision=each.post.revision,
        caught=bool(each.offering),
        caught_before=caught_before,
    )


def _contract(each: _Matched) -> contracts.MatchedPost:
    post = each.post
    return contracts.MatchedPost(
        post_id=post.id,
        revision=post.revision,
        network=post.network,
        kind=post.kind,
        source_id=post.source_id,
        source_name=post.source_name,
        municipality=post.municipality,
        url=post.url,
        text=post.text,
        published_at=post.published_at,
        received_at=post.received_at,
        deleted=post.deleted,
        matches=tuple(_reason(each.book, match) for match in each.offering),
        **_names(post),
    )


def _names(post: Row[Any]) -> dict[str, str | None]:
    """Name the post, and what it stands under, as their network does."""
    if not post.is_native:
        return {}
    network, parent = Network(post.network), post.parent_key
    is_known = parent is not None and scope_of_key(network, parent) is not None
    return {
        "key": name_of(network, post.external_id),
        "parent_key": name_of(network, parent) if is_known else None,
    }


def _reason(book: Rulebook, match: Match) -> contracts.RuleMatch:
    rule = book.rules[match.rule_id]
    return contracts.RuleMatch(
        rule_id=rule.id,
        rule_name=rule.name,
        rule_version=match.rule_version,
        topic=rule.topic_code,
        positions=match.positions,
        authority=rule.authority_code,
        municipality=rule.municipality,
    )


async def set_apart(uow: UnitOfWork, batch_id: UUID, error: str) -> None:
    """Deal with a batch that failed.

    Its posts go on alone, so that all but the one that is to blame proceed; a post
    that fails TRIES times alone is buried.
    """
    batch = await batches.claim(uow.session, batch_id)
    if batch is None:
        return
    batch.error = error[:4000]
    if len(batch.post_ids) > 1:
        await _split(uow, batch)
    else:
        batch.tries += 1
        if batch.tries < TRIES:
            uow.ring(MATCH_ALONE_JOB, uow.region_id, str(batch.id))
            return
        await dead_letters.bury_post(uow.session, batch, now=uow.now)
    batch.done_at = uow.now


async def _split(uow: UnitOfWork, batch: Batch) -> None:
    pairs = [(post_id, new_id()) for post_id in batch.post_ids]
    await posts.rebatch(uow.session, batch.id, pairs)
    alone = [(batch_id, [post_id]) for post_id, batch_id in pairs]
    await batches.add(uow.session, uow.region_id, alone, now=uow.now, alone=True)
    for batch_id, _ in alone:
        uow.ring(MATCH_ALONE_JOB, uow.region_id, str(batch_id))
