"""Found posts and the facets beside them."""

from collections.abc import Mapping
from dataclasses import dataclass

from web import words
from web.formats import Formats, Moment
from web.highlight import Piece, excerpt
from web.links import Query, original
from web.reference import Reference
from web.shapes.base import Named
from web.shapes.ingest import ArchivePost

_LONG = 600
FACETS = ("status", "network", "topic", "municipality")


@dataclass(frozen=True, slots=True)
class Found:
    """One result."""

    id: str
    network: str
    source: str | None
    url: str | None
    published: Moment
    text: tuple[Piece, ...]
    topic: str | None
    place: str | None
    status: words.Label | None
    incident_id: str | None
    incident_number: int | None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet: how many results have it, and the way to see them."""

    text: str
    count: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the results."""

    name: str
    title: str
    values: tuple[FacetValue, ...]


def found(post: ArchivePost, reference: Reference, show: Formats) -> Found:
    """Make a result ready for the page."""
    network = words.label(words.NETWORKS, post.network, show.language)
    return Found(
        id=post.id,
        network=network.text if network else "",
        source=words.source_name(post.source_name, show.language),
        url=original(post.network, post.url, post.id),
        published=show.moment(post.published_at),
        text=excerpt(post.text, post.highlights, length=_LONG),
        topic=reference.topic_name(post.topic, post.topic_name),
        place=post.municipality_name,
        status=words.label(words.STATUSES, post.status, show.language),
        incident_id=post.incident_id,
        incident_number=post.incident_number,
    )


def facets(
    counts: Mapping[str, Mapping[str, int]],
    query: Query,
    reference: Reference,
    show: Formats,
) -> tuple[Facet, ...]:
    """Make the facets ready: most frequent first, the chosen one always there."""
    shown = []
    for name in FACETS:
        chosen = query.params.get(name, "")
        values = {**({chosen: 0} if chosen else {}), **counts.get(name, {})}
        shown.append(
            Facet(
                name,
                _title(name, show),
                tuple(
                    FacetValue(
                        text=value_name(name, code, reference, show),
                        count=show.number(n),
                        href=query.but(
                            **{name: None if code == chosen else code, "cursor": None}
                        ).href,
                        is_chosen=code == chosen,
                    )
                    for code, n in sorted(values.items(), key=lambda one: -one[1])
                ),
            )
        )
    return tuple(facet for facet in shown if facet.values)


def value_name(name: str, code: str, reference: Reference, show: Formats) -> str:
    """Name a filter's value as people call it."""
    if name == "status":
        found_label = words.label(words.STATUSES, code, show.language)
        return found_label.text if found_label else code
    if name == "network":
        found_label = words.label(words.NETWORKS, code, show.language)
        return found_label.text if found_label else code
    lists: Mapping[str, tuple[Named, ...]] = {
        "topic": reference.topics,
        "municipality": reference.municipalities,
        "authority": reference.authorities,
    }
    return next((one.name for one in lists.get(name, ()) if one.code == code), code)


def _title(name: str, show: Formats) -> str:
    say = show.language.say
    return {
        "status": say("State"),
        "network": say("Network"),
        "topic": say("Topic"),
        "municipality": say("Municipality"),
    }[name]
