"""Which of our accounts a place is: only those can be read."""

from dataclasses import replace
from typing import Any, Final

from services.ingest.sources.base import NO_TOKEN, ErrorKind, SourceError
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.instagram.parse import WORDS, Account
from services.ingest.sources.meta.items import object_in, text_in
from shared.networks.meta import Graph
from shared.networks.meta.client import PAGE_TOKEN
from shared.networks.meta.edges import is_id
from shared.networks.meta.errors import is_gone

_MINE: Final = "instagram_business_account"
_CARD: Final = "id,username"


async def account_of(place: Place, access: Access) -> Account:
    """Find the account of a place among those of our tokens; raises `SourceError`.

    A single publication and a hashtag are read on behalf of the first one there is.
    """
    name = place.native.removeprefix("@").lower() if place.kind == "account" else ""
    if is_id(name):
        return await _by_id(name, access)
    ours = [each for each in access.tokens if each.kind == PAGE_TOKEN]
    if not ours:
        raise SourceError(
            f"Instagram needs a {PAGE_TOKEN} token", ErrorKind.DISABLE, code=NO_TOKEN
        )
    for token in ours:
        account = await _of_token(replace(access, tokens=(token,)))
        if account is not None and name in {"", account.name.lower()}:
            return account
    raise SourceError(
        f"no token is of the account {name or 'that asks'}: others can not be read",
        ErrorKind.DISABLE,
    )


async def _by_id(number: str, access: Access) -> Account:
    graph = Graph(access, WORDS.network.value, about=number)
    try:
        card = await graph.get(number, fields=_CARD)
    except SourceError as error:
        if not is_gone(error):
            raise
        raise SourceError(
            f"no token is of the account {number}: others can not be read",
            ErrorKind.DISABLE,
            code=error.code,
        ) from error
    return Account(number, text_in(card, "username"))


async def _of_token(access: Access) -> Account | None:
    """Ask for the account that is linked with the token's page."""
    graph = Graph(access, WORDS.network.value)
    answer: Any = await graph.get("me", fields=f"{_MINE}{{{_CARD}}}")
    card = object_in(answer, _MINE)
    number = text_in(card, "id")
    return Account(number, text_in(card, "username")) if is_id(number) else None
