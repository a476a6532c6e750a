"""Pages, official answers and the control API."""

import re
from typing import Any

import httpx
import pytest

from infra.sandbox.world import Kind
from tests.infra.sandbox.networks import AUTHORIZED, Wall, caller, network
from tests.infra.sandbox.worlds import START, world

POST = next(post for post in world().backfill() if post.page == "vk-vetlogorsk")
COMMENT = next(post for post in world().backfill() if post.kind is Kind.COMMENT)
PATH = f"/pages/{POST.page}/posts/{POST.id}"


async def answer(
    client: httpx.AsyncClient,
    guid: str = "g-1",
    **body: Any,  # noqa: ANN401 -- JSON
) -> httpx.Response:
    sent = {"text": "Фонарь заменили.", "guid": guid} | body
    return await client.post(f"{PATH}/replies", json=sent, headers=AUTHORIZED)


async def test_pages_show_posts_and_answers_without_outside_addresses() -> None:
    page = world().region.page("portal")
    newest = world().recent(page, START, 1)[0]
    async with caller(network(world(), Wall())) as client:
        for path in ("/pages", f"/pages/{page.code}", PATH):
            shown = await client.get(path)
            assert shown.status_code == 200
            assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
            assert re.findall(r'(?:src|href)="(?!/)[^"]*"', shown.text) == []
        listed = await client.get(f"/pages/{page.code}")
        style = await client.get("/static/sandbox.css")

    assert f"/pages/{page.code}/posts/{newest.id}" in listed.text
    assert style.status_code == 200
    assert not re.search(r"url\(|@import", style.text)


async def test_root_leads_to_the_pages() -> None:
    async with caller(network(world(), Wall())) as client:
        shown = await client.get("/")

    assert (shown.status_code, shown.headers["Location"]) == (307, "/pages")


async def test_comment_is_shown_within_its_thread() -> None:
    path = f"/pages/{COMMENT.page}/posts/{COMMENT.id}"
    async with caller(network(world(), Wall())) as client:
        shown = await client.get(path)

    assert f'id="post-{COMMENT.id}"' in shown.text


async def test_answer_appears_under_the_post_with_its_signs_escaped() -> None:
    async with caller(network(world(), Wall())) as client:
        made = await answer(client, text="Готово <b>& точка")
        shown = await client.get(PATH)

    assert made.status_code == 201
    assert made.json() == {
        "id": "r1",
        "link": f"http://sandbox.invalid{PATH}#reply-r1",
    }
    assert 'id="reply-r1"' in shown.text
    assert "Готово &lt;b&gt;&amp; точка" in shown.text


async def test_same_guid_makes_one_answer() -> None:
    async with caller(network(world(), Wall())) as client:
        answers = [await answer(client) for _ in range(3)]
        ledger = (await client.get("/control/replies")).json()

    assert [one.status_code for one in answers] == [201, 200, 200]
    assert len({one.text for one in answers}) == 1
    assert [(one["guid"], one["text"]) for one in ledger] == [
        ("g-1", "Фонарь заменили.")
    ]


async def test_second_round_is_a_second_answer() -> None:
    async with caller(network(world(), Wall())) as client:
        await answer(client, "g-1")
        await answer(client, "g-2")
        shown = await client.get(PATH)

    assert re.findall(r'id="reply-(r\d)"', shown.text) == ["r1", "r2"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer ключ".encode()}, 401),
        (AUTHORIZED, 201),
    ],
)
async def test_answers_need_the_token(
    headers: dict[str, str | bytes], status: int
) -> None:
    encoded = {k: v.encode() if isinstance(v, str) else v for k, v in headers.items()}
    async with caller(network(world(), Wall())) as client:
        made = await client.post(
            f"{PATH}/replies",
            json={"text": "Ок", "guid": "g"},
            headers=[(k.encode(), v) for k, v in encoded.items()],
        )

    assert made.status_code == status


@pytest.mark.parametrize(
    "body",
    [{"text": " "}, {"guid": ""}, {"text": None}, {"extra": 1}, {"guid": "g" * 201}],
)
async def test_answers_of_another_shape_are_refused(body: dict[str, Any]) -> None:
    async with caller(network(world(), Wall())) as client:
        made = await answer(client, **body)
        ledger = (await client.get("/control/replies")).json()

    assert made.status_code == 422
    assert ledger == []


