"""Routes of the ingest service: parse, call a handler, answer."""

from fastapi import APIRouter

from services.ingest.api import (
    archive,
    credentials,
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
    credentials,
    hooks,
    rules,
    archive,
    operations,
):
    router.include_router(part.router)

__all__ = ["router"]
