"""What an operator should know of a place: codes with figures, said here in English.

The pages say them in their own languages, by the code (`web/remarks.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from shared.networks.calls import is_skewed
from shared.networks.failures import NetworkError

TEXTS: Final[Mapping[str, str]] = {
    "clock": "the network's clock and ours differ by {seconds} s",
    "by-hand": "answers are copied and pasted by hand",
    "other-bot": "the token belongs to another bot than the link",
    "webhook-set": "a webhook is set for this bot: it can not be polled meanwhile",
    "delivery-failed": "the last delivery failed: {error}",
    "put-off": "{error}",
    "refused-entries": "{entries} entries refused: {first}",
    "feed:cut-off": "the feed was cut off; its last entry is read next time",
    "livejournal:no-replies": "replies can not be counted: {error}",
    "feed:empty": "the feed has no entries",
    "ok:by-hand": (
        "answers are copied and pasted by hand: posting to OK is switched off"
    ),
    "ok:no-statistics": "statistics need the token of an administrator of the group",
    "telegram:privacy": (
        "the bot's privacy mode is on: it sees all comments only in groups where "
        "it is an administrator"
    ),
    "telegram:preview": (
        "the preview shows no comments and no deletions; counters are rounded"
    ),
    "telegram:preview-empty": "the preview shows no posts with words",
    "telegram:renamed": "the channel is called {name} now",
    "telegram:updates-wait": "{updates} updates wait: {error}",
    "telegram:not-asked": (
        "the bot was not asked for more than 24 h: what was written before that "
        "is lost to it; let a channel source (MTProto or preview) read it"
    ),
    "telegram:moved": "the group {old} is the supergroup {new} now",
    "telegram:too-much": (
        "too much had changed in the {which}: its history is read again, "
        "deletions meanwhile are not known"
    ),
    "telegram:group-not-followed": (
        "the discussion group is closed to this account: comments are read "
        "once, not followed"
    ),
    "telegram:group-closed": "the discussion group is closed to this account now",
    "vk:stream-key": "VK's stream takes the service key of an application only",
    "vk:no-stream": "VK gives no stream: {error}",
    "vk:stream": "{error}",
    "vk:cut-off": "more was found in one second than VK shows",
    "max:long-poll": (
        "MAX keeps updates for a day and means the long poll for trials: set a "
        "webhook for real work"
    ),
    "max:no-administrator": "the bot is no administrator: MAX shows it no messages",
    "max:no-right": "the bot lacks the right to read all messages",
    "max:not-asked": (
        "the bot was not asked for more than 24 h: what was written before that "
        "is lost to its queue; let a chat source read it"
    ),
    "max:removed": "{chat}: the bot was removed",
    "max:right-lost": "{chat}: the bot may not read all messages any more",
    "tiktok:by-hand": (
        "answers are copied and pasted by hand: TikTok lets no program comment"
    ),
    "tiktok:not-verified": (
        "TikTok has not verified this account: watch authorities only"
    ),
    "tiktok:day-cut-off": "the rest of {day} can not be read: {error}",
    "x:by-hand": (
        "answers are copied and pasted by hand: X lets a program reply only to posts "
        "that mention or quote our account"
    ),
    "x:not-marked": (
        "X does not mark this account as an organisation's: watch authorities only"
    ),
    "facebook:no-statistics": "statistics need a token of the page with read_insights",
    "instagram:no-statistics": "statistics need instagram_manage_insights",
    "instagram:no-answers": "Instagram lets nobody comment on what a hashtag finds",
}
"""What each code says; what is in braces is a figure."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know: a code of `TEXTS` with its figures."""

    code: str
    figures: Mapping[str, int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in English."""
        return TEXTS.get(self.code, self.code).format_map(self.figures)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Remark":
        """Read what `as_json` wrote."""
        return cls(stored["code"], stored["figures"])

    def as_json(self) -> dict[str, Any]:
        """Write it for the database."""
        return {"code": self.code, "figures": dict(self.figures)}


def put_off(error: NetworkError, code: str = "put-off", **figures: str) -> Remark:
    """Remark on a failure that only a part of a poll met; its code explains it."""
    told = {"error": str(error), "kind": error.kind.value, "code": error.code or ""}
    return Remark(code, {**told, **figures})


def clock(skew: timedelta | None) -> tuple[Remark, ...]:
    """Remark on a network's clock that differs from ours by more than the way."""
    if skew is None or not is_skewed(skew):
        return ()
    return (Remark("clock", {"seconds": round(abs(skew.total_seconds()))}),)
