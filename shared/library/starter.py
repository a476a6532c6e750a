"""What a new region starts with: topics, authorities and keyword rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from shared.library import lines, table


@dataclass(frozen=True, slots=True)
class Topic:
    """A public service; `authority` answers for it.

    Where it is `municipal`, the administration of the municipality answers, and
    `authority` only when the municipality is not known. `urgent` cannot wait.
    """

    code: str
    name: str
    name_en: str
    authority: str
    municipal: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """The first level of the classifier."""

    code: str
    name: str
    name_en: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """A body that answers to residents; `short_name` fits into a list."""

    code: str
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A keyword query that finds posts about one topic.

    `owner` is the office whose people review it; `catches` and `spares` are posts
    written for this project that show what it is for and what it leaves alone.
    """

    topic: str
    name: str
    purpose: str
    query: str
    owner: str
    catches: str
    spares: str


@dataclass(frozen=True, slots=True)
class Route:
    """The authority for a topic, in one municipality or wherever else."""

    topic: str
    authority: str
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class Starter:
    """The library of a new region, free of place names; the region extends it."""

    groups: tuple[TopicGroup, ...]
    authorities: tuple[Authority, ...]
    rules: tuple[Rule, ...]

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Topics of all groups in their order."""
        return tuple(topic for group in self.groups for topic in group.topics)

    def routes(self, administrations: Mapping[str, str]) -> tuple[Route, ...]:
        """Routes in their order, the first that fits decides.

        `administrations` names for each municipality's code the authority that is
        its own administration.
        """
        local = tuple(
            Route(topic.code, authority, municipality)
            for topic in self.topics
            if topic.municipal
            for municipality, authority in administrations.items()
        )
        return local + tuple(Route(one.code, one.authority) for one in self.topics)


@cache
def load() -> Starter:
    """Read the library; a misspelt field in a file is an error."""
    return Starter(
        groups=tuple(_group(group) for group in table("topics.toml")["group"]),
        authorities=tuple(
            Authority(**authority)
            for authority in table("authorities.toml")["authority"]
        ),
        rules=tuple(_rules()),
    )


def _group(group: Mapping[str, Any]) -> TopicGroup:
    topics = tuple(Topic(**topic) for topic in group["topic"])
    return TopicGroup(group["code"], group["name"], group["name_en"], topics)


def _rules() -> Iterator[Rule]:
    """Join each rule's own query with what no rule of the library wants."""
    exclude = " OR ".join(lines("rules/exclude.txt"))
    for group in table("topics.toml")["group"]:
        file = table(f"rules/{group['code']}.toml")
        for rule in file["rule"]:
            query = " ".join(f"({rule['query']}) NOT ({exclude})".split())
            yield Rule(owner=file["owner"], **{**rule, "query": query})
