"""Rules, their quality and dry runs as services/ingest answers them."""

from datetime import date, datetime

from web.shapes.base import Listing, Shape
from web.shapes.triage import Span


class Quality(Shape):
    """What moderators made of a rule's hits; shares are None where nothing is."""

    accepted: int = 0
    noise: int = 0
    opinion: int = 0
    other: int = 0
    decided: int = 0
    rejected: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None
    opinion_low: float | None = None


class Rule(Shape):
    """A reviewed query with an owner, a purpose, an expiry date and its figures."""

    id: str
    name: str
    query: str
    topic_code: str | None = None
    authority_code: str | None = None
    municipality: str | None = None
    purpose: str
    owner: str
    expires_on: date
    version: int = 1
    state: str = "active"
    state_reason: str | None = None
    is_expired: bool = False
    expires_soon: bool = False
    hits: int = 0
    quality: Quality = Quality()
    limit: float = 0.0
    flagged_at: datetime | None = None
    measured_from: int = 1


class RuleList(Listing):
    """All rules of the region."""

    items: tuple[Rule, ...] = ()


class RuleVersion(Shape):
    """A rule as it was after one change."""

    version: int
    query: str
    state: str
    expires_on: date
    owner: str
    reason: str = ""
    changed_by: str
    changed_at: datetime


class RuleVersionList(Listing):
    """Versions of a rule, oldest first."""

    items: tuple[RuleVersion, ...] = ()


class QualityWeek(Shape):
    """The decisions of a week that began on a Monday."""

    week: date
    quality: Quality


class Advice(Shape):
    """A word to exclude, with what it would have done."""

    word: str
    query: str
    removed: int
    rejected: int
    accepted: int


class RuleQuality(Shape):
    """The weeks of a rule and what would make it better."""

    weeks: tuple[QualityWeek, ...] = ()
    advice: Advice | None = None


class CaughtPost(Shape):
    """A post that a query catches."""

    post_id: str
    network: str
    url: str | None = None
    published_at: datetime
    text: str
    positions: tuple[Span, ...] = ()


class Hit(CaughtPost):
    """A post a rule has caught, with what moderators made of it."""

    rule_version: int
    verdict: str | None = None


class HitList(Listing):
    """Posts a rule caught last."""

    items: tuple[Hit, ...] = ()


class DryRunStarted(Shape):
    """A dry run that has begun."""

    id: str


class DryRunDay(Shape):
    """Posts and hits of a day."""

    day: date
    posts: int
    hits: int


class SharedWith(Shape):
    """Another rule that catches some of the hits."""

    rule_id: str
    name: str
    hits: int


class DryRun(Shape):
    """What a query finds in the archive, so far."""

    id: str
    rule_id: str | None = None
    query: str
    state: str
    error: str | None = None
    total: int | None = None
    seen: int = 0
    hits: int = 0
    alone: int = 0
    candidates: int = 0
    covered_days: int = 1
    candidates_a_day: float = 0
    days: tuple[DryRunDay, ...] = ()
    shared: tuple[SharedWith, ...] = ()
    samples: tuple[CaughtPost, ...] = ()


class OtherRule(Shape):
    """A rule that catches the same text."""

    rule_id: str
    name: str


class Tried(Shape):
    """What a query does with a pasted text."""

    is_caught: bool
    positions: tuple[Span, ...] = ()
    others: tuple[OtherRule, ...] = ()


class LanguageExample(Shape):
    """A query, what it means by language, a text it catches and one it does not."""

    query: str
    said: dict[str, str]
    catches: str
    spares: str

    def said_in(self, language: str) -> str:
        """Say what the query means; in Russian where there are no other words."""
        return self.said.get(language) or self.said.get("ru", "")


class RuleLanguage(Shape):
    """The query language by example."""

    items: tuple[LanguageExample, ...] = ()
