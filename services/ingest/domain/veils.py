"""Keys and addresses that hold a resident's number, and how they are hidden."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.ingest.domain.posts import IncomingPost, Network
from services.ingest.domain.receiving import Sign
from shared.networks.vk.links import spot_of

MARK: Final = "~"
"""Stands before a sign in a key, where a number would stand."""

# A wall without a minus is a person's: its number is who wrote there, mostly. A key of
# Facebook begins with the page or the person, and nobody but Facebook knows which.
_OF_PEOPLE: Final[Mapping[Network, re.Pattern[str]]] = {
    Network.VK: re.compile(r"([a-z]{1,20}):\d{1,15}_\d{1,15}(?:_\d{1,15})?"),
    Network.FACEBOOK: re.compile(r"(post):\d{1,20}_\d{1,20}"),
}


def veiled_key(network: Network, key: str, sign: Sign) -> str:
    """Replace the numbers of a key that may be a person's by a sign of the whole key.

    The same post gets the same key again, and two posts of one wall get keys that have
    nothing in common: nobody can list them. Other keys, veiled ones too, stay.
    """
    pattern = _OF_PEOPLE.get(network)
    found = pattern.fullmatch(key) if pattern else None
    if found is None:
        return key
    return f"{found[1]}:{MARK}{sign(f'key {network}:{key}'.encode()).hex()}"


def address_of_person(post: IncomingPost) -> str | None:
    """Give the address of a post on a person's own wall; None of any other.

    Only VK's need that: the connector of Facebook gives addresses without a person.
    """
    if post.network is not Network.VK:
        return None
    is_theirs = _OF_PEOPLE[Network.VK].fullmatch(post.external_id) is not None
    return post.url if is_theirs or names_person(post.network, post.url) else None


def names_person(network: Network, url: str | None) -> bool:
    """Say whether an address holds the number of the person whose wall it is."""
    if url is None or network is not Network.VK:
        return False
    spot = spot_of(url)
    return spot is not None and spot.owner > 0


def veiled(post: IncomingPost, sign: Sign) -> IncomingPost:
    """Hide what names a person in the keys and the address of a post."""
    if post.network not in _OF_PEOPLE:
        return post
    parent = post.parent_id
    return replace(
        post,
        external_id=veiled_key(post.network, post.external_id, sign),
        parent_id=veiled_key(post.network, parent, sign) if parent else parent,
        url=None if address_of_person(post) else post.url,
    )
