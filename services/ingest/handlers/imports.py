"""Taking files in: looked at first, then taken in part by part."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ingest.domain.files import (
    FileFormat,
    FileRefused,
    ImportedFile,
    ImportOptions,
    Profile,
    read_file,
)
from services.ingest.domain.files.columns import columns_of, missing_fields
from services.ingest.domain.incidents import redacted as redacted_value
from services.ingest.domain.incidents import storable
from services.ingest.domain.posts import Network
from services.ingest.domain.staging import Census, stage
from services.ingest.handlers.cells import redacted_cell
from services.ingest.store import imports as import_store
from shared.errors import Conflict, NotFound, invalid
from shared.identity import store as identity
from shared.identity.principal import Principal
from shared.ids import new_id
from shared.models.ingest import ImportFile, ImportRun
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

IMPORT_JOB: Final = "run_import"
DEFAULT_SOURCE: Final = "file-import"
_PAUSE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and what is said about it; `profile` is auto or im47."""

    data: bytes
    profile: str = "auto"
    source: str = DEFAULT_SOURCE
    network: Network = Network.FILE


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look into a file found; nothing is stored yet."""

    run: ImportRun
    missing: tuple[str, ...]
    parts: list[bytes] = field(default_factory=list)


async def look(work: Work, region: int, upload: Upload, vault: Vault) -> Looked:
    """Read a file without any effect; Invalid when it cannot be read at all.

    No transaction is open meanwhile: a large file takes its time.
    """
    async with work.unit(region) as uow:
        zone = ZoneInfo(await identity.zone_of(uow.session, region))
    options = ImportOptions(
        source=upload.source,
        zone=zone,
        now=work.clock(),
        profile=upload.profile,
        network=upload.network,
    )
    try:
        return await asyncio.to_thread(_look, upload, options, vault, region)
    except FileRefused as error:
        raise invalid("file", str(error)) from error


async def keep(uow: UnitOfWork, looked: Looked) -> None:
    """Keep the rows of a file, sealed, until they are taken in."""
    uow.session.add(looked.run)
    await uow.session.flush()
    uow.session.add_all(
        ImportFile(
            import_id=looked.run.id, part=number, region_id=uow.region_id, sealed=sealed
        )
        for number, sealed in enumerate(looked.parts, 1)
    )
    uow.audit("import.previewed", "import", looked.run.id, rows=looked.run.total)


def _look(upload: Upload, options: ImportOptions, vault: Vault, region: int) -> Looked:
    file = read_file(upload.data, options)
    import_id = new_id()
    parts: list[bytes] = []

    def keep(part: str) -> None:
        parts.append(vault.seal(part, place_of(import_id, len(parts) + 1)))

    census = stage(file, keep)
    run = _run(import_id, region, file, census, options)
    return Looked(run, file.missing, parts)


def place_of(import_id: UUID, part: int) -> str:
    """Name the place a sealed part is bound to."""
    return f"import {import_id} part {part}"


def _run(
    import_id: UUID,
    region: int,
    file: ImportedFile,
    census: Census,
    options: ImportOptions,
) -> ImportRun:
    return ImportRun(
        id=import_id,
        region_id=region,
        profile=file.profile,
        format=file.format,
        source=options.source,
        network=options.network,
        encoding=file.encoding,
        delimiter=file.delimiter,
        columns=storable([asdict(column) for column in file.columns]),
        preview=[redacted_value(row, redacted_cell) for row in file.preview],
        total=census.total,
        valid=census.valid,
        rejected_total=census.rejected.total,
        rejected=storable(census.rejected.listed),
        unreadable_total=census.unreadable.total,
        unreadable=storable(census.unreadable.listed),
        created_at=options.now,
        changed_at=options.now,
    )


async def commit(
    uow: UnitOfWork, import_id: UUID, mapping: Mapping[str, str | None]
) -> ImportRun:
    """Begin to take a file in, or go on after a failure; the job does the work."""
    run = await get(uow, import_id, lock=True)
    if run.state not in {"previewed", "failed"}:
        raise Conflict(f"The import is {run.state}.", allowed=["previewed", "failed"])
    if await import_store.next_part(uow.session, import_id) is None:
        raise Conflict("Nothing of the file is left; upload it again.")
    if run.state == "previewed":
        run.mapping = _checked_mapping(run, mapping)
        run.rejected, run.rejected_total = run.unreadable, run.unreadable_total
        run.taken = run.unreadable_total
    run.state, run.error, run.changed_at = import_store.RUNNING, None, uow.now
    uow.audit("import.started", "import", import_id, mapping=dict(run.mapping))
    uow.ring(IMPORT_JOB, uow.region_id, str(import_id))
    return run


def _checked_mapping(
    run: ImportRun, mapping: Mapping[str, str | None]
) -> dict[str, str | None]:
    if run.profile == Profile.IM47 or run.format == FileFormat.NDJSON:
        if mapping:
            raise invalid("mapping", "the columns of this file are known by themselves")
        return {}
    try:
        columns = columns_of(headers_of(run), Profile(run.profile), mapping)
    except FileRefused as error:
        raise invalid("mapping", str(error)) from error
    if missing := missing_fields(columns):
        raise invalid("mapping", f"no column holds {' and '.join(missing)}")
    return dict(mapping)


def headers_of(run: ImportRun) -> list[str]:
    """Headers of the columns that were kept of the file."""
    return [each["header"] for each in run.columns if not each["dropped"]]


async def get(uow: UnitOfWork, import_id: UUID, *, lock: bool = False) -> ImportRun:
    """Find an import; NotFound also for one of another region."""
    run = await import_store.one(uow.session, uow.region_id, import_id, lock=lock)
    if run is None:
        raise NotFound("import", import_id)
    return run


async def give_up(uow: UnitOfWork, import_id: UUID, error: str) -> None:
    """Stop an import that fails; what is left of the file may be tried again."""
    run = await import_store.begun(uow.session, import_id)
    if run is not None:
        run.state, run.error, run.changed_at = "failed", error[:2000], uow.now
        uow.audit("import.failed", "import", import_id)


async def import_file(
    work: Work, region: int, upload: Upload, vault: Vault, by: Principal
) -> ImportRun:
    """Have the workers take a file in and wait for the end, however long it takes.

    Whoever stops waiting leaves them to it.
    """
    looked = await look(work, region, upload, vault)
    async with work.unit(region, by) as uow:
        await keep(uow, looked)
        await commit(uow, looked.run.id, {})
    while True:
        async with work.unit(region) as uow:
            run = await get(uow, looked.run.id)
        if run.state != import_store.RUNNING:
            return run
        await asyncio.sleep(_PAUSE)
