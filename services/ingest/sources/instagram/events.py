"""What Instagram pushes: new comments, and mentions, of which it tells ids alone."""

from collections.abc import Mapping
from typing import Any, Final

from services.ingest.sources.instagram.account import MENTION
from services.ingest.sources.instagram.parse import WORDS
from services.ingest.sources.meta.hook import MetaHook, Told
from services.ingest.sources.meta.items import object_in, text_in
from shared.networks.meta.edges import is_id

_IGNORED: Final = frozenset(
    {
        "live_comments",
        "message_reactions",
        "messages",
        "messaging_postbacks",
        "messaging_seen",
        "standby",
        "story_insights",
    }
)


class InstagramHook(MetaHook):
    """Receives comments and mentions; each is then read by its id.

    Edits and deletions are told to nobody.
    """

    words = WORDS
    subject = "instagram"

    def read(self, what: str, value: Mapping[str, Any], told: Told) -> None:
        """Take one change in."""
        if what == "comments":
            media, comment = (
                text_in(object_in(value, "media"), "id"),
                text_in(value, "id"),
            )
            _touch(told, media, comment)
        elif what == "mentions":
            comment = text_in(value, "comment_id")
            _touch(told, text_in(value, "media_id"), comment, MENTION)
        elif what not in _IGNORED:
            told.unknown[f"field: {what[:40]}"] += 1


def _touch(told: Told, media: str, comment: str, mark: str = "") -> None:
    if not is_id(media) or (comment and not is_id(comment)):
        told.unknown["change without id"] += 1
        return
    told.touched.append(f"{mark}{media}/{comment}" if comment else f"{mark}{media}")
