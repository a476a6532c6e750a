"""Pushing posts in tests, and reading back what is stored of them."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from sqlalchemy import text

from services.ingest.domain.batch import Batch, parse_batch
from services.ingest.handlers.push import Receipt, receive_push
from shared.contracts import PostsMatched
from shared.mailbox import Message
from shared.uow import Work
from shared.vault import Vault
from tests.fakes import FakeQueue


def ndjson(*objects: object) -> bytes:
    """One object a line."""
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in objects).encode()


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, media type and slug of a refused call."""
    slug = answer.json()["type"].rpartition(":")[2]
    return answer.status_code, answer.headers["content-type"], slug


def batch_of(work: Work, *objects: object) -> Batch:
    """Objects as one call brings them."""
    return parse_batch(ndjson(*objects), "application/x-ndjson", now=work.clock())


async def push(work: Work, vault: Vault, *objects: object, region: int = 1) -> Receipt:
    """Push objects in one call."""
    batch = batch_of(work, *objects)
    async with work.unit(region) as uow:
        return await receive_push(uow, batch, vault)


async def rows(work: Work, query: str, **given: object) -> list[dict[str, Any]]:
    """Read rows of the first region."""
    async with work.unit(1) as uow:
        found = await uow.session.execute(text(query), given)
        return [dict(row) for row in found.mappings()]


async def values(work: Work, query: str, **given: object) -> list[Any]:
    """Read the first column of rows."""
    return [next(iter(row.values())) for row in await rows(work, query, **given)]


async def counts(work: Work) -> Mapping[str, int]:
    """Count rows of the tables that hold posts."""
    tables = ("post", "post_key", "post_revision", "sealed_original", "index_queue")
    parts = ", ".join(f"(SELECT count(*) FROM ingest.{t}) AS {t}" for t in tables)  # noqa: S608 -- fixed names
    return (await rows(work, f"SELECT {parts}"))[0]


def offered(queue: FakeQueue) -> list[PostsMatched]:
    """Take what was sent to triage."""
    return [
        Message.unpacked(packed).contract
        for (packed,) in queue.take("triage", "deliver")
    ]
