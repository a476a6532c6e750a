"""The sandbox's Instagram for the connector's tests."""

from fastapi import FastAPI
from fastapi.responses import Response

from infra.sandbox.graph.call import Server
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.graph.usage import Usage
from infra.sandbox.networks.instagram.api import issue_tokens, limited, router_of
from infra.sandbox.networks.instagram.events import events_of
from infra.sandbox.networks.instagram.ids import account_id, object_id
from infra.sandbox.networks.instagram.objects import is_own
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.plans import Fault
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from tests.services.ingest.sources.meta.server import MetaServer

PAGE = StagePage(
    "ig-test", 900_000_001, "test.roads", "Тестовый район", True, None, members=810
)
OTHER = StagePage(
    "ig-other", 900_000_002, "other.roads", "Другой район", False, None, members=77
)
NUMBER = account_id(PAGE)
PLACE = Place(
    Network.INSTAGRAM, "account", NUMBER, "https://www.instagram.com/test.roads/"
)
OTHER_TOKEN = Token("ig2", "page", {"token": f"ig-page-{account_id(OTHER)}"})


class InstagramServer(MetaServer):
    def __init__(self) -> None:
        super().__init__("instagram", [PAGE, OTHER])

    def make(self, app: FastAPI) -> tuple[Server, Hooks]:
        issue_tokens(self.network)
        server = Server(self.network, Usage("instagram"))
        hooks = Hooks(self.network, "instagram", account_id, events_of(self.stage))
        app.include_router(router_of(server, hooks))
        return server, hooks

    def limited(self, fault: Fault) -> Response:
        return limited(fault)

    def name(self, item: Item) -> str:
        return object_id(self.stage.page(item.page), item.id)

    def key(self, item: Item) -> str:
        return f"{'media' if item.root is None else 'comment'}:{self.name(item)}"

    def token(self) -> Token:
        return Token("ig", "page", {"token": f"ig-page-{NUMBER}", "account": NUMBER})

    def standing(self) -> dict[str, str]:
        """Comments below what is not our own are not had."""
        items = {item.id: item for item in self.stage.items(PAGE.code)}
        return {
            self.key(item): item.text
            for item in items.values()
            if self.server.is_visible(item)
            and (item.root is None or is_own(items[item.root]))
        }