@pytest.mark.parametrize(
    "path",
    [
        "/pages/nobody",
        "/pages/nobody/posts/1-live-1",
        "/pages/vk-vetlogorsk/posts/nonsense",
        f"/pages/portal/posts/{POST.id}",
    ],
)
async def test_unknown_pages_and_posts_are_not_found(path: str) -> None:
    async with caller(network(world(), Wall())) as client:
        shown = await client.get(path)
        replied = await client.post(
            f"{path}/replies", json={"text": "Ок", "guid": "g"}, headers=AUTHORIZED
        )

    assert (shown.status_code, replied.status_code) == (404, 404)


async def test_refused_answer_is_not_published() -> None:
    async with caller(network(world(), Wall())) as client:
        planned = await client.post(
            "/control/faults",
            json={"route": "replies", "mode": "refuse", "times": 2},
            headers=AUTHORIZED,
        )
        answers = [await answer(client) for _ in range(3)]
        ledger = (await client.get("/control/replies")).json()

    assert planned.status_code == 201
    assert [one.status_code for one in answers] == [503, 503, 201]
    assert len(ledger) == 1


async def test_slow_answer_is_published_later() -> None:
    async with caller(network(world(), Wall())) as client:
        await client.post(
            "/control/faults",
            json={"route": "replies", "mode": "slow", "seconds": 0.01},
            headers=AUTHORIZED,
        )
        made = await answer(client)

    assert made.status_code == 201


async def test_planned_faults_can_be_seen_and_cleared() -> None:
    async with caller(network(world(), Wall())) as client:
        await client.post(
            "/control/faults",
            json={"route": "replies", "mode": "lose", "times": 3},
            headers=AUTHORIZED,
        )
        planned = (await client.get("/control/faults")).json()
        cleared = await client.delete("/control/faults", headers=AUTHORIZED)
        left = (await client.get("/control/faults")).json()

    assert [(one["route"], one["mode"], one["times"]) for one in planned] == [
        ("replies", "lose", 3)
    ]
    assert (cleared.status_code, left) == (204, [])


async def test_control_needs_the_token_to_change_anything() -> None:
    async with caller(network(world(), Wall())) as client:
        answers = [
            await client.post("/control/time", json={"seconds": 5}),
            await client.post(
                "/control/faults", json={"route": "feeds", "mode": "slow"}
            ),
            await client.delete("/control/faults"),
        ]

    assert [one.status_code for one in answers] == [401, 401, 401]


async def test_advancing_time_publishes_posts() -> None:
    future = next(world().stream())
    path = f"/pages/{future.page}/posts/{future.id}"
    async with caller(network(world(), Wall())) as client:
        before = await client.get(path)
        time = await client.post(
            "/control/time", json={"seconds": 60}, headers=AUTHORIZED
        )
        after = await client.get(path)

    assert (before.status_code, after.status_code) == (404, 200)
    assert time.json()["ahead_seconds"] == 60.0


async def test_time_does_not_go_back() -> None:
    async with caller(network(world(), Wall())) as client:
        refused = await client.post(
            "/control/time", json={"seconds": -5}, headers=AUTHORIZED
        )
        time = (await client.get("/control/time")).json()

    assert refused.status_code == 422
    assert time["ahead_seconds"] == 0.0


async def test_world_summary_names_region_and_pages_but_no_truths() -> None:
    async with caller(network(world(), Wall())) as client:
        summary = (await client.get("/control/world")).json()

    assert summary["region"] == {"code": "demo", "name": "Ветлогорская область"}
    assert [page["code"] for page in summary["pages"]] == [
        page.code for page in world().region.pages
    ]
    assert summary["pages"][0]["screen_name"] == "vk_vetlogorsk"
    assert "number" not in next(
        one for one in summary["pages"] if one["code"] == "portal"
    )
    assert summary["replies"] == 0


async def test_documentation_pages_with_outside_scripts_are_off() -> None:
    async with caller(network(world(), Wall())) as client:
        answers = [await client.get(path) for path in ("/docs", "/redoc")]

    assert [one.status_code for one in answers] == [404, 404]


async def test_official_answers_under_a_post_are_told_as_data() -> None:
    async with caller(network(world(), Wall())) as client:
        made = (await answer(client)).json()
        thread = await client.get(f"{PATH}/replies")
        nothing = await client.get(f"/pages/{POST.page}/posts/nothing/replies")

    (reply,) = thread.json()["replies"]
    assert {key: reply[key] for key in ("id", "link", "text")} == {
        **made,
        "text": "Фонарь заменили.",
    }
    assert "edited_at" in thread.json()
    assert nothing.status_code == 404
