"""One call of Graph: its parameters, its token, what it may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from infra.sandbox.graph.errors import GraphError
from infra.sandbox.graph.fields import Field, parse
from infra.sandbox.graph.paging import Part, Place, limit_of, places_of
from infra.sandbox.graph.usage import Usage
from infra.sandbox.networks.context import NetworkContext, skew
from infra.sandbox.stage import AuthorKind, Item, Stage, StagePage
from infra.sandbox.stage.tokens import Token

APP_ID: Final = "770000000000001"
APP_SECRET: Final = "sandbox-meta-app-secret"  # noqa: S105 -- invented
APP: Final = "app"
PAGE: Final = "page"
READER: Final = "reader"


@dataclass
class Server:
    """What a fake of Meta's knows beside the stage."""

    network: NetworkContext
    usage: Usage
    _sorted: dict[str, tuple[int, list[Place]]] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        return self.network.stage

    def roots(self, page: str, *, by: AuthorKind | None = None) -> list[Place]:
        """Give the posts that ever were on a page, in their order; of all by default.

        Sorted again only after something happened: a long history is read in pages.
        """
        key = f"{page}/{by}"
        seq, places = self._sorted.get(key, (-1, []))
        if seq != self.stage.last_seq:
            places = places_of(
                item
                for item in self.stage.items(page)
                if item.root is None and by in {None, item.writer.kind}
            )
            self._sorted[key] = self.stage.last_seq, places
        return places

    def is_visible(self, item: Item) -> bool:
        """Say whether an item stands, and all that it stands under."""
        above: Item | None = item
        while above is not None:
            if above.is_deleted:
                return False
            parent = above.parent
            above = None if parent is None else self.stage.find(item.page, parent)
        return not self.stage.page(item.page).is_banned


@dataclass(frozen=True)
class Call:
    """A call that passed the gate; `address` is its own, with the token in it."""

    server: Server
    params: Mapping[str, str]
    token: Token
    address: str

    @property
    def stage(self) -> Stage:
        return self.server.stage

    @property
    def fields(self) -> tuple[Field, ...]:
        return parse(self.params.get("fields", ""))

    @property
    def after(self) -> str:
        return self.params.get("after", "")

    @property
    def limit(self) -> int:
        return limit_of(self.params.get("limit"))

    def own_page(self) -> StagePage | None:
        """Give the page this token speaks for, if it speaks for one."""
        owner = self.token.owner
        return None if owner is None else self.stage.page(owner)

    def speaks_for(self, page: StagePage) -> bool:
        return self.token.owner == page.code

    def check_rights(self, page: StagePage) -> None:
        """Refuse a token that does not speak for the page."""
        if not self.speaks_for(page):
            raise GraphError(10)

    def shown(self, part: Part, data: list[Any]) -> dict[str, Any]:
        """Write a page: what may be seen of it, and whether there is more."""
        return {"data": data, **part.paging(self.address)}


def written_time(moment: datetime) -> str:
    """Write a time as Graph does, without a colon in its zone."""
    return (moment + skew.get()).strftime("%Y-%m-%dT%H:%M:%S+0000")


def unix(moment: datetime) -> int:
    return int((moment + skew.get()).timestamp())
