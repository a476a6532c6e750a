"""Calls to services/ingest about watched pages and their credentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from web.clients.base import Caller
from web.shapes.watching import (
    Credential,
    CredentialList,
    FigureList,
    Recognised,
    Tested,
    Watched,
)


@dataclass(frozen=True, slots=True)
class Watching:
    """What an administrator may ask about watched pages."""

    call: Caller

    async def recognise(self, link: str) -> Recognised:
        """Say what a link leads to."""
        body = {"link": link}
        return await self.call.post("/ingest/sources/recognise", Recognised, body)

    async def test_link(self, body: Mapping[str, object]) -> Tested:
        """Ask the network about a link before it is added."""
        return await self.call.post("/ingest/sources/test", Tested, body)

    async def add(self, body: Mapping[str, object]) -> Watched:
        """Watch what a link leads to."""
        return await self.call.post("/ingest/sources", Watched, body)

    async def one(self, source_id: str) -> Watched:
        """One source and how it goes."""
        return await self.call.get(_source(source_id), Watched)

    async def figures(self, source_id: str) -> FigureList:
        """What the network told of the page, day by day."""
        return await self.call.get(f"{_source(source_id)}/figures", FigureList)

    async def test(self, source_id: str) -> Tested:
        """Ask the network about a source now."""
        return await self.call.post(f"{_source(source_id)}/test", Tested, {})

    async def step(self, source_id: str, verb: str) -> Watched:
        """Pause or resume a source."""
        return await self.call.post(f"{_source(source_id)}/{verb}", Watched, {})

    async def credentials(self) -> CredentialList:
        """The region's credentials, without their secrets."""
        return await self.call.get("/ingest/credentials", CredentialList)

    async def add_credential(self, body: Mapping[str, object]) -> Credential:
        """Seal a credential."""
        return await self.call.post("/ingest/credentials", Credential, body)

    async def remove_credential(self, credential_id: str) -> None:
        """Forget a credential."""
        await self.call.send("DELETE", f"/ingest/credentials/{_quoted(credential_id)}")


def _source(source_id: str) -> str:
    return f"/ingest/sources/{_quoted(source_id)}"


def _quoted(part: str) -> str:
    return quote(part, safe="")
