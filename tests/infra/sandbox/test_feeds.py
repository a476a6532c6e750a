"""Pages as feeds: read by feedparser, and cheap to ask again."""

from datetime import timedelta

import feedparser
import httpx
import pytest

from infra.sandbox.world import load_region
from tests.infra.sandbox.networks import AUTHORIZED, Wall, caller, network
from tests.infra.sandbox.worlds import START, world

FEEDS = [page.code for page in load_region().pages if page.delivery == "feed"]


async def fetch(client: httpx.AsyncClient, page: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.get(f"/feeds/{page}.xml", headers=named)


@pytest.mark.parametrize("page", FEEDS)
async def test_feed_is_well_formed_and_tells_of_each_post(page: str) -> None:
    async with caller(network(world(), Wall())) as client:
        answer = await fetch(client, page)

    feed = feedparser.parse(answer.content)
    found = load_region().page(page)
    posts = world().recent(found, START, 50)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.title == found.name
    assert [(entry.id, entry.content[0].value) for entry in feed.entries] == [
        (f"urn:otklik-sandbox:post:{post.id}", post.text) for post in posts
    ]
    assert feed.entries[0].link == (
        f"http://sandbox.invalid/pages/{page}/posts/{posts[0].id}"
    )
    assert feed.entries[0].published == posts[0].published_at.isoformat()


async def test_unchanged_feed_is_not_sent_again() -> None:
    async with caller(network(world(), Wall())) as client:
        first = await fetch(client, FEEDS[0])
        etag, changed = first.headers["ETag"], first.headers["Last-Modified"]
        answers = [
            await fetch(client, FEEDS[0], If_None_Match=etag),
            await fetch(client, FEEDS[0], If_None_Match=f'"x", W/{etag}'),
            await fetch(client, FEEDS[0], If_Modified_Since=changed),
        ]

    assert [answer.status_code for answer in answers] == [304, 304, 304]
    assert [answer.content for answer in answers] == [b"", b"", b""]
    assert answers[0].headers["ETag"] == etag


@pytest.mark.parametrize(
    "headers",
    [
        {"If_None_Match": '"other"'},
        {"If_Modified_Since": "Tue, 11 Nov 2003 09:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
        {
            "If_None_Match": '"other"',
            "If_Modified_Since": "Tue, 11 Nov 2099 09:00:00 GMT",
        },
    ],
)
async def test_feed_is_sent_to_who_has_another_state(headers: dict[str, str]) -> None:
    async with caller(network(world(), Wall())) as client:
        answer = await fetch(client, FEEDS[0], **headers)

    assert answer.status_code == 200


async def test_feed_changes_as_people_write() -> None:
    wall = Wall()
    async with caller(network(world(), wall)) as client:
        before = await fetch(client, FEEDS[0])
        wall.pass_by(hours=1)
        after = await fetch(client, FEEDS[0], If_None_Match=before.headers["ETag"])

    assert after.status_code == 200
    newest = feedparser.parse(after.content).entries[0]
    assert newest.published > (START + timedelta(minutes=1)).isoformat()


async def test_planned_fault_refuses_a_feed_once() -> None:
    fault = {"route": "feeds", "mode": "refuse", "status": 429, "retry_after": 7}
    async with caller(network(world(), Wall())) as client:
        await client.post("/control/faults", json=fault, headers=AUTHORIZED)
        refused = await fetch(client, FEEDS[0])
        answered = await fetch(client, FEEDS[0])

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert answered.status_code == 200


async def test_unknown_feed_is_not_found() -> None:
    async with caller(network(world(), Wall())) as client:
        answer = await fetch(client, "nobody")

    assert answer.status_code == 404
