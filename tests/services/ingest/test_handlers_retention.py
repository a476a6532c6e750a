"""Raw payloads go by themselves when their time is over (product.md, Conduct 6)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.ingest import jobs
from services.ingest.handlers import retention
from services.ingest.jobs import Tools
from services.ingest.settings import Settings
from shared.ids import lowest_id_at
from shared.models.identity import Region
from shared.uow import Work
from tests.services.ingest.doubles import Clock
from tests.services.ingest.pushing import rows, values

LEFT = "SELECT post_id FROM ingest.raw_payload ORDER BY post_id, revision"
AUDITED = "SELECT body FROM audit.event WHERE body LIKE '%raw.expired%' ORDER BY seq"


async def sealed(
    work: Work,
    posted: datetime,
    *,
    sealed_at: datetime | None = None,
    revision: int = 1,
) -> UUID:
    """Keep a payload of a post that came in at a moment."""
    insert = text(
        "INSERT INTO ingest.raw_payload (post_id, revision, region_id, sealed, "
        "sealed_at) VALUES (:post, :revision, 1, 'x', :at)"
    )
    post = lowest_id_at(posted)
    at = sealed_at or posted
    async with work.unit(1) as uow:
        given = {"post": post, "revision": revision, "at": at}
        await uow.session.execute(insert, given)
    return post


async def audited(work: Work) -> list[dict[str, object]]:
    """Read what the audit log says of it."""
    return [json.loads(body)["detail"] for body in await values(work, AUDITED)]


async def test_payloads_are_erased_when_their_time_is_over(
    work: Work, tools: Tools, clock: Clock, region: Region
) -> None:
    await sealed(work, clock.now - timedelta(days=31))
    await sealed(work, clock.now - timedelta(days=45))
    young = await sealed(work, clock.now - timedelta(days=29))

    await jobs.expire_raw(tools)
    await jobs.expire_raw(tools)

    assert await values(work, LEFT) == [young]


async def test_a_late_revision_has_a_time_of_its_own(
    work: Work, tools: Tools, clock: Clock, region: Region
) -> None:
    posted = clock.now - timedelta(days=40)
    post = await sealed(work, posted)
    await sealed(work, posted, sealed_at=clock.now - timedelta(days=2), revision=2)

    await jobs.expire_raw(tools)

    left = "SELECT post_id, revision FROM ingest.raw_payload"
    assert await rows(work, left) == [{"post_id": post, "revision": 2}]


async def test_what_was_erased_stays_provable(
    work: Work, tools: Tools, clock: Clock, region: Region
) -> None:
    before = clock.now - timedelta(days=10)
    await sealed(work, before - timedelta(seconds=1))

    await jobs.expire_raw(replace(tools, raw_kept=timedelta(days=10)))

    told = {"erased": 1, "before": before.isoformat(), "kept_days": 10}
    assert await audited(work) == [told]


async def test_a_backlog_goes_in_portions_the_oldest_first(
    work: Work, clock: Clock, region: Region
) -> None:
    posts = [
        await sealed(work, clock.now - timedelta(days=days)) for days in (35, 34, 33)
    ]
    kept = timedelta(days=30)

    async with work.unit(1) as uow:
        is_left = await retention.expire_raw(uow, kept, most=2)
    after_one = await values(work, LEFT)
    async with work.unit(1) as uow:
        is_still_left = await retention.expire_raw(uow, kept, most=2)

    assert (is_left, after_one) == (True, posts[2:])
    assert (is_still_left, await values(work, LEFT)) == (False, [])
    assert [each["erased"] for each in await audited(work)] == [2, 1]


async def test_the_job_ends_in_time_and_leaves_the_rest(
    work: Work, tools: Tools, clock: Clock, region: Region
) -> None:
    old = await sealed(work, clock.now - timedelta(days=60))

    await jobs.expire_raw(replace(tools, patience=0))

    assert await values(work, LEFT) == [old]


def test_it_is_done_every_hour(tools: Tools) -> None:
    timed = jobs.duties(tools).timed["expire_raw"]

    assert (timed.hour, timed.minute) == (None, 37)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_payloads_are_kept_neither_never_nor_for_ever(days: int) -> None:
    with pytest.raises(ValueError, match="raw_kept_days"):
        Settings(raw_kept_days=days)
