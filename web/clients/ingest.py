"""Calls to services/ingest: archive, imports."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from web.clients.base import Caller, Params, parsed
from web.shapes.ingest import (
    ArchivePage,
    ImportPreview,
    ImportState,
    PostAddress,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file a person chose."""

    name: str
    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Ingest:
    """What a person may ask of services/ingest."""

    call: Caller

    async def search(self, params: Params) -> ArchivePage:
        """Search the archive."""
        return await self.call.get("/archive/posts", ArchivePage, params)

    async def address(self, post_id: str) -> PostAddress:
        """Open the sealed address of a post; the service writes down who did."""
        path = f"/ingest/posts/{quote(post_id, safe='')}/address"
        return await self.call.post(path, PostAddress, {})

    async def preview(self, upload: Upload, profile: str) -> ImportPreview:
        """Have a file read and checked; no post is taken in yet."""
        response = await self.call.send(
            "POST",
            "/ingest/imports",
            files={"file": (upload.name, upload.body, upload.media_type)},
            data={"profile": profile},
        )
        return parsed(response, ImportPreview)

    async def commit(
        self, import_id: str, mapping: Mapping[str, str | None]
    ) -> ImportState:
        """Take in a checked file with the chosen columns."""
        return await self.call.post(
            f"{_import(import_id)}/commit", ImportState, {"mapping": mapping}
        )

    async def import_state(self, import_id: str) -> ImportState:
        """Ask how far an import has come."""
        return await self.call.get(_import(import_id), ImportState)


def _import(import_id: str) -> str:
    return f"/ingest/imports/{quote(import_id, safe='')}"
