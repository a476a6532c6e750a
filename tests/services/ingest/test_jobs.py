"""Jobs that are interrupted, ring again, or never end."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from services.ingest import jobs
from services.ingest.deps import open_search
from services.ingest.handlers.rulebooks import Rulebook, Rulebooks
from services.ingest.handlers.sweep import MOST_RINGS
from services.ingest.jobs import Tools
from services.ingest.settings import Settings
from services.ingest.store.batches import ALONE
from shared.errors import Unavailable
from shared.models.identity import Region
from shared.search.meili import MeiliSearch
from shared.search.postgres import PostgresSearch
from shared.uow import Work
from shared.vault import Vault
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.matching import make_rule
from tests.services.ingest.pushing import offered, push, rows, values


class Unreachable(Rulebooks):
    """Rules in a database that does not answer."""

    async def of(self, *_: object) -> Rulebook:
        raise Unavailable("the database went away")


async def test_a_batch_is_not_to_blame_when_a_part_does_not_answer(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue, region: Region
) -> None:
    await push(work, vault, post_object(), post_object(external_id="2"))
    (batch_id,) = await values(work, "SELECT id FROM ingest.batch")
    without = replace(tools, rulebooks=Unreachable())

    with pytest.raises(Unavailable):
        await jobs.match_batch(without, 1, str(batch_id))
    with pytest.raises(Unavailable):
        await jobs.match_waiting(without, 1)

    found = "SELECT cardinality(post_ids) AS size, tries, done_at FROM ingest.batch"
    assert await rows(work, found) == [{"size": 2, "tries": 0, "done_at": None}]


async def test_a_batch_that_takes_its_process_down_goes_on_post_by_post(  # noqa: PLR0913, PLR0917 -- fixtures
    work: Work,
    vault: Vault,
    tools: Tools,
    queue: FakeQueue,
    clock: Clock,
    quiet: Quiet,
    region: Region,
) -> None:
    await push(work, vault, post_object(), post_object(external_id="2"))
    async with work.unit(1) as uow:
        rung = text("UPDATE ingest.batch SET rings = :rings")
        await uow.session.execute(rung, {"rings": MOST_RINGS})
    queue.rings.clear()
    clock.forward(seconds=11)

    await jobs.sweep(tools)
    await quiet()

    sizes = "SELECT cardinality(post_ids) FROM ingest.batch ORDER BY 1"
    errors = "SELECT error FROM ingest.batch WHERE error IS NOT NULL"
    assert await values(work, sizes) == [1, 1, 2]
    assert await values(work, errors) == ["its matching never ended"]
    assert len(offered(queue)) == 2


async def test_long_work_rings_for_itself_before_its_time_is_up(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue
) -> None:
    hurried = replace(tools, patience=0)
    await push(work, vault, post_object())
    queue.rings.clear()

    await jobs.index_posts(hurried, 1)
    await jobs.run_import(hurried, 1, "01a20000-0000-7000-8000-000000000000")

    assert queue.rings == [
        ("ingest", "index_posts", (1,)),
        ("ingest", "run_import", (1, "01a20000-0000-7000-8000-000000000000")),
    ]


async def test_work_left_behind_is_rung_for_in_every_region(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue, clock: Clock
) -> None:
    await push(work, vault, post_object(), region=1)
    await push(work, vault, post_object(), region=2)
    queue.rings.clear()
    clock.forward(seconds=11)

    await jobs.sweep(tools)

    matched = queue.take("ingest", "match_waiting")
    indexed = queue.take("ingest", "index_posts")
    assert sorted(matched) == [(1,), (2,)]
    assert indexed == [(1,), (2,)]


async def test_a_batch_left_behind_again_and_again_is_rung_for_alone(
    work: Work, vault: Vault, tools: Tools, queue: FakeQueue, clock: Clock
) -> None:
    await push(work, vault, post_object())
    queue.rings.clear()

    for _ in range(ALONE - 1):
        clock.forward(seconds=11)
        await jobs.sweep(tools)
    await jobs.match_waiting(tools, 1)

    found = await values(work, "SELECT id FROM ingest.batch WHERE done_at IS NULL")
    assert queue.take("ingest", "match_batch") == [(1, str(each)) for each in found]
    assert len(found) == 1
    # The name of a bell is not free again for 40 s when its job was killed.
    assert queue.take("ingest", "ring_due") == [()] * (ALONE - 1)


async def test_what_is_long_done_is_forgotten(
    work: Work, vault: Vault, tools: Tools, clock: Clock, quiet: Quiet, region: Region
) -> None:
    await push(work, vault, post_object())
    await quiet()
    await push(work, vault, post_object(external_id="2"))
    clock.forward(days=8)

    await jobs.sweep(tools)

    assert await values(work, "SELECT done_at FROM ingest.batch") == [None]


async def test_a_rule_that_can_no_longer_be_read_keeps_no_other_from_matching(
    work: Work, vault: Vault, quiet: Quiet, region: Region
) -> None:
    good, bad = await make_rule(work, "яма"), await make_rule(work, "садовая")
    async with work.unit(1) as uow:
        broken = text("UPDATE ingest.rule SET query = 'яма OR' WHERE id = :id")
        await uow.session.execute(broken, {"id": bad.id})
    await push(work, vault, post_object())

    await quiet()

    assert await values(work, "SELECT rule_id FROM ingest.match") == [good.id]


@pytest.mark.parametrize(
    ("url", "kind"), [(None, PostgresSearch), ("http://search.invalid", MeiliSearch)]
)
async def test_the_index_is_meilisearch_where_one_is_set(
    work: Work, url: str | None, kind: type
) -> None:
    settings = Settings(meili_url=url, meili_key="key")

    async with open_search(settings, work.database) as search:
        assert type(search) is kind
