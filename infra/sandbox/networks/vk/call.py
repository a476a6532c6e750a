"""One call of a method: its parameters, its token, and what methods have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.vk.errors import NO_RIGHT, VkError
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.tokens import Token

API_VERSION: Final = "5.199"
SERVICE: Final = "service"
GROUP: Final = "group"
USER: Final = "user"
_TRUE: Final = frozenset({"1", "true", "True"})


@dataclass(frozen=True)
class Call:
    """A call that passed the gate."""

    network: NetworkContext
    params: Mapping[str, str]
    token: Token
    base_url: str

    def text(self, name: str, default: str = "") -> str:
        return self.params.get(name, default)

    def flag(self, name: str) -> bool:
        return self.params.get(name) in _TRUE

    def number(self, name: str, default: int | None = None) -> int:
        """Read an integer; without a default it must be there."""
        given = self.params.get(name, "")
        if not given and default is not None:
            return default
        try:
            return int(given)
        except ValueError:
            detail = f"{name} is undefined" if not given else f"{name} not integer"
            raise VkError(100, detail) from None

    def at_most(self, name: str, default: int, most: int) -> int:
        """Read a count; a greater one is lowered, as VK does."""
        return max(0, min(self.number(name, default), most))

    def wall(self) -> StagePage:
        """Give the page whose wall is meant, by `owner_id` or `domain`."""
        if "owner_id" not in self.params and "domain" not in self.params:
            raise VkError(100, "owner_id is undefined")
        page = self._named_wall()
        if page is None:
            raise VkError(15, "wall is disabled")
        if page.is_banned:
            raise VkError(19)
        return page

    def post(self, page: StagePage) -> Item:
        """Give the post meant by `post_id`; none or a deleted one is error 212."""
        item = self.network.stage.find(page.code, self.number("post_id"))
        if item is None or item.is_deleted or item.root is not None:
            raise VkError(212)
        return item

    def group(self) -> StagePage:
        """Give the community of `group_id`, which this token must administer."""
        number = abs(self.number("group_id", 0))
        page = self.network.stage.find_page(number) if number else self.own_page()
        if page is None:
            raise VkError(125)
        self.check_admin(page)
        return page

    def own_page(self) -> StagePage | None:
        """Give the community this token belongs to, if it belongs to one."""
        owner = self.token.owner
        return None if owner is None else self.network.stage.page(owner)

    def check_admin(self, page: StagePage) -> None:
        """Refuse a token that does not administer the community."""
        if self.token.owner != page.code:
            raise VkError(15, "no access to this community", subcode=NO_RIGHT)

    def _named_wall(self) -> StagePage | None:
        stage = self.network.stage
        if "owner_id" not in self.params:
            return stage.find_page(self.text("domain"))
        number = self.number("owner_id")
        if number >= 0:
            raise VkError(18)
        return stage.find_page(-number)


@dataclass(frozen=True)
class Method:
    """A method and the kinds of token it takes."""

    handle: Callable[[Call], Any]
    kinds: frozenset[str] = field(default=frozenset({SERVICE, GROUP, USER}))


def read_only(handle: Callable[[Call], Any]) -> Method:
    """Declare a method for service and user tokens, as most reading is."""
    return Method(handle, frozenset({SERVICE, USER}))


def for_admins(handle: Callable[[Call], Any]) -> Method:
    """Declare a method for community and user tokens."""
    return Method(handle, frozenset({GROUP, USER}))


def personal(handle: Callable[[Call], Any]) -> Method:
    """Declare a method for user tokens alone."""
    return Method(handle, frozenset({USER}))
