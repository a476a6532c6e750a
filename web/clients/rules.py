"""Calls to services/ingest about rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from web.clients.base import Caller, parsed
from web.shapes.rules import (
    DryRun,
    DryRunStarted,
    Hit,
    HitList,
    LanguageExample,
    Rule,
    RuleLanguage,
    RuleList,
    RuleQuality,
    RuleVersion,
    RuleVersionList,
    Tried,
)

_RULES = "/ingest/rules"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person may ask about rules."""

    call: Caller

    async def all(self) -> tuple[Rule, ...]:
        """All rules of the region."""
        return (await self.call.get(_RULES, RuleList)).items

    async def language(self) -> tuple[LanguageExample, ...]:
        """How queries are written, by example."""
        return (await self.call.get(f"{_RULES}/language", RuleLanguage)).items

    async def one(self, rule_id: str) -> Rule:
        """One rule with its figures."""
        return await self.call.get(_path(rule_id), Rule)

    async def add(self, body: Mapping[str, object]) -> Rule:
        """Write a rule."""
        return await self.call.post(_RULES, Rule, body)

    async def change(self, rule_id: str, body: Mapping[str, object]) -> Rule:
        """Change a rule; what is None is taken away from it."""
        response = await self.call.send("PATCH", _path(rule_id), json=body)
        return parsed(response, Rule)

    async def versions(self, rule_id: str) -> tuple[RuleVersion, ...]:
        """What a rule was, oldest first."""
        path = f"{_path(rule_id)}/versions"
        return (await self.call.get(path, RuleVersionList)).items

    async def quality(self, rule_id: str) -> RuleQuality:
        """How good a rule is, week by week."""
        return await self.call.get(f"{_path(rule_id)}/quality", RuleQuality)

    async def matches(self, rule_id: str) -> tuple[Hit, ...]:
        """What a rule caught last."""
        return (await self.call.get(f"{_path(rule_id)}/matches", HitList)).items

    async def start_dry_run(self, body: Mapping[str, object]) -> str:
        """Begin to try a query on the archive; tell the run's id."""
        return (await self.call.post(f"{_RULES}/dry-runs", DryRunStarted, body)).id

    async def dry_run(self, run_id: str) -> DryRun:
        """Ask how far a dry run has come."""
        return await self.call.get(
            f"{_RULES}/dry-runs/{quote(run_id, safe='')}", DryRun
        )

    async def try_text(self, body: Mapping[str, object]) -> Tried:
        """Try a query on a text."""
        return await self.call.post(f"{_RULES}/try", Tried, body)


def _path(rule_id: str) -> str:
    return f"{_RULES}/{quote(rule_id, safe='')}"
