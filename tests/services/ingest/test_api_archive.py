"""The archive search over HTTP."""

import asyncio

import httpx
import pytest

from services.ingest.app import create_app
from services.ingest.handlers.labels import take_labels
from services.ingest.settings import Settings
from shared.contracts import PostLabel, PostsLabelled
from shared.db import Database
from shared.models.identity import Region
from shared.process import Parts
from shared.uow import Work
from shared.vault import Vault
from tests.factories import make_key, make_region
from tests.fakes import FakeQueue
from tests.services.ingest.conftest import SECRET
from tests.services.ingest.doubles import Clock, Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import push, values

ARCHIVE = "/archive/posts"


@pytest.fixture
async def archive(
    client: httpx.AsyncClient, work: Work, vault: Vault, quiet: Quiet
) -> httpx.AsyncClient:
    """Posts of three days, two networks and one decision."""
    await push(
        work,
        vault,
        post_object(
            text="Глубокая яма на Садовой", published_at="2026-03-08T23:30:00+03:00"
        ),
        post_object(
            external_id="2",
            text="Ямы у школы",
            network="vk",
            url=None,
            published_at="2026-03-09T00:30:00+03:00",
        ),
        post_object(
            external_id="3", text="Нет воды", published_at="2026-03-10T12:00:00+03:00"
        ),
    )
    (post_id,) = await values(work, "SELECT id FROM ingest.post WHERE network = 'vk'")
    label = PostLabel(
        post_id=post_id,
        version=1,
        status="assigned",
        topic="roads.surface",
        topic_name="Дороги",
        municipality="klen",
        municipality_name="Клёновск",
        incident_number=7,
    )
    async with work.unit(1) as uow:
        await take_labels(uow, PostsLabelled(region_id=1, labels=(label,)))
    await quiet()
    return client


async def texts(client: httpx.AsyncClient, **asked: object) -> list[str]:
    answer = await client.get(ARCHIVE, params=asked)
    assert answer.status_code == 200, answer.text
    return [item["text"] for item in answer.json()["items"]]


async def test_a_found_post_has_its_labels_and_highlights(
    archive: httpx.AsyncClient, work: Work
) -> None:
    answer = await archive.get(ARCHIVE, params={"q": "яма", "network": "vk"})

    (post_id,) = await values(work, "SELECT id FROM ingest.post WHERE network = 'vk'")
    assert answer.json() == {
        "items": [
            {
                "id": str(post_id),
                "network": "vk",
                "kind": "post",
                "source_name": "city-portal",
                "url": None,
                "published_at": "2026-03-08T21:30:00Z",
                "text": "Ямы у школы",
                "highlights": [[0, 3]],
                "topic": "roads.surface",
                "topic_name": "Дороги",
                "municipality": "klen",
                "municipality_name": "Клёновск",
                "status": "assigned",
                "incident_id": None,
                "incident_number": 7,
            }
        ],
        "next_cursor": None,
        "estimated_total": 1,
        "facets": {
            "network": {"vk": 1},
            "topic": {"roads.surface": 1},
            "status": {"assigned": 1},
            "municipality": {"klen": 1},
        },
        "corrections": {},
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Нет воды", "Ямы у школы", "Глубокая яма на Садовой"]),
        ({"q": "ямы"}, ["Ямы у школы", "Глубокая яма на Садовой"]),
        ({"q": "глубакая яма"}, ["Глубокая яма на Садовой"]),
        ({"q": "«яма на садовой»"}, ["Глубокая яма на Садовой"]),
        ({"status": "assigned"}, ["Ямы у школы"]),
        ({"topic": "roads.surface"}, ["Ямы у школы"]),
        ({"municipality": "klen"}, ["Ямы у школы"]),
        ({"from": "2026-03-09", "to": "2026-03-09"}, ["Ямы у школы"]),
        ({"from": "2026-03-09T00:00:00+03:00"}, ["Нет воды", "Ямы у школы"]),
        ({"to": "2026-03-08T20:30:00Z"}, []),
        ({"to": "2026-03-08T20:30:01Z"}, ["Глубокая яма на Садовой"]),
        ({"q": "'); DROP TABLE ingest.post; --"}, []),
        ({"q": "\x00яма\x00"}, ["Ямы у школы", "Глубокая яма на Садовой"]),
    ],
)
async def test_words_and_filters_narrow_the_archive(
    archive: httpx.AsyncClient, asked: dict[str, str], found: list[str]
) -> None:
    assert await texts(archive, **asked) == found


async def test_pages_follow_each_other_by_cursor(archive: httpx.AsyncClient) -> None:
    first = (await archive.get(ARCHIVE, params={"limit": 2})).json()

    second = await archive.get(
        ARCHIVE, params={"limit": 2, "cursor": first["next_cursor"]}
    )
    of_another = await archive.get(
        ARCHIVE, params={"q": "яма", "cursor": first["next_cursor"]}
    )

    assert [item["text"] for item in first["items"]] == ["Нет воды", "Ямы у школы"]
    assert [item["text"] for item in second.json()["items"]] == [
        "Глубокая яма на Садовой"
    ]
    assert second.json()["next_cursor"] is None
    assert of_another.status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-03-09T00:00:00"},
        {"from": "вчера"},
        {"limit": "0"},
        {"limit": "101"},
        {"q": "я" * 501},
        {"cursor": "x"},
        {"author": "id77"},
    ],
)
async def test_a_bad_question_is_refused(
    archive: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    if asked == {"from": "2026-03-09T00:00:00"}:
        asked = {"from": "2026-03-09T10:00:00"}

    answer = await archive.get(ARCHIVE, params=asked)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_many_searches_at_once_do_not_wait_for_each_other_for_ever(
    database_url: str, queue: FakeQueue, clock: Clock, owner: Database, region: Region
) -> None:
    database = Database(database_url, role="otklik_ingest", pool_size=1)
    parts = Parts(Work(database, "ingest", queue, clock=clock), queue)
    app = create_app(Settings(secret_key=SECRET.hex(), pool_size=1), parts=parts)
    key = await make_key(owner, region, scopes="archive")

    async with app.router.lifespan_context(app):
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://ingest.example/api/v1",
            headers={"Authorization": f"Bearer {key}"},
        )
        async with client, asyncio.timeout(20):
            answers = await asyncio.gather(*(client.get(ARCHIVE) for _ in range(12)))
    await database.close()

    assert [answer.status_code for answer in answers] == [200] * 12


async def test_every_search_is_logged_with_what_it_asked(
    archive: httpx.AsyncClient, work: Work
) -> None:
    await archive.get(ARCHIVE, params={"q": "яма", "network": "vk"})

    (body,) = await values(
        work, "SELECT body FROM audit.event WHERE body LIKE '%archive.searched%'"
    )
    assert '"actor":"test"' in body
    assert '"detail":{"filters":{"network":"vk"},"found":1,"q":"яма"}' in body


async def test_another_region_finds_nothing_of_ours(
    archive: httpx.AsyncClient, owner: Database
) -> None:
    key = await make_key(owner, await make_region(owner, "south"), scopes="archive")

    answer = await archive.get(ARCHIVE, headers={"Authorization": f"Bearer {key}"})

    assert answer.json()["items"] == []
