"""The query of a place, and which queries are refused."""

import re
from typing import Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Place

LONGEST: Final = 512

# Operators by which a person would be what is searched for.
_OF_PEOPLE: Final = re.compile(
    r"(?<![\w:])-?(?:from|retweets_of|list|followers_of|bio|bio_name|bio_location)"
    r"(?:_id)?\s*:"
    r"|(?<!\w)context\s*:\s*(?:10|35)\.",  # X's numbers of people and politicians
    re.IGNORECASE,
)
# What is no word of its own: whom a post is written to, and what restricts a search.
_NO_WORD: Final = re.compile(
    r"(?<![\w:])(?:@|(?:to|is|has|lang)\s*:\s*@?)\w+|(?<!\w)OR(?!\w)", re.IGNORECASE
)
_WRITTEN_TO: Final = re.compile(r"(?<![\w:])(?:@|to\s*:)", re.IGNORECASE)
_NO_REPOSTS: Final = "-is:retweet"


def query_of(place: Place, root: int, longest: int = LONGEST) -> str:
    """Write the query of a place; `root` is the first post of a conversation."""
    if place.kind == "conversation":
        return f"conversation_id:{root}"
    if place.kind == "account":
        return f"@{place.native} -from:{place.native} {_NO_REPOSTS}"
    refuse_unwatched(place, longest)
    is_alternative = re.search(r"(?<!\w)OR(?!\w)", place.native) is not None
    words = f"({place.native})" if is_alternative else place.native
    return f"{words} {_NO_REPOSTS}"


def refuse_unwatched(place: Place, longest: int = LONGEST) -> None:
    """Raise `SourceError` for a search of people, or one that X would not take."""
    if place.kind != "search":
        return
    if _OF_PEOPLE.search(place.native):
        raise SourceError(
            "this searches what one person writes: no person is an object of search",
            ErrorKind.DISABLE,
        )
    if _WRITTEN_TO.search(place.native) and not _has_words(place.native):
        raise SourceError(
            "this searches all that is written to somebody: give the address of an "
            "authority's account instead",
            ErrorKind.DISABLE,
        )
    if len(place.native) + len(_NO_REPOSTS) + 3 > longest:
        raise SourceError(
            f"X takes searches of {longest} characters at most", ErrorKind.DISABLE
        )


def _has_words(query: str) -> bool:
    return re.search(r"\w", _NO_WORD.sub("", query)) is not None
