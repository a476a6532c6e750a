"""Calls to services/ingest about watched pages and their credentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from web.clients.base import Caller, parsed
from web.shapes.watching import (
    Credential,
    CredentialList,
    FigureList,
    Hook,
    NewSource,
    OptionList,
    Recognised,
    Secret,
    SourceList,
    Tested,
    Watched,
)


@dataclass(frozen=True, slots=True)
class Watching:
    """What an administrator may ask about watched pages."""

    call: Caller

    async def all(self) -> tuple[Watched, ...]:
        """All sources of the region."""
        return (await self.call.get("/ingest/sources", SourceList)).items

    async def recognise(self, link: str) -> Recognised:
        """Say what a link leads to."""
        body = {"link": link}
        return await self.call.post("/ingest/sources/recognise", Recognised, body)

    async def test_link(self, body: Mapping[str, object]) -> Tested:
        """Ask the network about a link before it is added."""
        return await self.call.post("/ingest/sources/test", Tested, body)

    async def add(self, body: Mapping[str, object]) -> NewSource:
        """Watch what a link leads to, or let a system deliver."""
        return await self.call.post("/ingest/sources", NewSource, body)

    async def change(self, source_id: str, body: Mapping[str, object]) -> Watched:
        """Set fields of a source; None takes a value away."""
        response = await self.call.send("PATCH", _source(source_id), json=body)
        return parsed(response, Watched)

    async def options(self, source_id: str) -> OptionList:
        """What may be set for a source."""
        return await self.call.get(f"{_source(source_id)}/options", OptionList)

    async def hook(self, source_id: str) -> Hook:
        """Where the network of a source delivers."""
        return await self.call.get(f"{_source(source_id)}/hook", Hook)

    async def renew_hook(self, source_id: str) -> Hook:
        """Make another address; the one before it leads nowhere."""
        return await self.call.post(f"{_source(source_id)}/hook", Hook, {})

    async def renew_secret(self, source_id: str) -> Secret:
        """Make another secret of a signed webhook."""
        return await self.call.post(f"{_source(source_id)}/secret", Secret, {})

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

    async def replace_credential(
        self, credential_id: str, body: Mapping[str, object]
    ) -> Credential:
        """Put other secrets in the place of those there are."""
        path = f"/ingest/credentials/{_quoted(credential_id)}"
        return parsed(await self.call.send("PUT", path, json=body), Credential)

    async def remove_credential(self, credential_id: str) -> None:
        """Forget a credential."""
        await self.call.send("DELETE", f"/ingest/credentials/{_quoted(credential_id)}")


def _source(source_id: str) -> str:
    return f"/ingest/sources/{_quoted(source_id)}"


def _quoted(part: str) -> str:
    return quote(part, safe="")
