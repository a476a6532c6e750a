"""Routes of the ingest service: parse, call a handler, answer."""

from fastapi import APIRouter

from services.ingest.api import (
    archive,
    credentials,
    dry_runs,
    hooks,
    imports,
    operations,
    posts,
    rules,
    sources,
)

router = APIRouter()
for part in (
    posts,
    imports,
    sources,
    dry_runs,
    credentials,
    hooks,
    rules,
    archive,
    operations,
):
    router.include_router(part.router)

__all__ = ["router"]
