"""Files: looked at, taken in, watched."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.ingest.deps import Reader, UploadedDep, VaultDep, WorkDep, Writer
from services.ingest.handlers import imports
from services.ingest.schemas.imports import (
    UPLOAD_BODY,
    Commit,
    ImportAnswer,
    PreviewAnswer,
)
from services.ingest.schemas.problems import answers

router = APIRouter(prefix="/ingest/imports", tags=["imports"])


@router.post(
    "",
    summary="Upload a file and see what it holds",
    openapi_extra=UPLOAD_BODY,
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
)
async def upload_file(
    uploaded: UploadedDep, work: WorkDep, vault: VaultDep
) -> PreviewAnswer:
    """Recognise the columns and count the rows; columns about people are dropped.

    Nothing is taken in yet: commit the import, with another mapping if needed.
    """
    principal = uploaded.principal
    looked = await imports.look(work, principal.region_id, uploaded.upload, vault)
    if not uploaded.dry_run:
        async with work.unit(principal.region_id, principal) as uow:
            await imports.keep(uow, looked)
    return PreviewAnswer.of(looked, kept=not uploaded.dry_run)


@router.post(
    "/{import_id}/commit",
    status_code=HTTPStatus.ACCEPTED,
    summary="Take a file in",
    responses=answers(
        HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
    ),
)
async def commit_import(
    import_id: UUID, uow: Writer, asked: Commit | None = None
) -> ImportAnswer:
    """Start the taking in; look at the import for how far it got."""
    mapping = asked.mapping if asked else {}
    return ImportAnswer.of(await imports.commit(uow, import_id, mapping))


@router.get(
    "/{import_id}",
    summary="How far an import got",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def get_import(import_id: UUID, uow: Reader) -> ImportAnswer:
    """Show an import with the rows that were refused."""
    return ImportAnswer.of(await imports.get(uow, import_id))
