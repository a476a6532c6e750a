"""`otklik import`: looks at a file, has the workers take it in, waits for the end."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from infra import connect
from infra.administration import ADMINISTRATOR
from services.ingest.handlers import imports
from services.ingest.schemas.imports import ImportAnswer, PreviewAnswer
from services.ingest.store.vault import vault_of
from shared.db import EVERY_REGION
from shared.errors import NotFound
from shared.identity import store
from shared.identity.principal import Principal
from shared.uow import Work

ENDED = {"done", "failed"}


async def import_posts(
    file: Path, region_code: str, *, profile: str, dry_run: bool
) -> dict[str, Any]:
    """Take in a file; return what was found (dry run) or what became of it.

    Waits for the workers, however long they take: Ctrl-C leaves them to it.
    """
    data = await asyncio.to_thread(file.read_bytes)
    upload = imports.Upload(data=data, profile=profile)
    vault = vault_of(SecretStr(connect.secret_key()))
    async with connect.work("ingest") as work:
        principal = await _administrator_of(work, region_code)
        region = principal.region_id
        looked = await imports.look(work, region, upload, vault)
        if dry_run:
            return PreviewAnswer.of(looked, kept=False).model_dump(mode="json")
        async with work.unit(region, principal) as uow:
            await imports.keep(uow, looked)
            await imports.commit(uow, looked.run.id, {})
        return await _ended(work, region, looked.run.id)


async def _administrator_of(work: Work, region_code: str) -> Principal:
    async with work.database.session(EVERY_REGION) as session:
        region = await store.region_by_code(session, region_code)
    if region is None:
        raise NotFound("region", region_code)
    return replace(ADMINISTRATOR, region_id=region.id or 0, region_code=region_code)


async def _ended(work: Work, region: int, import_id: UUID) -> dict[str, Any]:
    while True:
        async with work.unit(region) as uow:
            run = await imports.get(uow, import_id)
            answer = ImportAnswer.of(run)
        if answer.state in ENDED:
            return answer.model_dump(mode="json")
        await asyncio.sleep(0.3)
