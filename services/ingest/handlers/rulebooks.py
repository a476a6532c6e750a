"""Rules made ready for matching, kept as long as they do not change."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.domain.alphabet import language_of
from services.ingest.rules import (
    CompiledRule,
    Matcher,
    Post,
    QueryError,
    TextMatcher,
    compile_rule,
)
from services.ingest.store import rules as rule_store
from shared.identity import store as identity
from shared.logs import log
from shared.models.rules import Rule

MakeMatcher: TypeAlias = Callable[[Sequence[CompiledRule]], TextMatcher]


def asked_of(post: Row[Any], places: Mapping[str, str]) -> Post:
    """What a rule may ask about a post: text, place, network, source, kind.

    A place goes by its name and its code: «место:Ветлогорск» is what people write.
    `places` are the names by their codes.
    """
    code = post.municipality
    return Post(
        post.text,
        place=f"{places.get(code, '')} {code}".strip() if code else None,
        network=post.network,
        source=post.source_name,
        language=language_of(post.text),
        kind=post.kind,
    )


async def names_of_places(session: AsyncSession) -> dict[str, str]:
    """Read the names of the municipalities by their codes."""
    return {each.code: each.name for each in await identity.municipalities(session)}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of a region in force on a day, at one version of the set."""

    version: int
    day: date
    rules: Mapping[UUID, Rule]
    matcher: TextMatcher
    places: Mapping[str, str] = field(default_factory=dict)

    def asked_of(self, post: Row[Any]) -> Post:
        """What a rule may ask about a post."""
        return asked_of(post, self.places)


class Rulebooks:
    """The rulebook of each region a process has matched for.

    Every look asks for the version of the set: a change counts from the next batch.
    """

    def __init__(self, make_matcher: MakeMatcher = Matcher) -> None:
        self._make_matcher = make_matcher
        self._books: dict[int, Rulebook] = {}
        self._compiled: dict[tuple[UUID, int], CompiledRule] = {}
        self._making = asyncio.Lock()

    async def of(self, session: AsyncSession, region: int, now: datetime) -> Rulebook:
        """Return the rules in force today, where the region is."""
        version = await rule_store.set_version(session, region)
        day = now.astimezone(ZoneInfo(await identity.zone_of(session, region))).date()
        async with self._making:
            book = self._books.get(region)
            if book is None or (book.version, book.day) != (version, day):
                rules = await rule_store.in_force(session, region, day)
                # Ten thousand rules take two seconds, in which other jobs go on.
                book = await asyncio.to_thread(self._made, version, day, rules)
                self._books[region] = book
        return replace(book, places=await names_of_places(session))

    def _made(self, version: int, day: date, rules: Sequence[Rule]) -> Rulebook:
        compiled = [rule for rule in map(self._compile, rules) if rule is not None]
        by_id = {rule.id: rule for rule in rules}
        return Rulebook(version, day, by_id, self._make_matcher(compiled))

    def _compile(self, rule: Rule) -> CompiledRule | None:
        key = (rule.id, rule.version)
        if key not in self._compiled:
            try:
                self._compiled[key] = compile_rule(rule.id, rule.version, rule.query)
            except QueryError as error:  # accepted by an older version of the language
                log.error("rule.unreadable", rule_id=str(rule.id), error=str(error))
                return None
        return self._compiled[key]
