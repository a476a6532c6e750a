"""Which keys are a network's own, so that one post is one row whoever brings it."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from services.ingest.domain.posts import Network

# The forms `files.links` gives, and connectors with them and beyond them: comments of
# OK and messages of basic groups have no links. The migration 0007 applied what these
# patterns were then to the keys there were; no key had those of X and TikTok. Keys of
# people's walls and of Facebook's posts are veiled before they are stored (`veils`).
_NATIVE: Final[Mapping[Network, re.Pattern[str]]] = {
    network: re.compile(pattern)
    for network, pattern in (
        (
            Network.VK,
            r"[a-z]{1,20}:(?:-?\d{1,15}_\d{1,15}(?:_\d{1,15})?|~[0-9a-f]{32})",
        ),
        (Network.OK, r"topic:\d{1,20}|GROUP_TOPIC:\d{1,20}:\S{1,200}"),
        (
            Network.TELEGRAM,
            r"(?:[cg]/\d{1,15}|[a-z]\w{3,31})/\d{1,12}(?:\?comment=\d{1,12})?",
        ),
        (Network.MAX, r"-\d{1,19}/\d{1,19}"),
        (
            Network.FACEBOOK,
            r"(?:post|comment):\d{1,20}_\d{1,20}|post:~[0-9a-f]{32}",
        ),
        (Network.INSTAGRAM, r"(?:media|comment):\d{1,20}"),
        (Network.LIVEJOURNAL, r"\w{1,40}:\d{1,12}(?::\d{1,12})?"),
        (Network.X, r"post:\d{1,19}"),
        (Network.TIKTOK, r"(?:video|comment):\d{1,19}"),
    )
}


def network_scope(network: Network) -> UUID:
    """Scope of the keys a network itself gives: the same in every region."""
    return uuid5(NAMESPACE_URL, f"otklik:network:{network.value}")


def name_of(network: Network, key: str) -> str:
    """Name a post as the other services know it, by its network's own key."""
    return f"{network.value}:{key}"


def has_keys(network: Network) -> bool:
    """Say whether posts of a network go by its own keys, whoever brings them."""
    return network in _NATIVE


def scope_of_key(network: Network, key: str) -> UUID | None:
    """Scope of a key that came with a file; None unless it is the network's own."""
    pattern = _NATIVE.get(network)
    if pattern is None or not pattern.fullmatch(key):
        return None
    return network_scope(network)
