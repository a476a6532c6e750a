"""What a rule's page shows: weeks, latest hits, the word that should be excluded."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.ingest.domain.advice import MOST_TRIED, fewest_removed, words_to_try
from services.ingest.domain.quality import Verdict
from services.ingest.handlers import rules
from services.ingest.handlers.rule_quality import first_week
from services.ingest.handlers.rulebooks import asked_of, names_of_places
from services.ingest.rules import (
    CompiledRule,
    Matcher,
    Post,
    QueryError,
    compile_rule,
)
from services.ingest.store import rule_hits, verdicts
from services.ingest.store.verdicts import Week
from shared import russian
from shared.models.rules import Rule
from shared.uow import UnitOfWork

DAYS: Final = 90
MOST_HITS: Final = 2000
"""Only so many hits are read, the latest ones."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A word to exclude: how many of the rejected hits it would have spared.

    It would have lost none of the `accepted` hits; `query` is the rule's with it.
    """

    word: str
    query: str
    removed: int
    rejected: int
    accepted: int


async def quality(uow: UnitOfWork, rule_id: UUID) -> tuple[list[Week], Advice | None]:
    """Tell a rule's weeks that count, oldest first, and the best word to exclude."""
    rule = await rules.get(uow, rule_id)
    since = await first_week(uow)
    weeks = await verdicts.weeks(uow.session, uow.region_id, rule_id, since=since)
    return weeks, await _advice(uow, rule)


async def latest(uow: UnitOfWork, rule_id: UUID, *, limit: int) -> Sequence[Row[Any]]:
    """Read the posts a rule caught last, the newest first."""
    rule = await rules.get(uow, rule_id)
    return await rule_hits.latest(uow.session, uow.region_id, rule.id, limit=limit)


async def _advice(uow: UnitOfWork, rule: Rule) -> Advice | None:
    hits = await verdicts.hits(
        uow.session,
        uow.region_id,
        rule.id,
        measured_from=rule.measured_from,
        since=uow.now - timedelta(days=DAYS),
        limit=MOST_HITS,
    )
    places = await names_of_places(uow.session)
    good = [hit.verdict == Verdict.ACCEPTED for hit in hits]
    posts = [asked_of(hit, places) for hit in hits]
    accepted = [post for post, is_good in zip(posts, good, strict=True) if is_good]
    rejected = [post for post, is_good in zip(posts, good, strict=True) if not is_good]
    return await asyncio.to_thread(_best, rule.query, rejected, accepted)


def _best(
    query: str, rejected: Sequence[Post], accepted: Sequence[Post]
) -> Advice | None:
    """Try the likeliest words with the matcher itself: only its figures are told."""
    own = frozenset(russian.lemmas(query))
    words = words_to_try(
        [_words(post.text) - own for post in rejected],
        [_words(post.text) - own for post in accepted],
    )
    queries = [query, *(f"({query}) NOT {word}" for word in words)]
    matcher = Matcher(list(_compiled(queries)))
    spared, lost = _removed(matcher, rejected), _removed(matcher, accepted)
    return max(
        (
            Advice(word, queries[number], removed, len(rejected), len(accepted))
            for number, word in enumerate(words, start=1)
            if (removed := spared[number]) >= fewest_removed(len(rejected))
            and not lost[number]
        ),
        key=lambda advice: advice.removed,
        default=None,
    )


def _compiled(queries: Sequence[str]) -> Iterator[CompiledRule]:
    """Read the queries, numbered; one that has grown too long is left out."""
    for number, query in enumerate(queries):
        with suppress(QueryError):
            yield compile_rule(UUID(int=number), number, query)


def _removed(matcher: Matcher, posts: Sequence[Post]) -> Counter[int]:
    """Count for each query the posts that the first one catches and it does not."""
    removed: Counter[int] = Counter()
    for matches in matcher.match(posts):
        found = {match.rule_version for match in matches}
        if 0 in found:
            removed.update(set(range(1, MOST_TRIED + 1)) - found)
    return removed


def _words(text: str) -> frozenset[str]:
    """Words that mean something; never names, they are of people."""
    return frozenset(
        lemma
        for lemma in russian.lemmas(text)
        if not russian.is_common(lemma) and russian.is_ordinary(lemma)
    )
