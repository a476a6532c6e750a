"""What belongs to one region does not exist for another: every route, every job."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.ingest import api, jobs
from services.ingest.handlers.tokens import take_refusal
from services.ingest.jobs import Tools
from shared.contracts import TokenRefused
from shared.db import EVERY_REGION, Database
from shared.models.identity import Region
from shared.uow import Work
from tests.factories import make_key, make_region, make_user
from tests.services.ingest.fake_network import LINK, FakeNetwork
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, values
from tests.services.ingest.test_api_operations import buried
from tests.services.ingest.test_api_rules import NEW
from tests.services.ingest.watching import CREDENTIALS, SOURCES, watched, with_token

BODIES: Mapping[tuple[str, str], Mapping[str, object] | None] = {
    ("get", "/ingest/posts/{post_id}"): None,
    ("post", "/ingest/posts/{post_id}/original"): {"reason": "проверка"},
    ("post", "/ingest/posts/{post_id}/address"): None,
    ("put", "/ingest/credentials/{credential_id}"): {"secrets": {"token": "x"}},
    ("delete", "/ingest/credentials/{credential_id}"): None,
    ("post", "/ingest/dead-letters/{letter_id}/replay"): None,
    ("get", "/ingest/imports/{import_id}"): None,
    ("post", "/ingest/imports/{import_id}/commit"): {},
    ("get", "/ingest/rules/dry-runs/{run_id}"): None,
    ("get", "/ingest/rules/{rule_id}"): None,
    ("patch", "/ingest/rules/{rule_id}"): {"state": "monitor", "reason": "так"},
    ("get", "/ingest/rules/{rule_id}/matches"): None,
    ("get", "/ingest/rules/{rule_id}/quality"): None,
    ("get", "/ingest/rules/{rule_id}/versions"): None,
    ("get", "/ingest/sources/{source_id}"): None,
    ("patch", "/ingest/sources/{source_id}"): {"state": "disabled", "options": {}},
    ("get", "/ingest/sources/{source_id}/figures"): None,
    ("get", "/ingest/sources/{source_id}/hook"): None,
    ("post", "/ingest/sources/{source_id}/hook"): None,
    ("get", "/ingest/sources/{source_id}/options"): None,
    ("post", "/ingest/sources/{source_id}/pause"): None,
    ("post", "/ingest/sources/{source_id}/resume"): None,
    ("post", "/ingest/sources/{source_id}/secret"): None,
    ("post", "/ingest/sources/{source_id}/test"): None,
}
"""Every route that names a thing, and a good body; hooks are named by their secret."""

Things = Mapping[str, str]


@pytest.fixture
async def ours(client: httpx.AsyncClient, work: Work) -> Things:
    """One thing of each kind in the region of the client, by the name of its id."""
    key, source = await with_token(client), await watched(client)
    rule = (await client.post("/ingest/rules", json=NEW)).json()
    asked = {"query": "яма", "rule_id": rule["id"]}
    run = (await client.post("/ingest/rules/dry-runs", json=asked)).json()
    await client.post("/ingest/posts", content=ndjson(post_object(text="т. 8900770")))
    table = {"file": ("f", "Дата;Текст\n11.11.2025;Яма\n".encode())}
    seen = (await client.post("/ingest/imports", files=table)).json()
    (post,) = await values(work, "SELECT id FROM ingest.post")
    (batch,) = await values(work, "SELECT id FROM ingest.batch")
    return {
        "post_id": str(post),
        "credential_id": key["id"],
        "letter_id": await buried(work, "post", {"post_id": str(post)}),
        "import_id": seen["id"],
        "run_id": run["id"],
        "rule_id": rule["id"],
        "source_id": source["id"],
        "batch_id": str(batch),
    }


@pytest.fixture
async def south(owner: Database) -> Region:
    """The other region."""
    return await make_region(owner, "south")


@pytest.fixture
async def stranger(owner: Database, south: Region) -> Mapping[str, str]:
    """Headers of a person who may do everything in the other region."""
    person = await make_user(owner, south)  # some things are for named persons alone
    scopes = "ingest archive triage admin"
    key = await make_key(owner, south, scopes=scopes, person=person)
    return {"Authorization": f"Bearer {key}"}


_DIGEST = """
SELECT '{0}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest
FROM {0} AS t
"""


async def everything(owner: Database) -> dict[str, str]:
    """Digest each table of the service, and the audit log."""
    tables = text("""
        SELECT table_schema || '.' || table_name FROM information_schema.tables
        WHERE table_schema IN ('ingest', 'audit') AND table_type = 'BASE TABLE'
    """)
    async with owner.session(EVERY_REGION) as session:
        digest = (
            "SELECT '{0}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {0} t"
        )
        parts = [digest.format(name) for name in await session.scalars(tables)]
        return dict((await session.execute(text(" UNION ALL ".join(parts)))).all())


def test_every_route_that_names_a_thing_is_looked_at() -> None:
    parts = [each.name for each in iter_modules(api.__path__, f"{api.__name__}.")]

    routes = [route for part in parts for route in import_module(part).router.routes]

    named = {
        (verb.lower(), route.path)
        for route in routes
        for verb in route.methods
        if "{" in route.path and "{hook_key}" not in route.path
    }
    assert named == set(BODIES)


async def test_no_route_and_no_job_knows_what_is_another_regions(  # noqa: PLR0913, PLR0917 -- who asks, whose it is, and all that could be touched
    client: httpx.AsyncClient,
    ours: Things,
    south: Region,
    stranger: Mapping[str, str],
    tools: Tools,
    owner: Database,
    network: FakeNetwork,
) -> None:
    before = await everything(owner)

    told = {}
    for (verb, path), body in BODIES.items():
        answer = await client.request(
            verb, path.format(**ours), json=body, headers=stranger
        )
        told[verb, path] = answer.status_code
    await every_job(tools, south.id or 0, ours)

    assert told == dict.fromkeys(BODIES, 404)
    assert await everything(owner) == before
    assert network.fetches == 0


async def every_job(tools: Tools, region: int, of: Things) -> None:
    """Ring in a region for what is another's, and refuse a token of theirs."""
    await jobs.match_waiting(tools, region)
    await jobs.match_batch(tools, region, of["batch_id"])
    await jobs.index_posts(tools, region)
    await jobs.index_source(tools, region, of["source_id"])
    await jobs.run_import(tools, region, of["import_id"])
    await jobs.dry_run(tools, region, of["run_id"])
    await jobs.poll_source(tools, region, of["source_id"])
    await jobs.poll_sources(tools, region, [of["source_id"]])
    await jobs.measure_page(tools, region, of["source_id"])
    token = f"{UUID(of['credential_id']).hex}-1"
    refusal = TokenRefused(
        region_id=region, network="vk", token=token, message="no", code="vk:5"
    )
    async with tools.work.unit(region) as uow:
        await take_refusal(uow, refusal)


async def test_nothing_can_be_made_of_what_is_another_regions(
    client: httpx.AsyncClient, ours: Things, stranger: Mapping[str, str]
) -> None:
    key, rule = {"credential_id": ours["credential_id"]}, {"rule_id": ours["rule_id"]}
    made = await client.post(SOURCES, json={"link": LINK}, headers=stranger)
    own = f"{SOURCES}/{made.json()['id']}"
    query = {"query": "яма", **rule}

    answers = [
        await client.post(path, json=body, headers=stranger)
        for path, body in (
            (SOURCES, {"link": "https://vk.com/other", **key}),
            (f"{SOURCES}/test", {"link": LINK, **key}),
            ("/ingest/rules/dry-runs", query),
            ("/ingest/rules/try", {**query, "text": "Яма"}),
        )
    ]
    answers.append(await client.patch(own, json=key, headers=stranger))
    lists = [
        (await client.get(path, headers=stranger)).json()["items"]
        for path in (SOURCES, CREDENTIALS, "/ingest/rules", "/ingest/dead-letters")
    ]

    assert [each.status_code for each in answers] == [422, 422, 404, 404, 422]
    assert [len(each) for each in lists] == [1, 0, 0, 0]
    assert made.json()["credential_id"] is None
