"""`otklik status`: every part of the installation, its version, ready or why not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra import connect
from infra.embedded.errors import CannotStart
from infra.embedded.layout import State
from infra.migrations.run import newest
from shared.db import async_url
from shared.queue import ArqQueue

SERVICES = ("ingest", "triage", "reports")
PATIENCE = 5.0


async def report() -> dict[str, Any]:
    """Ask every part; never raises: what is wrong is the answer."""
    try:
        state = connect.running()
    except CannotStart as error:
        return {"ready": False, "reason": str(error), "parts": {}}
    probes: dict[str, Callable[[State], Awaitable[dict[str, Any]]]] = {
        "postgresql": _postgres,
        "valkey": _valkey,
        "search": _search,
        "web": _web,
        **{f"{name}-worker": _worker(name) for name in SERVICES},
    }
    answers = await asyncio.gather(*(_ask(probe, state) for probe in probes.values()))
    parts = dict(zip(probes, answers, strict=True))
    return {
        "ready": all(part["ready"] for part in parts.values()),
        "address": state.address,
        "data": str(connect.layout().root),
        "parts": parts,
    }


async def _ask(
    probe: Callable[[State], Awaitable[dict[str, Any]]], state: State
) -> dict[str, Any]:
    try:
        async with asyncio.timeout(PATIENCE):
            return {"ready": True, **await probe(state)}
    except Exception as error:  # noqa: BLE001 -- a probe reports whatever is wrong
        reason = f"{type(error).__name__}: {error}".strip().splitlines()[0][:300]
        return {"ready": False, "reason": reason}


async def _postgres(state: State) -> dict[str, Any]:
    engine = create_async_engine(async_url(state.database_url))
    try:
        async with engine.connect() as connection:
            version = await connection.scalar(text("SHOW server_version"))
            schema = await connection.scalar(
                text("SELECT version_num FROM public.alembic_version")
            )
    finally:
        await engine.dispose()
    return {
        "ready": schema == newest(),
        "version": version,
        "schema": schema,
        "schema_newest": newest(),
    }


async def _valkey(state: State) -> dict[str, Any]:
    queue = ArqQueue(state.valkey_url)
    try:
        waiting = {name: await queue.waiting(name) for name in SERVICES}
        return {"version": await queue.version(), "waiting": waiting}
    finally:
        await queue.close()


async def _search(state: State) -> dict[str, Any]:
    if state.meili_url is None:
        return {"engine": "postgresql"}
    async with httpx.AsyncClient(trust_env=False) as client:
        key = {"Authorization": f"Bearer {state.meili_key}"}
        answer = await client.get(f"{state.meili_url}/version", headers=key)
    answer.raise_for_status()
    return {"engine": "meilisearch", "version": answer.json()["pkgVersion"]}


async def _web(state: State) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{state.address}/readyz")
    found: dict[str, Any] = answer.json()
    return {"ready": answer.is_success, "parts": found.get("parts", {})}


def _worker(name: str) -> Callable[[State], Awaitable[dict[str, Any]]]:
    async def probe(state: State) -> dict[str, Any]:
        queue = ArqQueue(state.valkey_url)
        try:
            beat = await queue.heartbeat(name)
        finally:
            await queue.close()
        if beat is None:
            return {"ready": False, "reason": "no sign of life for 20 seconds"}
        return {"last_sign": beat}

    return probe
