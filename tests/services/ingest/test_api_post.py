"""Reading one post over HTTP, and opening what was redacted of it."""

import httpx
import pytest

from shared.db import Database
from shared.models.identity import Region
from shared.uow import Work
from tests.factories import make_key, make_region, make_user
from tests.services.ingest.doubles import Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, refusal, rows, values

POSTS = "/ingest/posts"
PROBLEM = "application/problem+json"


async def test_a_post_is_shown_with_what_is_kept_beside_it(
    client: httpx.AsyncClient, work: Work, quiet: Quiet
) -> None:
    await client.post(POSTS, content=ndjson(post_object(text="Яма")))
    edit = post_object(text="Ямы", edited_at="2025-11-11T13:00:00+03:00")
    await client.post(POSTS, content=ndjson(edit))
    await quiet()
    (stored,) = await rows(work, "SELECT id, source_id FROM ingest.post")

    answer = await client.get(f"{POSTS}/{stored['id']}")

    assert answer.json() == {
        "id": str(stored["id"]),
        "network": "portal",
        "kind": "post",
        "source_id": str(stored["source_id"]),
        "source_name": "city-portal",
        "external_id": "A-1",
        "parent_id": None,
        "url": "https://portal.example/a/1",
        "text": "Ямы",
        "revision": 2,
        "published_at": "2025-11-11T09:00:00Z",
        "edited_at": "2025-11-11T10:00:00Z",
        "received_at": "2026-03-11T09:00:00Z",
        "deleted_at": None,
        "metrics": {"views": None, "likes": 3},
        "status": "taken_in",
        "topic": None,
        "topic_name": None,
        "municipality": None,
        "municipality_name": None,
        "incident_id": None,
        "incident_number": None,
        "has_original": False,
        "matches": [],
        "revisions": [
            {
                "revision": 1,
                "text": "Яма",
                "url": "https://portal.example/a/1",
                "edited_at": None,
                "replaced_at": "2026-03-11T09:00:00Z",
            }
        ],
    }


async def test_a_post_of_another_region_does_not_exist(
    client: httpx.AsyncClient, work: Work, owner: Database
) -> None:
    await client.post(POSTS, content=ndjson(post_object(text="+7 912 345-67-89")))
    (post_id,) = await values(work, "SELECT id FROM ingest.post")
    south = await make_region(owner, "south")
    person = await make_user(owner, south)
    key = await make_key(owner, south, scopes="ingest admin", person=person)
    headers = {"Authorization": f"Bearer {key}"}

    shown = await client.get(f"{POSTS}/{post_id}", headers=headers)
    opened = await client.post(
        f"{POSTS}/{post_id}/original", json={"reason": "проверка"}, headers=headers
    )

    assert refusal(shown) == refusal(opened) == (404, PROBLEM, "not-found")


@pytest.fixture
async def auditor(owner: Database, region: Region) -> dict[str, str]:
    """The headers of a person who may open originals."""
    person = await make_user(owner, region)
    key = await make_key(owner, region, scopes="admin", person=person)
    return {"Authorization": f"Bearer {key}"}


async def test_opening_an_original_needs_a_reason_and_is_logged(
    client: httpx.AsyncClient, work: Work, auditor: dict[str, str]
) -> None:
    original = "Звоните +7 912 345-67-89"
    await client.post(POSTS, content=ndjson(post_object(text=original)))
    (post_id,) = await values(work, "SELECT id FROM ingest.post")
    path = f"{POSTS}/{post_id}/original"

    without = await client.post(path, json={}, headers=auditor)
    opened = await client.post(path, json={"reason": "Запрос № 12-3"}, headers=auditor)

    log = await values(
        work, "SELECT body FROM audit.event WHERE body LIKE '%original.opened%'"
    )
    assert without.status_code == 422
    assert opened.json() == {"revision": 1, "text": original}
    assert len(log) == 1
    assert "Запрос № 12-3" in log[0]
    assert str(post_id) in log[0]
    assert "912" not in log[0]


async def test_a_program_opens_no_original(
    client: httpx.AsyncClient, work: Work
) -> None:
    await client.post(POSTS, content=ndjson(post_object(text="+7 912 345-67-89")))
    (post_id,) = await values(work, "SELECT id FROM ingest.post")

    answer = await client.post(
        f"{POSTS}/{post_id}/original", json={"reason": "выгрузка"}
    )

    log = "SELECT count(*) FROM audit.event WHERE body LIKE '%original.opened%'"
    assert refusal(answer) == (403, PROBLEM, "named-person-required")
    assert await values(work, log) == [0]


async def test_there_is_no_original_where_nothing_was_redacted(
    client: httpx.AsyncClient, work: Work, auditor: dict[str, str]
) -> None:
    await client.post(POSTS, content=ndjson(post_object()))
    (post_id,) = await values(work, "SELECT id FROM ingest.post")

    answer = await client.post(
        f"{POSTS}/{post_id}/original", json={"reason": "проверка"}, headers=auditor
    )

    assert refusal(answer) == (404, PROBLEM, "not-found")
