"""Which kind of token VK wants for which method, the preferred kind first."""

from collections.abc import Mapping
from typing import Final

_READING: Final = ("service", "user")
_MANAGING: Final = ("community", "user")
_ANY: Final = ("service", "community", "user")

TOKEN_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "wall.get": _READING,
    "wall.getById": _READING,
    "wall.getComments": _READING,
    "newsfeed.search": _READING,
    # A person's token could comment, too; only official pages speak (Conduct 4).
    "wall.createComment": ("community",),
    "groups.getCallbackConfirmationCode": _MANAGING,
    "groups.getLongPollServer": _MANAGING,
    # A community's token could call it, too, but not what we read with it.
    "execute": ("user",),
    "stats.get": ("user",),
    "streaming.getServerUrl": ("service",),
    "groups.getById": _ANY,
    "utils.resolveScreenName": _ANY,
    "utils.getServerTime": _ANY,
}

BESIDES: Final = frozenset({"streaming.getServerUrl"})
"""Methods a good key may be refused with the codes of a bad one: it is not given up.

Reading goes on with it, and finds out by itself whether the key is good.
"""

RATES: Final[Mapping[str, int]] = {"service": 3, "user": 3, "community": 20}
"""Calls a second of each kind of token; the option `<kind>_per_second` overrides."""

MOST_IN_EXECUTE: Final = 25
