"""A fake of Meta's on a stage of our own, as the sources' tests need it."""

from abc import abstractmethod
from collections.abc import Sequence

import httpx
from fastapi import FastAPI
from fastapi.responses import Response

from infra.sandbox.graph.call import Server
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.stage import Counters, StagePage
from infra.sandbox.stage.plans import Fault, FaultMode
from tests.services.ingest.sources.staged import StagedNetwork


class MetaServer(StagedNetwork):
    """A fake of Graph."""

    counters = Counters(likes=2, reposts=0, views=10)

    def __init__(self, code: str, pages: Sequence[StagePage]) -> None:
        super().__init__(code, pages)
        self.app = FastAPI()
        self.server, self.hooks = self.make(self.app)
        self._transport = httpx.ASGITransport(app=self.app)

    @abstractmethod
    def make(self, app: FastAPI) -> tuple[Server, Hooks]:
        """Issue tokens, and put the fake's routes into the app."""

    @abstractmethod
    def limited(self, fault: Fault) -> Response: ...

    def fail(self, route: str, code: int, *, times: int = 1, **more: int) -> None:
        """Answer the next calls of a path (a glob) with an error code."""
        fault = Fault(mode=FaultMode.LIMIT, route=route, code=code, times=times, **more)
        self.network.faults.add(fault)

    def standing(self) -> dict[str, str]:
        """Give the texts a perfect archive of the first page would hold."""
        return {
            self.key(item): item.text
            for item in self.stage.items(self.pages[0].code)
            if self.server.is_visible(item)
        }

    def called(self, route: str) -> list[dict[str, str]]:
        return [params for name, params in self.calls if name.endswith(route)]

    async def answer(self, request: httpx.Request) -> httpx.Response:
        route = request.url.path.strip("/").split("/", 2)[-1]
        self.calls.append((route, dict(request.url.params)))
        self.happen()
        if (fault := self.network.fault(route)) is not None:
            refused = self.limited(fault)
            return httpx.Response(
                refused.status_code,
                content=bytes(refused.body),
                headers=dict(refused.headers),
            )
        return await self.served(self._transport, request)
