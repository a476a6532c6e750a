"""Which group a place is of: its number, asked from OK when the link had a name."""

from typing import Final

from services.ingest.sources.base import NO_PAGE, PERSON, ErrorKind, SourceError
from services.ingest.sources.connector import Place
from shared.networks.ok import Ok
from shared.networks.ok.links import SITE

NOT_WATCHED: Final = {
    "person": "this is a person's page: Otklik watches groups only",
    "words": "OK finds public posts by one hashtag only, not by words",
}


def refuse_unwatched(place: Place) -> None:
    """Raise `SourceError` for what was recognised in order to be refused."""
    if place.kind in NOT_WATCHED:
        code = PERSON if place.kind == "person" else None
        raise SourceError(NOT_WATCHED[place.kind], ErrorKind.DISABLE, code=code)


def topic_of(place: Place) -> int | None:
    """Give the topic's number where a place is one topic."""
    return int(place.native.rpartition("_")[2]) if place.kind == "topic" else None


async def group_of(place: Place, ok: Ok) -> str:
    """Give the group's number; raises `SourceError`.

    A person's page is refused, whatever its short name looks like: no person is an
    object of search (Conduct 1).
    """
    refuse_unwatched(place)
    topic = topic_of(place)
    native = place.native if topic is None else place.native.rpartition("_")[0]
    return await _resolved(native[1:], ok) if native.startswith("@") else native


async def _resolved(name: str, ok: Ok) -> str:
    answer = await ok.call("url.getInfo", url=f"{SITE}/{name}")
    found = answer if isinstance(answer, dict) else {}
    kind = str(found.get("type", "")).upper()
    number = str(found.get("objectIdStr") or found.get("objectId") or "")
    if kind in {"USER", "PROFILE"}:
        raise SourceError(NOT_WATCHED["person"], ErrorKind.DISABLE, code=PERSON)
    if kind != "GROUP" or not number.isdecimal():
        raise SourceError(
            f"OK knows no group named {name}", ErrorKind.DISABLE, code=NO_PAGE
        )
    return number
