"""Sources and rules as rows of their tables."""

from dataclasses import dataclass

from web import words
from web.formats import Formats, Moment
from web.reference import Reference
from web.shapes.ingest import Rule, Source
from web.views.candidates import web_address

_SHOWN, _LONG = 90, 120


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source in its table."""

    id: str
    name: str
    kind: words.Label | None
    network: words.Label | None
    url: str | None
    intake: words.Label | None
    state: words.Label | None
    error: str | None
    polled: Moment | None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in its table."""

    name: str
    query: str
    beginning: str
    is_long: bool
    version: int
    topic: str | None
    purpose: str | None
    owner: str | None
    expires: str | None
    state: words.Label | None


def source_row(source: Source, show: Formats) -> SourceRow:
    """Make a source ready; a failing one says why."""
    state = source.state
    if state == "active" and source.last_error:
        state = "failing"
    return SourceRow(
        id=str(source.id),
        name=source.name,
        kind=words.label(words.SOURCE_KINDS, source.kind, show.language),
        network=words.label(words.NETWORKS, source.network, show.language),
        url=web_address(source.url),
        intake=words.label(words.INTAKES, source.intake, show.language),
        state=words.label(words.SOURCE_STATES, state, show.language),
        error=source.last_error,
        polled=show.moment(source.last_ok_at) if source.last_ok_at else None,
    )


def rule_row(rule: Rule, reference: Reference, show: Formats) -> RuleRow:
    """Make a rule ready; an expired one is marked."""
    names = {topic.code: topic.name for topic in reference.topics}
    is_over = rule.expires_on is not None and rule.expires_on < show.today()
    state = "expired" if is_over and rule.state != "suspended" else rule.state
    return RuleRow(
        name=rule.name,
        query=rule.query,
        beginning=f"{rule.query[:_SHOWN]}…",
        is_long=len(rule.query) > _LONG,
        version=rule.version,
        topic=names.get(rule.topic_code or "", rule.topic_code),
        purpose=rule.purpose,
        owner=rule.owner,
        expires=show.day(rule.expires_on) if rule.expires_on else None,
        state=words.label(words.RULE_STATES, state, show.language),
    )
