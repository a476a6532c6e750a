"""What a test of a page found worth knowing, in words, by the code of the remark."""

from collections.abc import Mapping

from web.formats import Formats
from web.languages import N_
from web.shapes.watching import Remark

_MINUTE = 60
SAID: Mapping[str, str] = {
    "clock": N_("The network's clock and ours differ by %(time)s."),
    "by-hand": N_("Answers are copied and pasted by hand."),
    "other-bot": N_("The token belongs to another bot than the link."),
    "webhook-set": N_(
        "A webhook is set for this bot: it cannot be polled until it is taken away."
    ),
    "delivery-failed": N_("The network could not deliver last time: %(error)s"),
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
    return show.language.say(text, **_figures(remark.figures, show))


def _figures(figures: Mapping[str, int | str], show: Formats) -> dict[str, object]:
    seconds = figures.get("seconds")
    if isinstance(seconds, int):
        return {**figures, "time": span_said(seconds, show)}
    return dict(figures)


def span_said(seconds: int, show: Formats) -> str:
    """Say a span of time that may be shorter than a minute."""
    if abs(seconds) < _MINUTE:
        return show.language.say("%(s)s s", s=abs(seconds))
    return show.duration(seconds / _MINUTE)
