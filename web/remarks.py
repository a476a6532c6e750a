"""What a test of a page found worth knowing, in words, by the code of the remark."""

from collections.abc import Mapping

from web.formats import Formats
from web.languages import N_
from web.shapes.watching import Remark
from web.troubles import in_short

_MINUTE = 60
SAID: Mapping[str, str] = {
    "clock": N_("The network's clock and ours differ by %(time)s."),
    "by-hand": N_("Answers are copied and pasted by hand."),
    "other-bot": N_("The token belongs to another bot than the link."),
    "webhook-set": N_(
        "A webhook is set for this bot: it cannot be polled until it is taken away."
    ),
    "delivery-failed": N_("The network could not deliver last time: %(error)s"),
    "put-off": N_("A part could not be read this time and follows later. %(why)s"),
    "livejournal:no-replies": N_("The replies could not be counted this time. %(why)s"),
    "refused-entries": N_(
        "Entries that were refused: %(entries)s. The first: %(first)s"
    ),
    "feed:cut-off": N_("The feed was cut off. Its last entry is read next time."),
    "feed:empty": N_("The feed has no entries yet."),
    "ok:by-hand": N_(
        "Answers are copied and pasted by hand: posting to Odnoklassniki is switched "
        "off."
    ),
    "ok:no-statistics": N_(
        "Statistics are told to the token of an administrator of the group only."
    ),
    "telegram:privacy": N_(
        "The bot's privacy mode is on: it sees all comments only in groups where it is "
        "an administrator."
    ),
    "telegram:preview": N_(
        "The public preview shows no comments and no deletions, and its counters are "
        "rounded."
    ),
    "telegram:preview-empty": N_("The public preview shows no posts with words."),
    "telegram:renamed": N_("The channel is called %(name)s now."),
    "telegram:updates-wait": N_(
        "Updates that Telegram could not deliver: %(updates)s. It says: %(error)s"
    ),
    "telegram:not-asked": N_(
        "The bot was not asked for more than a day. What was written before that is "
        "lost to it: let a source of the channel read it."
    ),
    "telegram:moved": N_("The group %(old)s is the supergroup %(new)s now."),
    "telegram:too-much": N_(
        "Too much had changed at once: the history is read again. What was deleted "
        "meanwhile is not known."
    ),
    "telegram:group-not-followed": N_(
        "The discussion group is closed to this account: its comments are read once, "
        "not followed."
    ),
    "telegram:group-closed": N_("The discussion group is closed to this account now."),
    "vk:stream": N_("VKontakte's stream. %(why)s"),
    "vk:cut-off": N_(
        "More was found in one second than VKontakte shows. Narrow the words down."
    ),
    "vk:stream-key": N_(
        "VKontakte's stream takes the service key of an application only."
    ),
    "vk:no-stream": N_("VKontakte gives no stream: %(error)s"),
    "max:long-poll": N_(
        "MAX keeps updates for a day, and polling is meant for trials: set a webhook "
        "for real work."
    ),
    "max:no-administrator": N_(
        "The bot is no administrator of the chat: MAX shows it no messages."
    ),
    "max:no-right": N_("The bot lacks the right to read all messages."),
    "max:not-asked": N_(
        "The bot was not asked for more than a day. What was written before that is "
        "lost to its queue: let a source of the chat read it."
    ),
    "max:removed": N_("The bot was removed from the chat %(chat)s."),
    "max:right-lost": N_(
        "The bot may not read all messages of the chat %(chat)s any more."
    ),
    "tiktok:day-cut-off": N_(
        "TikTok does not show all videos of the day %(day)s: the rest cannot be read."
    ),
    "tiktok:by-hand": N_(
        "Answers are copied and pasted by hand: TikTok lets no program comment."
    ),
    "tiktok:not-verified": N_(
        "TikTok has not verified this account. Watch accounts of authorities only."
    ),
    "x:by-hand": N_(
        "Answers are copied and pasted by hand: X lets a program reply only to posts "
        "that mention or quote our account."
    ),
    "x:not-marked": N_(
        "X does not mark this account as an organisation's. Watch accounts of "
        "authorities only."
    ),
    "facebook:no-statistics": N_(
        "Statistics need a token of the page with the right read_insights."
    ),
    "instagram:no-statistics": N_(
        "Statistics need a token with the right instagram_manage_insights."
    ),
    "instagram:no-answers": N_(
        "Instagram lets nobody comment on what a hashtag finds."
    ),
}
"""The words of each code; those in brackets are its figures."""

CAN: Mapping[str, str] = {
    "read": N_("posts"),
    "comments": N_("comments"),
    "answer": N_("answering"),
    "statistics": N_("statistics"),
}
"""What a place allows."""


def remark_said(remark: Remark, show: Formats) -> str:
    """Say a remark; one we do not know yet in the service's English."""
    text = SAID.get(remark.code)
    if text is None:
        return remark.text
    return show.language.say(text, **_figures(remark, show))


def _figures(remark: Remark, show: Formats) -> dict[str, object]:
    """Add what is said of figures: a span of time, why a part of a poll failed."""
    figures = remark.figures
    told: dict[str, object] = dict(figures)
    seconds = figures.get("seconds")
    if isinstance(seconds, int):
        told["time"] = span_said(seconds, show)
    if "code" in figures:
        kind, code = (str(figures.get(name) or "") for name in ("kind", "code"))
        told["why"] = in_short(kind, code, show.language) or remark.text
    return told


def span_said(seconds: int, show: Formats) -> str:
    """Say a span of time that may be shorter than a minute."""
    if abs(seconds) < _MINUTE:
        return show.language.say("%(s)s s", s=abs(seconds))
    return show.duration(seconds / _MINUTE)
