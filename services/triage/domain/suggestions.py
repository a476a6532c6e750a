"""What Otklik proposes for a candidate, each proposal with its reason as a code."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.triage.domain.gazetteer import Gazetteer, PlaceKind
from services.triage.domain.routing import Routing
from services.triage.domain.urgency import UrgencyFound, UrgentWords


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is proposed: a code to translate, and what to put into it."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that caught the post: how many pieces of the text it highlights.

    Topic, authority and municipality are what the rule suggests, if anything.
    """

    name: str
    topic: str | None
    hits: int = 1
    authority: str | None = None
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class TopicProposal:
    """A topic with a confidence between 0 and 1.

    It is the topic's share of the rules that matched, one vote being kept back for
    "something else": one rule alone is not certainty.
    """

    code: str
    confidence: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    code: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Suggestion:
    topic: TopicProposal | None
    municipality: Proposal | None
    authority: Proposal | None
    urgency: UrgencyFound


@dataclass(frozen=True, slots=True)
class Library:
    """What a region knows: its places, its routing, its urgent words."""

    gazetteer: Gazetteer
    routing: Routing
    urgent_words: UrgentWords


def suggest(
    text: str,
    matches: Sequence[MatchedRule],
    source_municipality: str | None,
    library: Library,
) -> Suggestion:
    """Propose topic, place, authority and urgency.

    The topic comes from the rules that matched; the place from the text, else from
    the source, else from a rule made for one place; the authority from a rule of the
    topic that names one, else from the routing rules for topic and place.
    """
    topic = _topic(matches)
    municipality = _municipality(
        text, source_municipality, library.gazetteer
    ) or _place_of_rule(matches)
    topic_code = topic.code if topic else None
    place_code = municipality.code if municipality else None
    return Suggestion(
        topic,
        municipality,
        _authority_of_rule(matches, topic_code)
        or _authority(library.routing, topic_code, place_code),
        library.urgent_words.weigh(text),
    )


def _topic(matches: Sequence[MatchedRule]) -> TopicProposal | None:
    """The topic most rules name; between equals the one with more words found."""
    rules = Counter(match.topic for match in matches if match.topic)
    if not rules:
        return None
    hits: Counter[str] = Counter()
    for match in matches:
        if match.topic:
            hits[match.topic] += match.hits
    best = max(rules, key=lambda topic: (rules[topic], hits[topic]))
    names = dict.fromkeys(match.name for match in matches if match.topic == best)
    reason = Reason("rules_matched", {"rules": ", ".join(names)})
    confidence = round(rules[best] / (rules.total() + 1), 2)
    return TopicProposal(best, confidence, reason)


# A street says less than a settlement, its name is more often in several places:
# it does not outweigh the place the source speaks for.
_PLACE_WEIGHTS: Final = {
    PlaceKind.MUNICIPALITY: 2.0,
    PlaceKind.SETTLEMENT: 2.0,
    PlaceKind.STREET: 1.0,
}
_SOURCE_WEIGHT: Final = 1.0


def _municipality(
    text: str, source: str | None, gazetteer: Gazetteer
) -> Proposal | None:
    """The municipality the text names most; the source's wins a tie."""
    weights: defaultdict[str, float] = defaultdict(float)
    words: dict[str, str] = {}
    for mention in gazetteer.mentions(text):
        for place in mention.places:
            share = _PLACE_WEIGHTS[place.kind] / len(mention.places)
            weights[place.municipality] += share
            words.setdefault(place.municipality, text[mention.start : mention.end])
    if source:
        weights[source] += _SOURCE_WEIGHT
    if not weights:
        return None
    code = max(weights, key=lambda place: (weights[place], place == source))
    named = Reason("named_in_text", {"words": words[code]}) if code in words else None
    return Proposal(code, named or Reason("place_of_source"))


def _place_of_rule(matches: Sequence[MatchedRule]) -> Proposal | None:
    """The place of the first rule that is for one place only."""
    for match in matches:
        if match.municipality:
            return Proposal(match.municipality, _rule_says(match))
    return None


def _authority_of_rule(
    matches: Sequence[MatchedRule], topic: str | None
) -> Proposal | None:
    """The authority that the first rule of the proposed topic names."""
    for match in matches:
        if match.authority and match.topic == topic:
            return Proposal(match.authority, _rule_says(match))
    return None


def _rule_says(match: MatchedRule) -> Reason:
    return Reason("rule_says", {"rule": match.name})


def _authority(
    routing: Routing, topic: str | None, municipality: str | None
) -> Proposal | None:
    rule = routing.route(topic, municipality)
    if rule is None:
        return None
    return Proposal(
        rule.authority, Reason("routing_rule", {"number": str(rule.number)})
    )
