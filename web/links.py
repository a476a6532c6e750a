"""Addresses of list pages: the same path with some filters changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


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


def is_local(target: str) -> bool:
    """Tell whether a return address stays on this site."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and all(sign >= " " for sign in target)
    )
