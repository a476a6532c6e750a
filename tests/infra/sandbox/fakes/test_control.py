"""The control API of the stages."""

from typing import Any

import httpx
import pytest

from tests.infra.sandbox.networks import AUTHORIZED, Wall, caller, network
from tests.infra.sandbox.worlds import START, world

PAGE = "vk-vetlogorsk"


def driver(wall: Wall | None = None) -> httpx.AsyncClient:
    client = caller(network(world(), wall or Wall()))
    client.headers.update(AUTHORIZED)
    return client


async def order(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:  # noqa: ANN401 -- JSON
    return await client.post(f"/control/vk/{path}", json=body)


async def published(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    body = {"page": PAGE, "text": "Яма на Садовой"} | more
    made = await order(client, "publish", **body)
    assert made.status_code == 201
    line: dict[str, Any] = made.json()
    return line


async def test_world_lists_networks_with_pages_and_tokens() -> None:
    async with driver() as client:
        await order(client, "tokens", kind="user", owner=PAGE, lifetime_seconds=60)
        summary = (await client.get("/control/world")).json()

    vk = next(one for one in summary["networks"] if one["network"] == "vk")
    assert len(summary["networks"]) == 9
    assert vk["pages"][0]["code"] == PAGE
    assert vk["pages"][0]["number"] == 900_000_001
    assert vk["tokens"][-1] | {"token": ""} == {
        "token": "",
        "kind": "user",
        "owner": PAGE,
        "expires_at": "2025-11-20T09:01:00+00:00",
        "state": "valid",
    }


async def test_actions_change_the_stage_and_its_log() -> None:
    async with driver() as client:
        post = await published(client, author=700_000_001, likes=3)
        comment = await published(client, parent=post["id"], text="И у нас")
        at = {"page": PAGE, "item": post["id"]}
        before = len((await client.get("/control/vk/log")).json())
        done = [
            await order(client, "edit", **at, text="Яма!"),
            await order(client, "pin", **at),
            await order(client, "close-comments", **at),
            await order(client, "delete", **at),
            await order(client, "restore", **at),
            await order(client, "ban-page", page=PAGE),
        ]
        lines = (await client.get(f"/control/vk/log?after={before}")).json()
        items = (await client.get(f"/control/vk/items?page={PAGE}")).json()

    assert [one.status_code for one in done] == [200] * 6
    assert [line["action"] for line in lines] == [
        "edit",
        "pin",
        "close-comments",
        "delete",
        "restore",
        "ban-page",
    ]
    assert items[-1] == comment
    assert items[-2] == post | {
        "text": "Яма!",
        "edited_at": START.isoformat(),
        "versions": 2,
        "comments": 1,
        "comments_closed": True,
    }


async def test_bulk_publishes_many_generated_posts() -> None:
    async with driver() as client:
        before = len((await client.get(f"/control/vk/items?page={PAGE}")).json())
        made = (await order(client, "bulk", page=PAGE, number=25)).json()
        items = (await client.get(f"/control/vk/items?page={PAGE}")).json()

    assert made["number"] == made["last"] - made["first"] + 1 == 25
    assert len(items) == before + 25
    assert len({item["text"] for item in items[-25:]}) > 20


async def test_many_generated_posts_differ_from_turn_to_turn() -> None:
    async with driver() as client:
        await order(client, "bulk", page=PAGE, number=1200)
        items = (await client.get(f"/control/vk/items?page={PAGE}")).json()

    texts = [item["text"] for item in items[-1200:]]
    assert texts[500] == f"{texts[0]} №1"
    assert texts[1000] == f"{texts[0]} №2"


async def test_revoked_token_is_shown_as_such() -> None:
    async with driver() as client:
        await order(client, "tokens", kind="service", value="one")
        revoked = await order(client, "tokens/revoke", token="one")
        again = await order(client, "tokens/revoke", token="one", is_revoked=False)
        unknown = await order(client, "tokens/revoke", token="two")

    assert (revoked.json()["state"], again.json()["state"]) == ("revoked", "valid")
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("faults", {"mode": "limit", "route": "wall.get", "times": 3, "code": 29}),
        ("deliveries", {"mode": "reorder", "times": 2}),
        ("writes", {"mode": "lost"}),
    ],
)
async def test_plans_are_added_shown_and_cleared(
    kind: str, entry: dict[str, Any]
) -> None:
    async with driver() as client:
        added = await order(client, kind, **entry)
        wrong = await order(client, kind, mode="explode")
        shown = (await client.get(f"/control/vk/{kind}")).json()
        other = (await client.get(f"/control/ok/{kind}")).json()
        cleared = await client.delete(f"/control/vk/{kind}")
        left = (await client.get(f"/control/vk/{kind}")).json()

    assert (added.status_code, wrong.status_code) == (201, 422)
    assert [{key: one[key] for key in entry} for one in shown] == [entry]
    assert (cleared.status_code, left, other) == (204, [], [])


async def test_counters_and_ledger_begin_at_nothing() -> None:
    async with driver() as client:
        counters = (await client.get("/control/counters")).json()
        ledger = (await client.get("/control/ledger")).json()

    zeros = {
        "requests": 0,
        "over_limit": 0,
        "after_fatal": 0,
        "unapproved_writes": 0,
        "tokens": {},
    }
    assert set(counters) >= {"vk", "ok", "telegram"}
    assert [one for one in counters.values() if one != zeros] == []
    assert ledger == []


async def test_deliver_does_what_is_due_at_once() -> None:
    running = network(world(), Wall())

    async def tick() -> int:
        return 7

    running.networks.context("livejournal").on_tick(tick)
    async with caller(running) as client:
        done = await client.post("/control/livejournal/deliver", headers=AUTHORIZED)

    assert done.json() == {"done": 7}


async def test_unknown_networks_and_pages_are_not_found() -> None:
    async with driver() as client:
        answers = [
            await client.get("/control/myspace/items"),
            await client.post(
                "/control/myspace/publish", json={"page": "a", "text": ""}
            ),
            await order(client, "publish", page="nobody", text="Текст"),
            await order(client, "edit", page=PAGE, item=1, text="Текст"),
        ]

    assert [one.status_code for one in answers] == [404] * 4


async def test_stages_need_the_token_to_be_changed() -> None:
    async with caller(network(world(), Wall())) as client:
        answers = [
            await client.post("/control/vk/publish", json={"page": PAGE, "text": "x"}),
            await client.post("/control/vk/faults", json={"mode": "cut"}),
            await client.delete("/control/vk/writes"),
            await client.post("/control/approvals", json={"text": "x"}),
        ]

    assert [one.status_code for one in answers] == [401] * 4
