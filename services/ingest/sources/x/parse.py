"""Reads X's posts in both sets of names; tolerant, because fields come and go."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from services.ingest.domain.posts import PostKind
from services.ingest.sources.connector import without_authors
from services.ingest.sources.x.text import scrubbed, text_of
from shared.networks.x.ids import moment_of, number_of

Json: TypeAlias = Mapping[str, Any]
Unknown: TypeAlias = Counter[str]

_REPOSTED: Final = frozenset({"retweeted", "reposted"})
_QUOTED: Final = "quoted"
_ANSWERED: Final = "replied_to"
_ABOUT_PEOPLE: Final = (
    "affiliation",
    "annotations",
    "card_uri",
    "display_url",
    "geo",
    "in_reply_to_user_id",
    "mentions",
    "source",
    "users",
)
_METRICS: Final = {
    "bookmark_count": "saves",
    "impression_count": "views",
    "like_count": "likes",
    "reply_count": "comments",
    "repost_count": "reposts",
    "retweet_count": "reposts",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A version of a post as X shows it, without who wrote it.

    `key` is the first id of its edits, `version` this one's, `latest` the last there
    is. `above` is the id of what it answers, of whichever version; 0 for none.
    `by_page` says that our own account wrote it.
    """

    key: int
    version: int
    latest: int
    conversation: int
    above: int
    created_at: datetime | None
    text: str
    raw: Json
    metrics: Mapping[str, int]
    by_page: bool = False
    is_repost: bool = False

    @property
    def name(self) -> str:
        return key_of(self.key)

    @property
    def kind(self) -> PostKind:
        return PostKind.COMMENT if self.above else PostKind.POST

    @property
    def published_at(self) -> datetime:
        """When the first version was written; an edited post tells the last one's."""
        told = moment_of(self.key)
        if self.created_at is None or self.key != self.latest:
            return told
        return self.created_at

    @property
    def edited_at(self) -> datetime | None:
        """When this version was written; None for the first."""
        if self.key == self.version:
            return None
        return moment_of(self.version)


def key_of(number: int) -> str:
    """Name a post as X does: by the first id of its edits."""
    return f"post:{number}"


def post_of(data: Json, unknown: Unknown, *, ours: str = "") -> Item | None:
    """Read a post; None for what is none. `ours` is the id of our own account."""
    number = number_of(data.get("id"))
    if number is None:
        unknown["post without id"] += 1
        return None
    told = _listed(data, "edit_history_post_ids", "edit_history_tweet_ids")
    history = [one for each in told if (one := number_of(each)) is not None]
    chain = sorted({number, *history})
    conversation = number_of(data.get("conversation_id")) or chain[0]
    kinds = _references(data, unknown)
    above = kinds.get(_ANSWERED, 0)
    if not above and conversation not in chain:
        above = conversation
    return Item(
        key=chain[0],
        version=number,
        latest=chain[-1],
        conversation=conversation,
        above=above,
        created_at=_moment(data.get("created_at")),
        text=text_of(data),
        raw=scrubbed(without_authors(data, *_ABOUT_PEOPLE)),
        metrics=_metrics(data.get("public_metrics")),
        by_page=bool(ours) and data.get("author_id") == ours,
        is_repost=not _REPOSTED.isdisjoint(kinds),
    )


def _references(data: Json, unknown: Unknown) -> dict[str, int]:
    """Give the posts this one is about, by how it is about them."""
    found: dict[str, int] = {}
    for each in _listed(data, "referenced_posts", "referenced_tweets"):
        kind = each.get("type") if isinstance(each, dict) else None
        if kind not in {*_REPOSTED, _QUOTED, _ANSWERED}:
            unknown[f"reference: {str(kind)[:40]}"] += 1
            continue
        found[kind] = number_of(each.get("id")) or 0
    return found


def _metrics(told: object) -> dict[str, int]:
    """Counters that X shows; one it does not show is absent, not nought."""
    shown = told if isinstance(told, dict) else {}
    return {
        ours: count
        for theirs, ours in _METRICS.items()
        if isinstance(count := shown.get(theirs), int)
        and not isinstance(count, bool)
        and count >= 0
    }


def _moment(told: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _listed(data: Json, *names: str) -> list[Any]:
    """Give the first of these lists there is."""
    found = (data.get(name) for name in names)
    return next((each for each in found if isinstance(each, list)), [])
