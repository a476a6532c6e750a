"""Files that are uploaded, and imports that are committed."""

from typing import Any

import httpx

from tests.services.ingest.doubles import Quiet

IMPORTS = "/ingest/imports"


async def upload(
    client: httpx.AsyncClient, data: bytes, **fields: str
) -> dict[str, Any]:
    answer = await client.post(IMPORTS, files={"file": ("f", data)}, data=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def take(
    client: httpx.AsyncClient, quiet: Quiet, import_id: str, **asked: object
) -> dict[str, Any]:
    answer = await client.post(f"{IMPORTS}/{import_id}/commit", json=asked)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "running"
    await quiet()
    return (await client.get(f"{IMPORTS}/{import_id}")).json()
