"""What a pasted link leads to, in words, and why some are refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from web import words
from web.clients import ApiError
from web.formats import Formats
from web.languages import N_, Language
from web.links import shown
from web.shapes.watching import Recognised, Tested
from web.troubles import notice_of
from web.views.notices import Notice

_NOTHING = N_(
    "There is nothing to watch at this link. Give the address of a public page, a "
    "group or a channel."
)
_REFUSALS: Mapping[str, str] = {
    "person": N_("This is a person's profile. People are not watched: only pages are."),
    "invitation": N_(
        "An invitation opens a closed chat to those who were invited. Give the link to "
        "an open channel, or add our bot to the chat and watch the bot."
    ),
    "group": N_("Facebook shows groups to no program: only pages can be watched."),
    "words": N_(
        "Odnoklassniki finds posts by one hashtag only. Search there for a word with "
        "the sign #, and paste that link."
    ),
    "short": N_(
        "A shortened link hides where it leads. Open it in a browser and paste the "
        "address it leads to."
    ),
}
_WRONG: Mapping[str, str] = {
    "link": N_(
        "This does not look like a link. Open the page in a browser and copy its "
        "address, such as vk.com/name, t.me/name or ok.ru/group/1."
    ),
    "url": N_(
        "This address is inside a private network, or has a port that is no website's. "
        "Only addresses that are open to the internet can be watched."
    ),
}
_ONE_POST = frozenset({"conversation", "media", "post", "topic", "video"})
"""Kinds of places that are a single post; the page it stands on may be watched too."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a link leads to, in words."""

    network: words.Label | None
    url: str
    address: str
    name: str
    unnamed: str
    notice: str | None
    needs_token: bool
    source_id: str | None
    refusal: str | None


def found(link: Recognised, show: Formats) -> Found:
    """Make what was recognised ready."""
    notice = notice_of(link.network, show.language) if link.needs_notice else None
    return Found(
        network=words.label(words.NETWORKS, link.network, show.language),
        url=link.url,
        address=shown(link.url),
        name=link.name or _without_numbers(link.native) or _said_of(link, show),
        unnamed=link.name or _without_numbers(link.native) or shown(link.url),
        notice=notice,
        needs_token=bool(link.token_kinds) and not link.has_token,
        source_id=link.source_id,
        refusal=show.language.say(_refusal(link)) if not link.native else None,
    )


def proposed_name(tested: Tested, link: Recognised, show: Formats) -> str:
    """Propose the network's name of the page; one post of it is told by its number."""
    if not tested.title or link.kind not in _ONE_POST:
        return tested.title or ""
    number = link.native.rpartition("_")[2]
    return show.language.say(
        "%(page)s: post %(number)s", page=tested.title, number=number
    )


def _said_of(link: Recognised, show: Formats) -> str:
    is_one = link.kind in _ONE_POST
    return show.language.say("one post with its comments") if is_one else ""


def _without_numbers(native: str) -> str:
    """Leave out what is no name: numbers tell a person nothing."""
    return native if any(map(str.isalpha, native)) else ""


def _refusal(link: Recognised) -> str:
    return _REFUSALS.get(link.kind, _NOTHING)


def link_refused(error: ApiError, language: Language) -> Notice | None:
    """Say what is wrong with a link nobody knows; None when that is not the trouble."""
    told = {one.field.rsplit(".", 1)[-1] for one in error.problem.errors}
    text = next((text for name, text in _WRONG.items() if name in told), None)
    if text is None:
        return None
    title = language.say("This link does not fit")
    fields = {"link": language.say(text)}
    return Notice("danger", "alert-triangle", title, fields=fields)
