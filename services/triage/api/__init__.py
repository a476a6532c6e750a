"""The REST API of triage."""

from fastapi import APIRouter

from services.triage.api import candidates, incidents, reference, steps

router = APIRouter()
for part in (candidates, incidents, steps, reference):
    router.include_router(part.router)

__all__ = ["router"]
