"""Rules, sources and rings for tests of matching, and a matcher that fails."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from services.ingest import jobs
from services.ingest.handlers.rules import Draft, create_rule
from services.ingest.jobs import Tools
from services.ingest.rules import CompiledRule, Match, Matcher, Post
from shared.models.rules import Rule
from shared.uow import Work
from tests.fakes import FakeQueue

ONE = "2025-11-11T13:00:00+03:00"
TWO = "2025-11-11T14:00:00+03:00"
BATCHES = "SELECT id FROM ingest.batch"
MATCHES = """SELECT revision, rule_version, monitor, positions
    FROM ingest.match ORDER BY revision"""


async def make_rule(work: Work, query: str = "яма", **changes: object) -> Rule:
    draft = {
        "name": f"Правило {query}",
        "query": query,
        "topic_code": "roads.surface",
        "purpose": "Дороги",
        "owner": "Отдел дорог",
        "expires_on": date(2026, 12, 31),
    } | changes
    async with work.unit(1) as uow:
        return await create_rule(uow, Draft(**draft))


async def take_only_matched(work: Work) -> None:
    async with work.unit(1) as uow:
        await uow.session.execute(text("UPDATE ingest.source SET intake = 'matched'"))


class PoisonedMatcher:
    """A matcher that cannot bear one word."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._matcher = Matcher(rules)

    def match(self, posts: Sequence[Post | str]) -> list[list[Match]]:
        if any("яд" in post.text for post in posts if isinstance(post, Post)):
            raise ZeroDivisionError("this text is poison")
        return self._matcher.match(posts)


async def match_all(queue: FakeQueue, tools: Tools) -> None:
    """Answer the rings for matching until none is left."""
    both = {"match_waiting": jobs.match_waiting, "match_batch": jobs.match_batch}
    while rings := [(job, *args) for job in both for args in queue.take("ingest", job)]:
        for job, *args in rings:
            await both[job](tools, *args)
