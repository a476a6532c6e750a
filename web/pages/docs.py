"""The API's documentation, drawn by ourselves from the services' OpenAPI."""

import asyncio
from typing import Any

import httpx
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.clients.base import BASE
from web.render import render
from web.views.openapi import merged, reference_of
from web.visit import parts_of

router = APIRouter()
SERVICES = ("ingest", "triage", "reports")


@router.get("/openapi.json", name="openapi")
async def openapi(request: Request) -> Response:
    """Hand over one description of the whole API."""
    return JSONResponse(merged(await _descriptions(request)))


@router.get("/docs", name="docs")
async def show(request: Request) -> Response:
    """Show the same description to people."""
    whole = merged(await _descriptions(request))
    return await render(request, "docs/index.html", groups=reference_of(whole))


@router.get("/help", name="help")
async def keys(request: Request) -> Response:
    """Show the keys, also as a page for those without JavaScript."""
    return await render(request, "help/show.html", "help/_keys.html")


async def _descriptions(request: Request) -> list[dict[str, Any]]:
    http = parts_of(request).http
    found = await asyncio.gather(*(described(http, name) for name in SERVICES))
    return [one for one in found if one]


async def described(http: httpx.AsyncClient, service: str) -> dict[str, Any] | None:
    """Ask a service how it describes itself; None when it does not."""
    try:
        response = await http.get(f"{BASE}/{service}/openapi.json")
        return response.json() if response.is_success else None
    except (httpx.HTTPError, ValueError):
        return None
