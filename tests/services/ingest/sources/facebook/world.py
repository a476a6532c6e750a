"""The sandbox's Facebook for the connector's tests."""

from fastapi import FastAPI
from fastapi.responses import Response

from infra.sandbox.graph.call import Server
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.graph.usage import Usage
from infra.sandbox.networks.facebook.api import issue_tokens, limited, router_of
from infra.sandbox.networks.facebook.events import events_of
from infra.sandbox.networks.facebook.ids import comment_id, page_id, post_id
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.plans import Fault
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from tests.services.ingest.sources.meta.server import MetaServer

PAGE = StagePage(
    "fb-test", 900_000_001, "test.roads", "Тестовый район", True, None, members=5210
)
OTHER = StagePage(
    "fb-other", 900_000_002, "other.roads", "Другой район", False, None, members=77
)
NUMBER = page_id(PAGE)
PLACE = Place(Network.FACEBOOK, "page", NUMBER, f"https://www.facebook.com/{NUMBER}")
READER = Token("reader", "page", {"token": "fb-reader"})


class FacebookServer(MetaServer):
    def __init__(self) -> None:
        super().__init__("facebook", [PAGE, OTHER])

    def make(self, app: FastAPI) -> tuple[Server, Hooks]:
        issue_tokens(self.network)
        server = Server(self.network, Usage("pages"))
        hooks = Hooks(self.network, "page", page_id, events_of(self.stage))
        app.include_router(router_of(server, hooks))
        return server, hooks

    def limited(self, fault: Fault) -> Response:
        return limited(fault)

    def name(self, item: Item) -> str:
        page = self.stage.page(item.page)
        return post_id(page, item.id) if item.root is None else comment_id(page, item)

    def key(self, item: Item) -> str:
        return f"{'post' if item.root is None else 'comment'}:{self.name(item)}"

    def token(self) -> Token:
        secrets = {"token": f"fb-page-{NUMBER}", "page": NUMBER}
        return Token("fb", "page", secrets)
