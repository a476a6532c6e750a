"""One post or comment as it comes in, and the parser of the schema `ingest.v1`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.ingest.domain.checks import (
    Refused,
    clean_text,
    count,
    identifier,
    json_type,
    moment,
    web_address,
)

SCHEMA: Final = "ingest.v1"

# Counters we keep; what else a sender puts into `metrics` is ignored.
METRICS: Final = frozenset(
    {
        "comments",
        "dislikes",
        "likes",
        "reach",
        "reactions",
        "reposts",
        "saves",
        "shares",
        "views",
    }
)


class Network(StrEnum):
    """Where a post was published."""

    VK = "vk"
    OK = "ok"
    TELEGRAM = "telegram"
    LIVEJOURNAL = "livejournal"
    RSS = "rss"
    PORTAL = "portal"
    TIKTOK = "tiktok"
    X = "x"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    MAX = "max"
    FILE = "file"
    OTHER = "other"


class PostKind(StrEnum):
    """A post stands alone, a comment stands under a post."""

    POST = "post"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class IncomingPost:
    """A post as taken in: checked, in UTC, without its author."""

    network: Network
    source: str
    external_id: str
    kind: PostKind
    parent_id: str | None
    url: str | None
    text: str
    published_at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    metrics: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two posts the same post."""
        return (self.network, self.source, self.external_id)


def parse_post(data: object, *, now: datetime) -> IncomingPost:
    """Read one JSON object of the schema `ingest.v1`.

    Raises `Refused` with a reason that names the field. The author is not read:
    it must not get further than the request.
    """
    if not isinstance(data, dict):
        raise Refused("post", f"must be a JSON object, not {json_type(data)}")
    if data.get("schema", SCHEMA) != SCHEMA:
        raise Refused("schema", f"must be {SCHEMA}")
    deleted = _flag(data.get("deleted"), "deleted")
    return IncomingPost(
        network=_network(data.get("network")),
        source=identifier(data.get("source"), "source"),
        external_id=identifier(data.get("external_id"), "external_id"),
        kind=_kind(data.get("kind")),
        parent_id=_optional_identifier(data.get("parent_id"), "parent_id"),
        url=_optional_address(data.get("url")),
        text=_text(data.get("text"), deleted=deleted),
        published_at=moment(data.get("published_at"), "published_at", now=now),
        edited_at=_optional_moment(data.get("edited_at"), now),
        deleted=deleted,
        metrics=_metrics(data.get("metrics")),
    )


_NETWORKS: Final[Mapping[str, Network]] = {
    network.value: network for network in Network
}
_KINDS: Final[Mapping[str, PostKind]] = {kind.value: kind for kind in PostKind}


def _network(value: object) -> Network:
    if value is None:
        return Network.PORTAL
    network = _NETWORKS.get(value) if isinstance(value, str) else None
    if network is None:
        raise Refused("network", f"must be one of {', '.join(_NETWORKS)}")
    return network


def _kind(value: object) -> PostKind:
    if value is None:
        return PostKind.POST
    kind = _KINDS.get(value) if isinstance(value, str) else None
    if kind is None:
        raise Refused("kind", f"must be one of {', '.join(_KINDS)}")
    return kind


def _flag(value: object, name: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Refused(name, f"must be true or false, not {json_type(value)}")
    return value


def _optional_identifier(value: object, name: str) -> str | None:
    return None if value is None else identifier(value, name)


def _optional_address(value: object) -> str | None:
    """Senders write both null and an empty string for "has no page"."""
    return None if value is None or value == "" else web_address(value)


def _optional_moment(value: object, now: datetime) -> datetime | None:
    return None if value is None else moment(value, "edited_at", now=now)


def _text(value: object, *, deleted: bool) -> str:
    if deleted and value is None:
        return ""
    text = clean_text(value)
    if not text and not deleted:
        raise Refused("text", "must not be empty")
    return text


def _metrics(value: object) -> dict[str, int | None]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused("metrics", f"must be an object, not {json_type(value)}")
    given: dict[Any, object] = value
    return {
        name: count(number, f"metrics.{name}")
        for name, number in given.items()
        if name in METRICS
    }
