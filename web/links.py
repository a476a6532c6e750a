"""Addresses: of lists with some filters changed, of what stands elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlencode, urlsplit

_PLAYED: Final = frozenset({"vk.com", "ok.ru", "t.me"})
"""Hosts of the networks a sandbox can stand in for."""

_MAY_BE_SEALED: Final = frozenset(
    {"vk", "ok", "facebook", "instagram", "tiktok", "x"},
)
"""Networks whose addresses may name a person."""


@dataclass(frozen=True, slots=True)
class Query:
    """A page's path and its filters; empty filters never show in the address."""

    path: str
    params: Mapping[str, str]

    @property
    def href(self) -> str:
        """The address."""
        filled = {name: value for name, value in self.params.items() if value}
        return f"{self.path}?{urlencode(filled)}" if filled else self.path

    def but(self, **changes: str | None) -> "Query":
        """The same page with some filters set, or removed by None."""
        merged = {**self.params, **{k: v or "" for k, v in changes.items()}}
        return Query(self.path, merged)

    def at(self, path: str) -> "Query":
        """The same filters on another page."""
        return Query(path, self.params)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force and the address without it."""

    name: str
    value: str
    href_without: str


def outside(stand_in: str | None) -> Callable[[str], str]:
    """Make the filter for links to networks: where a click leads.

    In a demonstration nothing of it stands on the real network: the sandbox opens the
    same permalink below `stand_in`.
    """

    def address(link: str) -> str:
        parts = urlsplit(link)
        if stand_in is None or parts.hostname not in _PLAYED:
            return link
        query = f"?{parts.query}" if parts.query else ""
        return f"{stand_in}/{parts.hostname}{parts.path}{query}"

    return address


def original(network: str, url: str | None, post_id: str) -> str | None:
    """Say where a post is read: at its address, or where a sealed one is opened.

    On some networks every post has an address; one without names a person, which no
    list shows. Only http and https addresses become links.
    """
    if url and url.lower().startswith(("http://", "https://")):
        return url
    is_sealed = network in _MAY_BE_SEALED and not url
    return f"/posts/{quote(post_id, safe='')}/address" if is_sealed else None


def shown(link: str | None) -> str:
    """Write an address as a person reads it: without its scheme, letters as letters."""
    return unquote((link or "").partition("://")[2].rstrip("/"))


def is_local(target: str) -> bool:
    """Tell whether a return address stays on this site."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and all(sign >= " " for sign in target)
    )
