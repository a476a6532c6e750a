"""`otklik import`: looks at a file, has the workers take it in, waits for the end."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from infra import connect
from infra.administration import ADMINISTRATOR
from services.ingest.handlers import imports
from services.ingest.schemas.imports import ImportAnswer, PreviewAnswer
from shared.db import EVERY_REGION
from shared.errors import NotFound
from shared.identity import store
from shared.identity.principal import Principal
from shared.uow import Work
from shared.vault import vault_of


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
        by = await _administrator_of(work, region_code)
        if dry_run:
            looked = await imports.look(work, by.region_id, upload, vault)
            return PreviewAnswer.of(looked, kept=False).model_dump(mode="json")
        run = await imports.import_file(work, by.region_id, upload, vault, by)
        return ImportAnswer.of(run).model_dump(mode="json")


async def _administrator_of(work: Work, region_code: str) -> Principal:
    async with work.database.session(EVERY_REGION) as session:
        region = await store.region_by_code(session, region_code)
    if region is None:
        raise NotFound("region", region_code)
    return replace(ADMINISTRATOR, region_id=region.id or 0, region_code=region_code)
