"""One call of a method: its parameters, its token, and what methods have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.ok.errors import OkError
from infra.sandbox.networks.ok.ids import find_group, find_topic
from infra.sandbox.networks.ok.paging import Place, places_of
from infra.sandbox.stage import Item, Stage, StagePage
from infra.sandbox.stage.tokens import Token

ADMIN: Final = "admin"
READER: Final = "reader"
GROUP_TOPIC: Final = "GROUP_TOPIC"


@dataclass
class Server:
    """What the fake knows beside the stage.

    `vanished` are items (page, number) that are taken away without a trace, even where
    removed ones are asked for. `marked_as_read` counts calls that changed what the
    token's person has read (`read_at`): a watcher never does that.
    """

    network: NetworkContext
    vanished: set[tuple[str, int]] = field(default_factory=set)
    marked_as_read: int = 0
    read_at: dict[tuple[str, int], datetime] = field(default_factory=dict)
    _topics: dict[str, tuple[int, list[Place]]] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        return self.network.stage

    def mark_as_read(self, topic: Item) -> None:
        self.marked_as_read += 1
        self.read_at[topic.page, topic.id] = self.network.clock()

    def topic_places(self, page: str) -> list[Place]:
        """Give the topics that ever were on a page, in their order.

        Sorted again only after something happened: a long history is read in pages.
        """
        seq, places = self._topics.get(page, (-1, []))
        if seq != self.stage.last_seq:
            seq = self.stage.last_seq
            items = self.stage.items(page)
            places = places_of(item for item in items if item.root is None)
            self._topics[page] = seq, places
        return places


@dataclass(frozen=True)
class Call:
    """A call that passed the gate; without a session it has no token."""

    server: Server
    params: Mapping[str, str]
    token: Token | None

    @property
    def stage(self) -> Stage:
        return self.server.stage

    def text(self, name: str, default: str = "") -> str:
        return self.params.get(name, default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        given = self.params.get(name)
        return default if given is None else given == "true"

    def number(self, name: str, default: int) -> int:
        given = self.params.get(name, "")
        if not given:
            return default
        if not given.removeprefix("-").isdecimal():
            raise OkError(100, f"{name} is no number")
        return int(given)

    def count(self, default: int = 20, most: int = 100) -> int:
        return max(1, min(self.number("count", default), most))

    def session(self) -> Token:
        """Give the user's token; error 453 for a call without a session."""
        if self.token is None:
            raise OkError(453)
        return self.token

    def group(self, name: str = "gid") -> StagePage:
        """Give the group that is meant; 160 for none, 456 for a blocked one."""
        page = find_group(self.stage, self.text(name))
        if page is None:
            raise OkError(160)
        if page.is_banned:
            raise OkError(456)
        return page

    def check_admin(self, page: StagePage) -> Token:
        """Refuse everybody but an administrator of the group."""
        token = self.session()
        if token.kind != ADMIN or token.owner != page.code:
            raise OkError(50)
        return token

    def topic(self, number: str, kind: str) -> Item:
        """Give the topic that is discussed; 300 when it is not there any more."""
        if kind != GROUP_TOPIC:
            raise OkError(100, "only GROUP_TOPIC is staged")
        item = find_topic(self.stage, number)
        if item is None:
            raise OkError(106)
        if item.is_deleted:
            raise OkError(300)
        if self.stage.page(item.page).is_banned:
            raise OkError(456)
        return item


Method = Callable[[Call], Any]
