"""What is wrong with a source, in words: by the network's code, else by its kind."""

from collections.abc import Mapping

from web.languages import N_, Language
from web.words import Word, Words

SILENT = "silent"
"""The state of a signed webhook that was not called yet."""
BY_ITSELF = "by itself"
"""The state of what is neither asked nor counted: files, pushes through the API."""
KEYLESS = "keyless"
"""The state of a source whose network wants a token, and there is none."""

HEALTH: Words = {
    "ok": Word(N_("Works"), "circle-check", "ok"),
    "new": Word(N_("Not asked yet"), "hourglass", "info"),
    SILENT: Word(N_("Nothing has come yet"), "hourglass", "info"),
    BY_ITSELF: Word(N_("Comes by itself"), "inbox"),
    "late": Word(N_("Works, but late"), "clock", "warn"),
    "waiting": Word(N_("Waits for its turn"), "hourglass", "info"),
    "failing": Word(N_("Failing"), "alert-circle", "danger"),
    "paused": Word(N_("Paused"), "player-pause"),
    "token": Word(N_("Token refused"), "lock", "danger"),
    KEYLESS: Word(N_("No token"), "lock", "danger"),
    "person": Word(N_("Needs a person"), "user-circle", "danger"),
    "broken": Word(N_("Stopped: our request is wrong"), "alert-triangle", "danger"),
    "gone": Word(N_("The page is gone"), "wifi-off", "danger"),
    "off": Word(N_("Switched off"), "eye-off"),
}
CREDENTIAL_STATES: Words = {
    "ok": Word(N_("Good"), "circle-check", "ok"),
    "refused": Word(N_("Refused by the network"), "lock", "danger"),
    "expired": Word(N_("Expired"), "clock-exclamation", "warn"),
}
_KINDS: Mapping[str, str] = {
    "retry": N_(
        "The network could not be read. It is asked again by itself, further and "
        "further apart."
    ),
    "wait": N_("The network asks for patience. It is asked again by itself."),
    "reauth": N_(
        "The network refuses the token. Give another one on the page of credentials; "
        "the source then goes on by itself."
    ),
    "skip_item": N_("One post could not be read; the others are taken in."),
    "disable": N_(
        "The page is gone, closed, or may not be read with this token. Open it in a "
        "browser; resume the source when it can be read again."
    ),
    "human": N_(
        "The network wants a person: a captcha, a confirmation, a consent. Settle it "
        "there, then resume the source."
    ),
    "bug": N_(
        "Our request is wrong in the network's eyes. Report it; asking again as it is "
        "would change nothing."
    ),
}
_WORDS_REFUSED = N_(
    "VKontakte's stream does not take these words: there are too many, a quotation "
    "mark is not closed, or all are excluded. The search goes on as usual."
)
# Those every desk meets; other codes are explained by what they begin with, or by
# their kind.
_CODES: dict[str, str] = {
    "vk:5": N_("VKontakte: the token was revoked or is wrong."),
    "vk:6": N_("VKontakte: too many calls in a second. The pace was lowered."),
    "vk:7": N_("VKontakte: the token lacks a right."),
    "vk:9": N_("VKontakte: too many calls of one kind. We wait."),
    "vk:14": N_("VKontakte asks for a captcha. A person has to solve it."),
    "vk:15": N_("VKontakte: no access; the page is closed or the token too weak."),
    "vk:17": N_("VKontakte: the owner of the token has to confirm who they are."),
    "vk:18": N_("VKontakte: the page was deleted or banned."),
    "vk:24": N_("VKontakte: the owner of the token has to confirm this."),
    "vk:27": N_("VKontakte: the community's token is no longer good."),
    "vk:28": N_("VKontakte: the application's key is no longer good."),
    "vk:29": N_("VKontakte: the limit of this method is spent for today."),
    "vk:30": N_("VKontakte: the profile is private."),
    "vk:100": N_("VKontakte: a parameter of our request is wrong."),
    "vk:203": N_("VKontakte: the community is closed."),
    "vk:not_renewed": N_(
        "VKontakte did not renew the user token: it was revoked, or the answer with "
        "the new one was lost. Sign in again and replace the credential."
    ),
    "vk:stream": N_(
        "VKontakte: the stream can not be heard just now. The search goes on as usual, "
        "and the stream is tried again by itself."
    ),
    "vk:stream:key": N_(
        "VKontakte: its stream takes the service key of an application only. The "
        "search goes on as usual."
    ),
    "vk:stream:refused": N_(
        "VKontakte refuses this key its stream. The search goes on as usual; the "
        "stream is tried again every hour."
    ),
    "vk:stream:service": N_(
        "VKontakte has something to say about its stream. The stream and the search "
        "both work."
    ),
    "vk:stream:1004": N_(
        "VKontakte does not take the key to its stream. The search goes on as usual, "
        "and the stream is tried again by itself."
    ),
    "vk:stream:1006": N_(
        "VKontakte: another program listens to the stream with this key. The search "
        "goes on as usual."
    ),
    "vk:stream:2003": _WORDS_REFUSED,
    "vk:stream:2004": _WORDS_REFUSED,
    "vk:stream:2005": _WORDS_REFUSED,
    "vk:stream:2006": N_(
        "VKontakte: the stream has 300 rules already, and this key gets no more. The "
        "search goes on as usual."
    ),
    "vk:stream:2008": _WORDS_REFUSED,
    "vk:1105": N_("VKontakte: too many calls from our address. We wait."),
    "vk:1117": N_("VKontakte: the token has expired."),
    "ok:7": N_("Odnoklassniki lets nobody call this for a while. We wait."),
    "ok:8": N_("Odnoklassniki: blocked for flooding. We wait."),
    "ok:9": N_("Odnoklassniki blocks our IP address."),
    "ok:10": N_("Odnoklassniki: the token lacks a right."),
    "ok:11": N_("Odnoklassniki: the limit of calls is reached."),
    "ok:50": N_("Odnoklassniki: the application lacks a right."),
    "ok:102": N_("Odnoklassniki: the session has ended."),
    "ok:103": N_("Odnoklassniki: the session key is wrong."),
    "ok:104": N_("Odnoklassniki: the signature is wrong; check the secret key."),
    "telegram:401": N_("Telegram: the bot's token is wrong or was revoked."),
    "telegram:403": N_("Telegram: the bot was removed from the channel or group."),
    "telegram:404": N_("Telegram: the bot's token has a wrong form."),
    "telegram:409": N_("Telegram: another program reads this bot's updates."),
    "telegram:429": N_("Telegram asks for patience."),
    "telegram:AuthKeyDuplicated": N_(
        "Telegram ended the session: it was used from two places at once."
    ),
    "telegram:SignedOut": N_("Telegram: the session has ended. Sign in anew."),
    "telegram:ChannelPrivate": N_("Telegram: the channel is closed to this account."),
    "telegram:UsernameNotOccupied": N_("Telegram: there is no such name."),
    "max:401": N_("MAX: the bot's token is wrong or was revoked."),
    "max:403": N_("MAX: the bot is no administrator of the chat any more."),
    "max:405": N_("MAX: a webhook is set for this bot, so it can not be polled."),
    "max:429": N_("MAX asks for patience."),
    "x:401": N_("X: the token was revoked or is wrong."),
    "x:credits": N_("X: the credits are used up. Buy more there, then resume."),
    "x:429": N_("X asks for patience."),
    "x:usage-capped": N_("X: no more posts are sold in this billing cycle. We wait."),
    "x:guard-day": N_(
        "X: the posts this source may read in a day are spent. It goes on at 00:00 UTC."
    ),
    "x:guard-month": N_(
        "X: the money for this month is spent. It goes on when the next month begins."
    ),
    "tiktok:daily_quota_limit_exceeded": N_(
        "TikTok: the quota of the day is spent. It goes on at 00:00 UTC."
    ),
    "tiktok:access_token_invalid": N_("TikTok: the key was refused."),
    "tiktok:rate_limit_exceeded": N_("TikTok asks for patience."),
    "tiktok:scope_not_authorized": N_(
        "TikTok: the key may not use the research interface."
    ),
    "facebook:10": N_("Facebook: the token lacks a right for this page."),
    "facebook:190": N_("Facebook: the token has ended or was revoked."),
    "facebook:368": N_("Facebook holds our actions for abuse. A person has to look."),
    "facebook:80001": N_("Facebook: the page's calls of 24 hours are spent. We wait."),
    "instagram:10": N_("Instagram: the token lacks a right for this account."),
    "instagram:18": N_("Instagram: thirty hashtags were asked for in seven days."),
    "instagram:190": N_("Instagram: the token has ended or was revoked."),
    "instagram:80002": N_(
        "Instagram: the account's calls of 24 hours are spent. We wait."
    ),
    "feed:429": N_("The site asks for patience."),
    "feed:503": N_("The site is closed for a while."),
    "otklik:parser": N_(
        "The answer has a form we do not know. Report it with the name of the source."
    ),
}
# These say by themselves what to do.
_WHOLE: dict[str, str] = {
    "otklik:no-token": N_(
        "There is no token of the kind that is needed here. Add one on the page of "
        "tokens, then resume the source."
    ),
    "otklik:no-page": N_(
        "The network knows no page with this address. Look in a browser whether it was "
        "renamed or deleted."
    ),
    "otklik:person": N_(
        "This is a person's profile. People are not watched: only pages are."
    ),
    "livejournal:untold": N_(
        "LiveJournal does not say whether this journal is a community's or a person's. "
        "It is not read before that is known."
    ),
    "telegram:no_preview": N_(
        "Telegram: the channel has no public preview. A bot that is its administrator, "
        "or the session of an account, can read it."
    ),
    "telegram:changed_markup": N_(
        "The public preview of Telegram looks different now. Report it: Otklik has to "
        "learn to read it."
    ),
    "feed:address": N_(
        "The address is inside a private network, or is no website's. Correct it in "
        "the settings."
    ),
    "feed:unreached": N_(
        "The site does not answer. It is asked again by itself; look whether its "
        "address is right."
    ),
    "feed:slow": N_("The site answers too slowly. It is asked again by itself."),
    "feed:redirects": N_(
        "The site sends from one address to another without an end. Give the address "
        "of the feed itself."
    ),
    "feed:no-feed": N_(
        "At this address there is a page, not a feed. Look on the site for a link that "
        "is called RSS or Atom."
    ),
    "feed:broken": N_("The feed is broken or made in a way that is not read."),
    "feed:401": N_("The site asks for a password. Only open feeds are read."),
    "feed:403": N_(
        "The site does not let us read the feed. Ask its owner to allow it."
    ),
    "feed:404": N_("There is nothing at this address. Correct it in the settings."),
    "feed:410": N_("The site says that the feed is gone for good."),
    "feed:500": N_("The site has a fault of its own. It is asked again by itself."),
    "feed:502": N_("The site has a fault of its own. It is asked again by itself."),
}
_REMARKED = N_("It is read, with a remark: see its page.")
NOTICES: Mapping[str, str] = {
    "tiktok": N_(
        "TikTok gives its research interface to non-profit researchers only; a "
        "government body is not one of them. Switch it on only with a written consent "
        "of TikTok. TikTok does not tell people from organisations: accepting this, "
        "you say that an account you add is an authority's. People are not watched."
    ),
    "x": N_(
        "X charges for every post that is read, and may be blocked in your country. "
        "Replies by a program are allowed only where the author has mentioned you. Set "
        "the most posts a day and the money a month before you begin: without it they "
        "are 200 posts and 30 dollars. X does not tell people from organisations: "
        "accepting this, you say that an account you add is an authority's. People are "
        "not watched."
    ),
    "facebook": N_(
        "Meta was declared extremist in Russia: its activity is forbidden there, and "
        "Facebook is blocked. Ask your lawyers before you switch it on; the "
        "organisation answers for it. Meta takes no money for reading, but checks the "
        "organisation and the application first, and all calls leave the country."
    ),
    "instagram": N_(
        "Meta was declared extremist in Russia: its activity is forbidden there, and "
        "Instagram is blocked. Ask your lawyers before you switch it on; the "
        "organisation answers for it. Meta takes no money for reading, but checks the "
        "organisation and the application first, and all calls leave the country. Only "
        "accounts of your own can be read, and thirty hashtags a week."
    ),
}
_ANY_NOTICE = N_(
    "This network is off until somebody accepts that law and money are the "
    "organisation's own concern."
)


def explained(kind: str | None, code: str | None, language: Language) -> str | None:
    """Say what an error, or a note without one, means and what to do.

    None where there is nothing to explain.
    """
    if whole := _WHOLE.get(code or ""):
        return language.say(whole)
    told = [_of_code(code), _KINDS.get(kind or "")]
    return " ".join(language.say(text) for text in told if text) or None


def in_short(kind: str | None, code: str | None, language: Language) -> str | None:
    """Say it in one sentence: the network's own reason, else what the kind means."""
    text = _WHOLE.get(code or "") or _of_code(code) or _KINDS.get(kind or "")
    return language.say(text) if text else None


def _of_code(code: str | None) -> str | None:
    """Find the words of a code, or of the code it begins with: `a:b` for `a:b:7`."""
    known = code or ""
    return _CODES.get(known) or _CODES.get(known.rpartition(":")[0])


def remarked(told: str | None, language: Language) -> str | None:
    """Say of a source that works that its last poll told something besides."""
    return language.say(_REMARKED) if told else None


def notice_of(network: str, language: Language) -> str:
    """Say what has to be accepted before a network is watched."""
    return language.say(NOTICES.get(network, _ANY_NOTICE))
