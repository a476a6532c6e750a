"""Calls to services/triage about the pages that speak for the region."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from web.clients.base import Caller, parsed
from web.shapes.official import OfficialPage, OfficialPageList

_PATH = "/triage/official-pages"


@dataclass(frozen=True, slots=True)
class Official:
    """What an administrator may do with official pages."""

    call: Caller

    async def all(self) -> OfficialPageList:
        """List them, withdrawn ones too."""
        return await self.call.get(_PATH, OfficialPageList)

    async def register(self, body: Mapping[str, object]) -> OfficialPage:
        """Let a page speak."""
        return await self.call.post(_PATH, OfficialPage, body)

    async def change(self, page_id: str, body: Mapping[str, object]) -> OfficialPage:
        """Set authority, credential or name; None takes one away."""
        path = f"{_PATH}/{quote(page_id, safe='')}"
        response = await self.call.send("PATCH", path, json=body)
        return parsed(response, OfficialPage)

    async def step(self, page_id: str, verb: str) -> OfficialPage:
        """Withdraw a page (`retire`, `restore`) or let it wait (`pause`, `resume`)."""
        path = f"{_PATH}/{quote(page_id, safe='')}/{verb}"
        return await self.call.post(path, OfficialPage, {})
