"""E-mail addresses, handles and links to people's pages; other links are kept."""

import re
from collections.abc import Iterator
from typing import Final

from services.ingest.domain.redaction.marks import PersonalData, Span

_LINK_SIGN: Final = re.compile(r"://|\.(?:com|ru|me|net)(?!\w)", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\"«»\[\]]+", re.IGNORECASE)

# The look-behind lets each run of letters be tried once: linear on any text.
_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[^\W_]|-){1,63}(?:\.(?:[^\W_]|-){1,63}){1,5}"
)
_SPOKEN_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[a-z0-9][a-z0-9._-]{1,63} ?[(\[]?(?:собака|собачка|at|dog)[)\]]? ?"
    r"[a-z0-9-]{1,63} ?(?:\.|точка) ?[a-z]{2,10}(?!\w)",
    re.IGNORECASE,
)
_VK_MENTION: Final = re.compile(r"\[id\d{1,12}\|[^\]\n]{0,100}\]")
_HANDLE: Final = re.compile(
    r"(?<![\w@/.])@(?=[\d_.]{0,20}[A-Za-z])[A-Za-z0-9_][A-Za-z0-9_.]{0,62}[A-Za-z0-9_]"
    r"(?: \([А-ЯЁа-яё -]{2,60}\))?"
)

_LINK: Final = re.compile(
    r"(?<![\w@-])(?:https?://)?(?:www\.|m\.|mobile\.)?"
    r"(?P<host>vk\.(?:com|ru)|vkontakte\.ru|ok\.ru|odnoklassniki\.ru|t\.me"
    r"|telegram\.me|instagram\.com|facebook\.com|fb\.com|x\.com|twitter\.com"
    r"|tiktok\.com|wa\.me|api\.whatsapp\.com|youtube\.com|threads\.(?:net|com)"
    r"|max\.ru|rutube\.ru|dzen\.ru|(?P<journal>[\w-]{1,40})\.livejournal\.com)"
    r"(?P<path>/[^\s<>\"«»\[\],;]*)?",
    re.IGNORECASE,
)
# What these paths lead to is a post, a community, a place: not a person. VK keeps
# a user's id in the name of the wall, but that is where the complaint stands.
_NOT_A_PERSON: Final = re.compile(
    r"/?(?:\?.*|$)"
    r"|/(?:wall-?|club|public|event|group|topic|photo-?|video-?|clip-?|album-?|app|market"
    r"|product|story-?|doc-?|poll-?|audio|page-?|wiki)\d"
    r"|/(?:feed|search|groups?|club|video|music|hashtag|away\.php|login|events"
    r"|market|game|app|topics?|p|reels?|stories|explore|tv|watch|share|intent|home"
    r"|playlist|shorts|live|results|joinchat|addstickers|proxy|c|s|a|media|news"
    r"|channel)(?:[/?#]|$)"
    r"|/\+|/[\w.-]+/\d+$",
    re.IGNORECASE,
)
_PERSON_ANYWAY: Final = re.compile(r"/@|/profile|/status/", re.IGNORECASE)
_END_OF_SENTENCE: Final = ".,;:!?)…"


def contacts(text: str) -> Iterator[Span]:
    """Spans of contacts, and of other links, which nothing may be found inside."""
    if "@" in text:
        yield from _all(_EMAIL, text, PersonalData.EMAIL)
        yield from _all(_HANDLE, text, PersonalData.PROFILE)
    if "соба" in text or " at " in text or "(at)" in text:
        yield from _all(_SPOKEN_EMAIL, text, PersonalData.EMAIL)
    if "[id" in text:
        yield from _all(_VK_MENTION, text, PersonalData.PROFILE)
    if _LINK_SIGN.search(text):
        yield from _links(text)


def _all(pattern: re.Pattern[str], text: str, kind: PersonalData) -> Iterator[Span]:
    return (Span(*found.span(), kind) for found in pattern.finditer(text))


def _links(text: str) -> Iterator[Span]:
    for found in _LINK.finditer(text):
        path = (found["path"] or "").rstrip(_END_OF_SENTENCE)
        end = found.end("path") - len(found["path"]) + len(path) if path else None
        kind = _kind_of(path, journal=found["journal"])
        yield Span(found.start(), end or found.end("host"), kind)
    yield from _all(_URL, text, PersonalData.URL)


def _kind_of(path: str, *, journal: str | None) -> PersonalData:
    if _PERSON_ANYWAY.match(path):
        return PersonalData.PROFILE
    if journal is not None:
        return PersonalData.URL if len(path) > 1 else PersonalData.PROFILE
    return PersonalData.URL if _NOT_A_PERSON.match(path) else PersonalData.PROFILE
