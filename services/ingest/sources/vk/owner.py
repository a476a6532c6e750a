"""Whose wall a place is: its number, asked from VK when the link had a name."""

from services.ingest.sources.base import NO_PAGE, PERSON, ErrorKind, SourceError
from services.ingest.sources.connector import Place
from shared.networks.vk import Vk

NOT_WATCHED = "this is a person's page: Otklik watches communities only"


async def owner_of(place: Place, vk: Vk) -> int:
    """Give the owner's id, negative for a community; raises `SourceError`.

    A person's page is refused: no person is an object of search (Conduct 1).
    """
    if place.kind == "person":
        raise SourceError(NOT_WATCHED, ErrorKind.DISABLE, code=PERSON)
    if place.native.startswith("@"):
        owner = await _resolved(place.native[1:], vk)
    else:
        owner = int(place.native.partition("_")[0])
    if owner > 0:
        raise SourceError(NOT_WATCHED, ErrorKind.DISABLE, code=PERSON)
    return owner


async def _resolved(name: str, vk: Vk) -> int:
    found = await vk.call("utils.resolveScreenName", screen_name=name)
    if not isinstance(found, dict) or not isinstance(found.get("object_id"), int):
        raise SourceError(
            f"VK knows no page named {name}", ErrorKind.DISABLE, code=NO_PAGE
        )
    is_person = found.get("type") == "user"
    if not is_person and found.get("type") not in {"group", "page", "event"}:
        raise SourceError(
            f"{name} is no page that could be watched", ErrorKind.DISABLE, code=NO_PAGE
        )
    number: int = found["object_id"]
    return number if is_person else -number
