"""Keys and addresses that hold a resident's number, and how they are hidden."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.ingest.domain.addresses import Address, names_person, parted
from services.ingest.domain.posts import IncomingPost, Network
from services.ingest.domain.receiving import Sign

MARK: Final = "~"
"""Stands before a sign in a key, where a number would stand."""

# A wall without a minus is a person's: its number is who wrote there, mostly. A key of
# Facebook begins with the page or the person, and nobody but Facebook knows which.
_OF_PEOPLE: Final[Mapping[Network, re.Pattern[str]]] = {
    Network.VK: re.compile(r"([a-z]{1,20}):\d{1,15}_\d{1,15}(?:_\d{1,15})?"),
    Network.FACEBOOK: re.compile(r"(post):\d{1,20}_\d{1,20}"),
}


def veiled_key(network: Network, key: str, sign: Sign) -> str:
    """Replace what may name a person in a key by a sign of the whole key.

    The same post gets the same key again, and two posts of one wall get keys that have
    nothing in common: nobody can list them. Feeds and other systems may give an address
    as the key. Other keys, veiled ones too, stay.
    """
    pattern = _OF_PEOPLE.get(network)
    if pattern and (found := pattern.fullmatch(key)):
        kind = f"{found[1]}:"
    elif key.startswith(("http://", "https://")) and parted(key).open != key:
        kind = ""
    else:
        return key
    return f"{kind}{MARK}{sign(f'key {network}:{key}'.encode()).hex()}"


def address_of(post: IncomingPost, *, is_secondhand: bool) -> Address:
    """Part a post's address; `is_secondhand` if not we read it from its network.

    Of what connectors write, only VK's addresses can name a person.
    """
    if post.url is None:
        return Address()
    pattern = _OF_PEOPLE[Network.VK]
    if post.network is Network.VK and (
        pattern.fullmatch(post.external_id) or names_person(post.url)
    ):
        return Address(sealed=post.url)
    return parted(post.url) if is_secondhand else Address(open=post.url)


def veiled(
    post: IncomingPost, sign: Sign, *, is_secondhand: bool = False
) -> IncomingPost:
    """Hide what names a person in the keys and the address of a post."""
    parent = post.parent_id
    return replace(
        post,
        external_id=veiled_key(post.network, post.external_id, sign),
        parent_id=veiled_key(post.network, parent, sign) if parent else parent,
        url=address_of(post, is_secondhand=is_secondhand).open,
    )
