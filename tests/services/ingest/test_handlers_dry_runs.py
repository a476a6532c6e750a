"""Queries tried on the archive and on a text, without any effect on the desk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.ingest import jobs
from services.ingest.handlers.dry_runs import PORTION
from services.ingest.handlers.rulebooks import Rulebook, Rulebooks
from services.ingest.handlers.sweep import MOST_RINGS
from services.ingest.jobs import Tools
from shared.db import EVERY_REGION, Database
from shared.models.identity import Municipality
from shared.uow import Work
from shared.vault import Vault
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.matching import make_rule, take_only_matched
from tests.services.ingest.pushing import push, rows, values

pytestmark = pytest.mark.usefixtures("region")
RUNS = "/ingest/rules/dry-runs"


@pytest.fixture(autouse=True)
def true_time(clock: Clock) -> datetime:
    """Ids carry the true time, so the clock of the service has to follow it here."""
    clock.now = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    return clock.now


async def archive(
    work: Work, vault: Vault, quiet: Quiet, *posts: tuple[str, datetime]
) -> None:
    """Fill the archive: texts with the moments of their publication."""
    for start in range(0, len(posts), 500):
        part = enumerate(posts[start : start + 500], start)
        objects = [
            post_object(external_id=str(n), text=each, published_at=when.isoformat())
            for n, (each, when) in part
        ]
        await push(work, vault, *objects)
    await quiet()


async def run(client: httpx.AsyncClient, quiet: Quiet, **asked: object) -> Any:  # noqa: ANN401 -- JSON
    started = await client.post(RUNS, json=asked)
    assert started.status_code == 202, started.text
    await quiet()
    return (await client.get(f"{RUNS}/{started.json()['id']}")).json()


async def test_a_dry_run_tells_counts_samples_and_what_to_expect(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient, clock: Clock
) -> None:
    day = timedelta(days=1)
    now = clock.now
    hole = await make_rule(work, "яма AND двор", name="Ямы во дворах")
    await make_rule(work, "мост", name="Наблюдение", state="monitor")
    await archive(
        work,
        vault,
        quiet,
        ("Яма во дворе", now - 3 * day),
        ("Яма на мосту", now - 3 * day),
        ("Снег не убран", now - day),
        ("Опять яма", now - day),
        ("Яма давно", now - 31 * day),
    )
    await take_only_matched(work)

    told = await run(client, quiet, query="яма")

    assert {key: told[key] for key in ("state", "total", "seen", "hits")} == {
        "state": "done",
        "total": 4,
        "seen": 4,
        "hits": 3,
    }
    assert (told["alone"], told["candidates"]) == (2, 2)
    assert (told["covered_days"], told["candidates_a_day"]) == (4, 0.5)
    assert told["days"] == [
        {"day": (now - 3 * day).date().isoformat(), "posts": 2, "hits": 2},
        {"day": (now - day).date().isoformat(), "posts": 2, "hits": 1},
    ]
    assert told["shared"] == [
        {"rule_id": str(hole.id), "name": "Ямы во дворах", "hits": 1}
    ]
    assert {(each["text"], str(each["positions"])) for each in told["samples"]} == {
        ("Яма во дворе", "[[0, 3]]"),
        ("Яма на мосту", "[[0, 3]]"),
        ("Опять яма", "[[6, 9]]"),
    }


async def test_trying_a_query_is_audited_as_the_search_it_is(
    work: Work, quiet: Quiet, client: httpx.AsyncClient
) -> None:
    await run(client, quiet, query="яма | 89000000017")

    (body,) = await values(
        work, "SELECT body FROM audit.event WHERE body LIKE '%rule.tried%'"
    )
    assert "яма | [телефон]" in body
    assert "89000000017" not in body


async def test_fields_of_a_query_ask_where_a_post_comes_from(
    work: Work,
    vault: Vault,
    quiet: Quiet,
    client: httpx.AsyncClient,
    clock: Clock,
    owner: Database,
) -> None:
    await archive(
        work, vault, quiet, ("Яма", clock.now), ("Huge pothole (яма)", clock.now)
    )
    async with owner.session(EVERY_REGION) as session:
        session.add(Municipality(region_id=1, code="klen", name="город Клёновск"))
        await session.execute(text("UPDATE ingest.source SET municipality = 'klen'"))

    asked = ("место:Клёновск", "место:klen", "место:Заозёрск", "язык:en", "вид:пост")
    hits = [(await run(client, quiet, query=f"яма {each}"))["hits"] for each in asked]

    assert dict(zip(asked, hits, strict=True)) == {
        "место:Клёновск": 2,
        "место:klen": 2,
        "место:Заозёрск": 0,
        "язык:en": 1,
        "вид:пост": 2,
    }


async def test_a_dry_run_of_a_rules_next_version_is_compared_with_the_others_only(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient, clock: Clock
) -> None:
    rule = await make_rule(work, "яма")
    await archive(work, vault, quiet, ("Яма", clock.now - timedelta(days=1)))

    mine = await run(client, quiet, query="яма", rule_id=str(rule.id))
    new = await run(client, quiet, query="яма")

    assert (mine["alone"], new["alone"]) == (1, 0)


async def test_what_comes_to_the_queue_anyway_is_no_new_work(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient, clock: Clock
) -> None:
    """The pushing system of the tests offers every post, whatever rules say."""
    await archive(work, vault, quiet, ("Яма", clock.now - timedelta(days=1)))

    told = await run(client, quiet, query="яма")

    assert (told["alone"], told["candidates"]) == (1, 0)


async def test_a_dry_run_opens_nothing_and_keeps_no_match_and_no_text(
    work: Work,
    vault: Vault,
    quiet: Quiet,
    client: httpx.AsyncClient,
    clock: Clock,
    queue: FakeQueue,
) -> None:
    await archive(work, vault, quiet, ("Яма", clock.now - timedelta(days=1)))
    queue.rings.clear()

    told = await run(client, quiet, query="яма")

    assert told["hits"] == 1
    assert queue.rings == []
    assert await values(work, "SELECT count(*) FROM ingest.match") == [0]
    assert "Яма" not in str(await rows(work, "SELECT * FROM ingest.dry_run"))


async def test_a_deleted_post_is_shown_no_more(
    work: Work, vault: Vault, quiet: Quiet, client: httpx.AsyncClient, clock: Clock
) -> None:
    await archive(work, vault, quiet, ("Яма", clock.now - timedelta(days=1)))
    told = await run(client, quiet, query="яма")
    async with work.unit(1) as uow:
        gone = text("UPDATE ingest.post SET deleted_at = now(), text = ''")
        await uow.session.execute(gone)

    again = (await client.get(f"{RUNS}/{told['id']}")).json()

    assert (len(told["samples"]), again["samples"]) == (1, [])
    assert again["hits"] == 1


async def test_an_interrupted_run_goes_on_where_it_stood(  # noqa: PLR0913, PLR0917 -- fixtures
    work: Work,
    vault: Vault,
    quiet: Quiet,
    client: httpx.AsyncClient,
    clock: Clock,
    queue: FakeQueue,
    tools: Tools,
) -> None:
    when = clock.now - timedelta(days=1)
    await archive(work, vault, quiet, *[("Яма", when)] * (PORTION + 1))
    started = (await client.post(RUNS, json={"query": "яма"})).json()
    ((_, run_id),) = queue.take("ingest", "dry_run")

    class Once(Rulebooks):
        """A process that dies after its first portion."""

        asked = 0

        async def of(self, *args: Any) -> Rulebook:  # noqa: ANN401 -- the real one's
            self.asked += 1
            if self.asked > 1:
                raise ConnectionError("the process went away")
            return await super().of(*args)

    with pytest.raises(ConnectionError):
        await jobs.dry_run(replace(tools, rulebooks=Once()), 1, run_id)
    halfway = (await client.get(f"{RUNS}/{started['id']}")).json()
    clock.forward(seconds=11)
    await jobs.sweep(tools)
    await quiet()
    await jobs.dry_run(tools, 1, run_id)

    told = (await client.get(f"{RUNS}/{started['id']}")).json()
    assert (halfway["state"], halfway["seen"], halfway["total"]) == (
        "running",
        PORTION,
        PORTION + 1,
    )
    assert (told["state"], told["seen"], told["hits"]) == (
        "done",
        PORTION + 1,
        PORTION + 1,
    )
    assert len(told["samples"]) == 20


async def test_a_long_run_lets_other_jobs_in(
    work: Work,
    vault: Vault,
    quiet: Quiet,
    client: httpx.AsyncClient,
    queue: FakeQueue,
    tools: Tools,
) -> None:
    started = (await client.post(RUNS, json={"query": "яма"})).json()
    queue.rings.clear()

    await jobs.dry_run(replace(tools, patience=0), 1, started["id"])

    assert queue.rings == [("ingest", "dry_run", (1, started["id"]))]


async def test_a_run_that_never_ends_is_given_up_and_says_so(
    work: Work, client: httpx.AsyncClient, clock: Clock, tools: Tools, queue: FakeQueue
) -> None:
    started = (await client.post(RUNS, json={"query": "яма"})).json()
    async with work.unit(1) as uow:
        rung = text("UPDATE ingest.dry_run SET rings = :rings")
        await uow.session.execute(rung, {"rings": MOST_RINGS})
    queue.rings.clear()
    clock.forward(seconds=11)

    await jobs.sweep(tools)

    told = (await client.get(f"{RUNS}/{started['id']}")).json()
    assert (told["state"], told["error"]) == ("failed", "it never ended")
    assert queue.take("ingest", "dry_run") == []


async def test_a_failure_is_told(
    work: Work, client: httpx.AsyncClient, tools: Tools
) -> None:
    started = (await client.post(RUNS, json={"query": "яма"})).json()
    async with work.unit(1) as uow:
        broken = text("UPDATE ingest.dry_run SET query = 'яма OR'")
        await uow.session.execute(broken)

    await jobs.dry_run(tools, 1, started["id"])

    told = (await client.get(f"{RUNS}/{started['id']}")).json()
    assert told["state"] == "failed"
    assert told["error"].startswith("QueryError: ")


async def test_too_many_runs_at_once_are_refused(client: httpx.AsyncClient) -> None:
    answers = [await client.post(RUNS, json={"query": "яма"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 409]


async def test_old_runs_are_forgotten(
    work: Work, client: httpx.AsyncClient, quiet: Quiet, clock: Clock, tools: Tools
) -> None:
    await run(client, quiet, query="яма")
    clock.forward(days=8)

    await jobs.sweep(tools)

    assert await values(work, "SELECT count(*) FROM ingest.dry_run") == [0]


@pytest.mark.parametrize("path", [RUNS, "/ingest/rules/try"])
async def test_a_faulty_query_is_refused_with_its_place(
    client: httpx.AsyncClient, path: str
) -> None:
    text_too = {"text": "Яма"} if path.endswith("try") else {}

    answer = await client.post(path, json={"query": "яма AND (", **text_too})

    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["field"], error["position"]) == ("query", 9)


async def test_unknown_runs_and_rules_are_not_found(client: httpx.AsyncClient) -> None:
    nobody = "01a20000-0000-7000-8000-000000000000"

    answers = [
        await client.get(f"{RUNS}/{nobody}"),
        await client.post(RUNS, json={"query": "яма", "rule_id": nobody}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_pasted_text_is_tried_at_once_and_not_kept(
    work: Work, client: httpx.AsyncClient
) -> None:
    mine = await make_rule(work, "яма")
    other = await make_rule(work, "двор")
    asked = {"query": "яма", "text": "Яма во дворе", "rule_id": str(mine.id)}

    caught = (await client.post("/ingest/rules/try", json=asked)).json()
    spared = (
        await client.post("/ingest/rules/try", json=asked | {"text": "Лес"})
    ).json()

    assert caught == {
        "is_caught": True,
        "positions": [[0, 3]],
        "others": [{"rule_id": str(other.id), "name": "Правило двор"}],
    }
    assert spared == {"is_caught": False, "positions": [], "others": []}
