"""What a rule's page shows: weeks, latest hits, the word that should be excluded."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.ingest.domain.advice import fewest_removed, words_to_try
from services.ingest.domain.quality import Verdict
from services.ingest.handlers import rules
from services.ingest.handlers.rule_quality import first_week
from services.ingest.rules import Matcher, QueryError, compile_rule
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
    accepted = [hit.text for hit in hits if hit.verdict == Verdict.ACCEPTED]
    rejected = [hit.text for hit in hits if hit.verdict != Verdict.ACCEPTED]
    return await asyncio.to_thread(_best, rule.query, rejected, accepted)


def _best(
    query: str, rejected: Sequence[str], accepted: Sequence[str]
) -> Advice | None:
    """Try the likeliest words with the matcher itself: only its figures are told."""
    words = words_to_try(
        [_words(text) for text in rejected], [_words(text) for text in accepted]
    )
    tried = [_tried(query, word, rejected, accepted) for word in words]
    good = [each for each in tried if each is not None]
    return max(good, key=lambda advice: advice.removed, default=None)


def _tried(
    query: str, word: str, rejected: Sequence[str], accepted: Sequence[str]
) -> Advice | None:
    better = f"({query}) NOT {word}"
    try:
        lost_bad = _lost(query, better, rejected)
        lost_good = _lost(query, better, accepted)
    except QueryError:  # it has grown too long
        return None
    if lost_good or lost_bad < fewest_removed(len(rejected)):
        return None
    return Advice(word, better, lost_bad, len(rejected), len(accepted))


def _lost(query: str, better: str, texts: Iterable[str]) -> int:
    """Count the texts that the query catches and the better one does not."""
    versions = [
        compile_rule(UUID(int=0), number, each)
        for number, each in enumerate((query, better))
    ]
    found = Matcher(versions).match(list(texts))
    return sum([match.rule_version for match in each] == [0] for each in found)


def _words(text: str) -> frozenset[str]:
    """Words that mean something; never names, they are of people."""
    return frozenset(
        lemma
        for lemma in russian.lemmas(text)
        if not russian.is_common(lemma) and russian.is_ordinary(lemma)
    )
